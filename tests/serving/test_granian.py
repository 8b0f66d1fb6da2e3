"""Granian, the other server: the command of `docs/other-servers.md`, held to the same laws."""

import os
import re
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.authz.testing import FakeIssuer, TokenFactory

from .conftest import ServerMaker
from .running import PATIENCE, Load, Server, is_running, until
from .test_slow_clients import half_request
from .test_trust import ECHO, HOSTILE
from .traffic import Bearer, Traffic, kept

pytestmark = pytest.mark.slow


#: Connections that may be lost with a worker, of five callers on a busy machine: those in its
#: hands, and at times one that it had accepted and not looked at. gunicorn loses none at a reload.
LOST = 10


def workers(server: Server) -> list[int]:
    """Return the process ids of all workers, in the order of their start, the dead included."""
    return [int(pid) for pid in re.findall(r"Spawning worker-\d+ with PID: (\d+)", server.log)]


def test_half_sent_headers_keep_nobody_else_out(granian: ServerMaker) -> None:
    """And each is cut off after five seconds."""
    server = granian()
    with ExitStack() as connections:
        slow = [connections.enter_context(half_request(server.url)) for _ in range(40)]
        began = time.monotonic()
        for _ in range(10):
            assert requests.get(f"{server.url}/items", timeout=PATIENCE).ok
        assert time.monotonic() - began < 2
        assert all(connection.recv(1) == b"" for connection in slow)


def test_what_is_too_large_or_malformed_is_refused(granian: ServerMaker, bearer: Bearer) -> None:
    server = granian()
    headers = bearer("delete:items")

    def status(**more: str) -> int:
        address = f"{server.url}/items/1"
        answer = requests.delete(address, headers=headers | more, timeout=PATIENCE)
        return answer.status_code

    assert status() == 404
    assert status(Authorization="Bearer " + "a" * 9000) == 400
    assert status(Authorization="Bearer " + "a" * 100_000) == 431
    for chunk in ("ZZ", "-5", "0x2", "+2", "2\r\nabX"):
        assert status_of_chunk(server, bearer("create:items"), chunk) == 400, chunk
    assert "Traceback" not in server.log


def status_of_chunk(server: Server, headers: dict[str, str], chunk: str) -> int:
    """Send a body in chunks that begins with this one, and return the answer's status."""
    head = [
        "POST /items HTTP/1.1",
        "Host: menu",
        f"Authorization: {headers['Authorization']}",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        "Connection: close",
    ]
    request = "\r\n".join([*head, "", chunk, "", ""])
    port = int(server.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(request.encode())
        with client.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def test_forwarded_headers_change_nothing(granian: ServerMaker, checkout: Path) -> None:
    (checkout / "echo.py").write_text(ECHO)
    server = granian(app="echo:app")
    seen = requests.get(f"{server.url}/items", headers=HOSTILE, timeout=PATIENCE).json()
    assert seen == ["http", "", "/items", ""]


def test_a_rotation_fails_no_valid_request(granian: ServerMaker) -> None:
    with FakeIssuer() as issuer:
        server = granian(AUTH0_ISSUER_URL=issuer.url)
        tokens = TokenFactory(issuer)

        def send() -> int:
            headers = {"Authorization": f"Bearer {tokens.valid(['delete:items'])}"}
            address = f"{server.url}/items/1"
            return requests.delete(address, headers=headers, timeout=PATIENCE).status_code

        with Load(send) as load:
            load.wait_for_more()
            issuer.rotate()
            load.wait_for_more()
    assert set(load.results) == {404}, server.log


def test_a_killed_worker_takes_only_its_own_requests_along(
    granian: ServerMaker, bearer: Bearer
) -> None:
    server = granian()
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        os.kill(workers(server)[0], signal.SIGKILL)
        until(lambda: server.log.count("Started worker-") == 3)
    assert len(traffic.failures) <= LOST, traffic.failures
    assert all("Connection" in str(failure) for failure in traffic.failures)
    assert kept(server.url) >= set(traffic.acknowledged)


def test_a_reload_and_a_stop_end_what_was_begun(granian: ServerMaker, bearer: Bearer) -> None:
    """`SIGHUP`, then `SIGTERM`."""
    server = granian()
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        old = workers(server)
        os.kill(server.process.pid, signal.SIGHUP)
        until(lambda: not any(is_running(worker) for worker in old))
    assert len(traffic.failures) <= LOST, traffic.failures
    assert all("Connection" in str(failure) for failure in traffic.failures), server.log
    assert kept(server.url) >= set(traffic.acknowledged)
    stopped = Traffic(server.url, bearer("create:items"))
    with stopped.flowing():
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.wait() == 0
    assert all("Connection" in str(failure) for failure in stopped.failures), stopped.failures
    assert "Traceback" not in server.log
    assert kept(granian().url) >= {*traffic.acknowledged, *stopped.acknowledged}
