"""`--preload`: what the workers take over from the master."""

import ssl
from pathlib import Path

import pytest
import requests
import trustme

from app.authz.testing import FakeIssuer, TokenFactory

from .conftest import ServerMaker
from .running import PATIENCE

pytestmark = pytest.mark.slow

#: The app, and whether gevent had patched the process when it was loaded.
PATCHED = """
from gevent.monkey import is_module_patched

patched = str(is_module_patched("ssl"))

from wsgi import app

@app.after_request
def report(response):
    response.headers["Patched"] = patched
    return response
"""

#: The app, after a request in the master, and which process opened the connection that is used.
WARM = """
import os
from app.extensions import db
from wsgi import app

@app.after_request
def report(response):
    with db.engine.connect() as connection:
        opener = connection.info.setdefault("opener", os.getpid())
    response.headers["Opener"] = str(opener)
    return response

app.test_client().get("/items")
"""


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_an_https_issuer_is_reached(
    arguments: list[str], gunicorn: ServerMaker, tmp_path: Path
) -> None:
    """With an `ssl` that is patched after urllib3 has come, every call recurses without end."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with FakeIssuer(tls) as issuer:
        server = gunicorn(
            *arguments, AUTH0_ISSUER_URL=issuer.url, REQUESTS_CA_BUNDLE=str(tmp_path / "ca.pem")
        )
        token = TokenFactory(issuer).valid(["delete:items"])
        headers = {"Authorization": f"Bearer {token}"}
        for _ in range(8):
            answer = requests.delete(f"{server.url}/items/1", headers=headers, timeout=PATIENCE)
            assert answer.status_code == 404, server.log


@pytest.mark.parametrize(
    ("arguments", "more", "patched"),
    [
        (["--preload"], "", "True"),
        (["--preload", "-k", "gthread"], "", "False"),
        (["--preload"], "-k gthread", "False"),
    ],
)
def test_the_master_is_patched_only_for_gevent(
    arguments: list[str], more: str, patched: str, gunicorn: ServerMaker, checkout: Path
) -> None:
    """Wherever the worker's class was named; the command line wins."""
    (checkout / "patched.py").write_text(PATCHED)
    server = gunicorn(*arguments, app="patched:app", GUNICORN_CMD_ARGS=more)
    assert requests.get(server.url, timeout=PATIENCE).headers["Patched"] == patched


def test_no_connection_of_the_master_is_used(gunicorn: ServerMaker, checkout: Path) -> None:
    """Two processes on one connection would read each other's answers."""
    (checkout / "warm.py").write_text(WARM)
    server = gunicorn("--preload", app="warm:app")
    [worker] = server.workers
    assert requests.get(server.url, timeout=PATIENCE).headers["Opener"] == str(worker)
