"""The proxy of `deploy/Caddyfile` in front of two servers."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.serving.conftest import ServerMaker, checkout, gunicorn, shell
from tests.serving.running import PATIENCE, Server, free_port, until
from tests.serving.traffic import Bearer, Traffic, kept

from .test_files import DEPLOY, SCRIPTS

__all__ = ["checkout", "gunicorn", "shell"]

pytestmark = pytest.mark.slow

#: The app with a route that shows what it makes of a request.
SHOWING = """
from flask import request
from wsgi import app
from app.authz import public

@app.get("/shown")
@public
def shown():
    names = ("Client-Cert", "X-Forwarded-Host", "X-Forwarded-For")
    return {
        "address": request.remote_addr,
        "url": request.url,
        "headers": {name: request.headers.get(name) for name in names},
    }
"""


@contextmanager
def proxied(*servers: str, home: Path) -> Iterator[str]:
    """Run the proxy and yield its address."""
    address = f"http://127.0.0.1:{free_port()}"
    told = {
        "HOME": str(home),
        "SITE_ADDRESS": address,
        "UPSTREAMS": " ".join(server.removeprefix("http://") for server in servers),
    }
    command = ["run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    with (
        (home / "caddy.log").open("w") as log,
        subprocess.Popen([SCRIPTS / "caddy", *command], env=told, stdout=log, stderr=log) as caddy,
    ):
        try:
            until(lambda: caddy.poll() is not None or _answers(address))
            assert caddy.poll() is None, (home / "caddy.log").read_text()
            yield address
        finally:
            caddy.terminate()


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/items", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_a_rollout_fails_no_request(gunicorn: ServerMaker, bearer: Bearer, tmp_path: Path) -> None:
    """One server after the other is stopped and started anew."""
    ports = [free_port(), free_port()]

    def start(port: int) -> Server:
        return gunicorn("--bind", f"127.0.0.1:{port}", PROXY_HOPS="1")

    servers = [start(port) for port in ports]
    with proxied(*(f"127.0.0.1:{port}" for port in ports), home=tmp_path) as address:
        traffic = Traffic(address, bearer("create:items"))
        with traffic.flowing():
            for server, port in zip(servers, ports, strict=True):
                os.kill(server.gunicorn, signal.SIGTERM)
                assert server.wait() == 0
                start(port)
                # Until the proxy has seen that it is there again.
                traffic.reads.wait_for_more(100)
        assert set(traffic.reads.results) == {200}, (tmp_path / "caddy.log").read_text()
        # A write that reached a server as it closed its door is not sent to another.
        assert set(traffic.writes.results) <= {201, 502}
        assert traffic.writes.results[502] <= 4
        assert kept(address) == set(traffic.acknowledged)


def test_only_the_proxy_says_who_the_client_is(
    gunicorn: ServerMaker, checkout: Path, tmp_path: Path
) -> None:
    (checkout / "showing.py").write_text(SHOWING)
    server = gunicorn(app="showing:app", PROXY_HOPS="1")
    forged = {
        "Client-Cert": ":AAAA:",
        "Client_Cert": ":AAAA:",
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Host": "evil.test",
        "X_Forwarded_Host": "evil.test",
        "X-Forwarded-Proto": "https",
    }
    with proxied(server.url, home=tmp_path) as address:
        seen = requests.get(f"{address}/shown", headers=forged, timeout=PATIENCE).json()
        assert requests.get(f"{address}/health/live", timeout=PATIENCE).status_code == 404
    host = address.removeprefix("http://")
    assert seen == {
        "address": "127.0.0.1",
        "url": f"{address}/shown",
        "headers": {"Client-Cert": None, "X-Forwarded-Host": host, "X-Forwarded-For": "127.0.0.1"},
    }
