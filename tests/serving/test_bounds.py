"""What one client can make a server do: bytes on a real socket, to the real gunicorn.

Whatever it sends, the answer comes in time, the server does not fail, and others are served.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from app.authz.testing import FakeIssuer, TokenFactory

from .conftest import ServerMaker
from .running import PATIENCE, Server

pytestmark = pytest.mark.slow

#: Seconds for which serving/bodies.py waits for a body.
BODY_SECONDS = 5

CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.fixture
def server(lasting: Server) -> Server:
    return lasting


@pytest.fixture
def head(issuer: FakeIssuer) -> Callable[[bytes], bytes]:
    """Makes the head of a request that is let in and whose body is read; more headers are added."""
    token = TokenFactory(issuer, clock=time.time).valid(["create:items"]).encode()

    def make(more: bytes) -> bytes:
        return (
            b"POST /items HTTP/1.1\r\nHost: menu\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + token + b"\r\n" + more + b"\r\n"
        )

    return make


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the server hangs up."""
    found = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            found += data
    return found


def statuses(answer: bytes) -> list[int]:
    """Return the statuses of the answers on a connection."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def answers_others(server: Server) -> bool:
    return requests.get(f"{server.url}/items", timeout=3).ok


def drip(connection: socket.socket, piece: bytes) -> None:
    """Send a piece every tenth of a second, until the server has had enough."""

    def send() -> None:
        with suppress(OSError):
            while True:
                connection.sendall(piece)
                time.sleep(0.1)

    threading.Thread(target=send, daemon=True).start()


#: Headers of a body that does not come to its end, and what is sent of it again and again.
SLOW = {
    "dripping": (b"Content-Length: 60000\r\n", b" "),
    "silent": (b"Content-Length: 60000\r\n", b""),
    "dripping chunks": (CHUNKED, b"1\r\n \r\n"),
    "a chunk's size without end": (CHUNKED, b"0"),
    "after continue": (b"Expect: 100-continue\r\n" + CHUNKED, b"1\r\n \r\n"),
}


def test_slow_bodies_end_in_a_refusal(server: Server, head: Callable[[bytes], bytes]) -> None:
    with ExitStack() as connections:
        slow = {name: connections.enter_context(connected(server)) for name in SLOW}
        began = time.monotonic()
        for name, (header, piece) in SLOW.items():
            slow[name].sendall(head(header))
            drip(slow[name], piece)
        assert answers_others(server)
        answers = {name: rest(connection) for name, connection in slow.items()}
        assert BODY_SECONDS - 1 < time.monotonic() - began < BODY_SECONDS + 5
    for name, answer in answers.items():
        assert statuses(answer)[-1] == 408, (name, answer)
        assert b'"request_timeout"' in answer
        assert b"connection: close" in answer.lower()


def test_slow_bodies_that_nobody_reads_end_too(server: Server) -> None:
    """The refusal comes at once, and the connection is not kept for the rest."""
    with ExitStack() as connections:
        slow = [connections.enter_context(connected(server)) for _ in range(20)]
        began = time.monotonic()
        for each in slow:
            each.sendall(b"POST /items HTTP/1.1\r\nHost: menu\r\nContent-Length: 60000\r\n\r\n")
            drip(each, b" ")
        answers = [rest(each) for each in slow]
        assert time.monotonic() - began < BODY_SECONDS + 5
    assert [statuses(each) for each in answers] == [[401]] * 20


@pytest.mark.parametrize(
    "header", [b"Content-Length: 99999999999\r\n", CHUNKED], ids=["with length", "in chunks"]
)
@pytest.mark.parametrize("known", [True, False], ids=["a caller", "a stranger"])
def test_a_body_without_end_keeps_nobody_out_and_costs_no_memory(
    server: Server, head: Callable[[bytes], bytes], header: bytes, known: bool
) -> None:
    """Discarding it as fast as it comes, the worker would hear nothing else."""
    before = memory(server)
    start = head(header)
    if not known:
        start = b"POST /items HTTP/1.1\r\nHost: menu\r\n" + header + b"\r\n"
    piece = b"a" * 65_536 if header != CHUNKED else b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    sent = 0
    with connected(server) as connection:
        began = time.monotonic()
        with suppress(OSError):
            connection.sendall(start)
            while time.monotonic() - began < 20:
                connection.sendall(piece)
                sent += len(piece)
        assert time.monotonic() - began < BODY_SECONDS + 3
        assert answers_others(server)
    assert sent < 64 * 1024 * 1024
    assert memory(server) - before < 32 * 1024


def memory(server: Server) -> int:
    """Return what the worker holds, in KB."""
    text = Path(f"/proc/{server.workers[-1]}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


@pytest.mark.parametrize("size", [64 * 1024, 500_000])
def test_a_large_body_is_told_so_and_the_connection_goes_on(
    server: Server, head: Callable[[bytes], bytes], size: int
) -> None:
    """What is not too much to discard is discarded."""
    body = b'{"item": "' + b"a" * size + b'"}'
    with connected(server) as connection:
        connection.sendall(head(b"Content-Length: %d\r\n" % len(body)) + body)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: menu\r\nConnection: close\r\n\r\n")
        assert statuses(rest(connection)) == [413, 200]


#: Headers whose body could be read in two ways, or that are too much, and the status.
AMBIGUOUS = [
    (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
    (b"Content-Length: 5\r\nContent-Length: 6\r\n", 400),
    (b"Content-Length: +5\r\n", 400),
    (b"Content-Length: -1\r\n", 400),
    (b"Content-Length: 5, 5\r\n", 400),
    (b"Transfer-Encoding: chunked, chunked\r\n", 400),
    (b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", 400),
    (b"Transfer-Encoding : chunked\r\n", 400),
    (b"Transfer-Encoding: gzip\r\n", 400),
    # Not a failure of the server: RFC 9112, section 6.1, wants this status.
    (b"Transfer-Encoding: xchunked\r\n", 501),
    (b"Host: other\r\n", 400),
    (b" folded: line\r\n", 400),
    (b"Bad\x00Name: x\r\n", 400),
    (b"Value: \x00\r\n", 400),
    (b"Expect: 200-ok\r\n", 417),
    (b"X: " + b"a" * 20_000 + b"\r\n", 431),
    (b"".join(b"X-%d: a\r\n" % number for number in range(101)), 431),
]


def test_what_could_be_read_in_two_ways_is_refused(server: Server) -> None:
    """And nothing behind it is taken for another request (RFC 9112, section 11.2)."""
    smuggled = b"0\r\n\r\nGET /items HTTP/1.1\r\nHost: menu\r\n\r\n"
    for lines, status in AMBIGUOUS:
        with connected(server) as connection:
            start = b"POST /items HTTP/1.1\r\nHost: menu\r\n" + lines
            connection.sendall(start + b"\r\n" + smuggled)
            assert statuses(rest(connection)) == [status], lines
    assert answers_others(server)


#: Bodies in chunks that cannot be read.
BAD_CHUNKS = [
    b"zz\r\n",
    b"0x2\r\nab\r\n0\r\n\r\n",
    b"+2\r\nab\r\n0\r\n\r\n",
    b"2\r\nabX\r\n0\r\n\r\n",
    b"-1\r\na\r\n0\r\n\r\n",
    b"5\r\nab\r\n0\r\n\r\n",
    b"1\nA\n0\n\n",
    b"1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n",
    b"f" * 40 + b"\r\na",
]


def test_bad_chunks_are_refused(server: Server, head: Callable[[bytes], bytes]) -> None:
    for body in BAD_CHUNKS:
        with connected(server) as connection:
            connection.sendall(head(CHUNKED) + body)
            connection.shutdown(socket.SHUT_WR)
            assert statuses(rest(connection)) == [400], body
    assert answers_others(server)


def test_deep_json_is_refused(server: Server, head: Callable[[bytes], bytes]) -> None:
    body = b"[" * 60_000
    with connected(server) as connection:
        connection.sendall(head(b"Connection: close\r\nContent-Length: %d\r\n" % len(body)) + body)
        assert statuses(rest(connection)) == [400]


def test_an_expectation_is_answered_before_the_body(
    server: Server, head: Callable[[bytes], bytes]
) -> None:
    body = b"{}"
    with connected(server) as connection:
        connection.sendall(
            head(b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n")
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert statuses(rest(connection)) == [422]


def test_a_kept_connection_outlives_the_bound_of_a_body(
    gunicorn: ServerMaker, head: Callable[[bytes], bytes]
) -> None:
    """The bound is for one body, not for a connection."""
    server = gunicorn("--keep-alive", "30")
    with connected(server) as connection:

        def status() -> int:
            connection.sendall(head(b"Content-Length: 2\r\n") + b"{}")
            answer = HTTPResponse(connection)
            answer.begin()
            assert answer.read()
            return answer.status

        assert status() == 422
        time.sleep(BODY_SECONDS + 1)
        assert status() == 422


def test_the_server_tells_no_version(server: Server) -> None:
    assert requests.get(server.url, timeout=PATIENCE).headers["Server"] == "gunicorn"
