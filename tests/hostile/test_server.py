"""The corpus over the wire, to the real API under gunicorn, which reads headers in its own way."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from app.authz.testing import FakeIssuer, TokenFactory
from app.authz.tokens.keys import UNKNOWN_BURST, UNKNOWN_INTERVAL

from ..serving.conftest import checkout, lasting
from ..serving.running import PATIENCE, Server
from .canary import Canary
from .case import Forge
from .corpus import CORPUS
from .keys import SeededKey

__all__ = ["checkout", "lasting"]

pytestmark = pytest.mark.slow

#: Headers of 16 megabytes: more than gunicorn reads.
LONG: dict[str, bytes] = {
    "letters": b"Bearer " + b"a" * 16_000_000,
    "spaces": b"Bearer " + b" " * 16_000_000,
    "commas": b"Basic " + b"," * 16_000_000,
}


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    """An issuer of its own: who asks it, and how often, is counted."""
    with FakeIssuer() as fake:
        fake.keys = [SeededKey("first", seed=7)]
        yield fake


@pytest.fixture
def tokens(issuer: FakeIssuer) -> TokenFactory:
    """Makes tokens of this moment: the server has a clock of its own."""
    return TokenFactory(issuer, clock=time.time)


@pytest.fixture
def server(lasting: Server) -> Server:
    return lasting


def asked(server: Server, headers: Mapping[str, bytes]) -> tuple[int, bytes]:
    """Send one request, byte for byte, and return status and body; 0 if the server hangs up."""
    lines = [b"DELETE /items/1 HTTP/1.1", b"Host: " + urlsplit(server.url).netloc.encode()]
    lines += [name.encode() + b": " + value for name, value in headers.items()]
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has read enough
            connection.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]))
        answer = b"".join(received(connection))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body


def received(connection: socket.socket) -> Iterator[bytes]:
    """Yield what comes until the connection ends."""
    while True:
        try:
            data = connection.recv(65_536)
        except ConnectionResetError:
            return
        if not data:
            return
        yield data


def is_another_request(value: bytes) -> bool:
    """Tell whether a server reads something else than was meant: white space around a value is no
    part of it (RFC 9110, section 5.5), and a line's end is its end."""
    return value.strip(b" \t") != value or b"\n" in value or b"\r" in value


def is_ours(body: bytes) -> bool:
    """Tell an answer of the API from one that gunicorn makes itself."""
    return body.startswith(b"{")


def test_the_corpus_over_the_wire(
    server: Server, issuer: FakeIssuer, tokens: TokenFactory, canary: Canary
) -> None:
    """What gets through gets the same answer; for the rest gunicorn answers 400 or 431. Never 2xx,
    never 5xx, and afterwards the server serves as before."""
    forge = Forge(issuer, tokens, canary.url, "DELETE", f"{server.url}/items/1")
    fetches, began = issuer.fetches, time.monotonic()
    for case in CORPUS:
        headers = {name: value.encode("latin-1") for name, value in case.headers(forge).items()}
        status, body = asked(server, headers)
        if not is_ours(body):
            assert status in (400, 431), case.name
        elif any(map(is_another_request, headers.values())):
            assert status in (400, 401, 403), case.name
        else:
            assert (status, json.loads(body)["code"]) == (case.status, case.code), case.name
    allowed = UNKNOWN_BURST + 1 + (time.monotonic() - began) // UNKNOWN_INTERVAL
    assert issuer.fetches - fetches <= allowed
    assert canary.requests == []
    assert len(set(server.workers)) == 1, "a worker has died"
    good = f"Bearer {tokens.valid(['delete:items'])}".encode()
    assert asked(server, {"Authorization": good})[0] == 404


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_a_header_of_16_megabytes_is_the_servers_own_refusal(server: Server, value: bytes) -> None:
    """It is not read to its end: the connection may be gone before the answer is there."""
    status, body = asked(server, {"Authorization": value})
    assert status in (0, 400, 431)
    assert not is_ours(body)
    assert asked(server, {})[0] == 401


def test_two_headers_are_no_credentials(server: Server, tokens: TokenFactory) -> None:
    good = f"Bearer {tokens.valid(['delete:items'])}".encode()
    twice = good + b"\r\nAuthorization: " + good
    status, body = asked(server, {"Authorization": twice})
    assert (status, json.loads(body)["code"]) == (400, "request_malformed")
