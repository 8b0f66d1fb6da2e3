"""Clients that send slowly."""

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from .conftest import ServerMaker
from .running import PATIENCE

pytestmark = pytest.mark.slow


def test_half_sent_headers_keep_nobody_else_out(gunicorn: ServerMaker) -> None:
    """40 of them stop `sync` and `gthread` workers entirely; here each is cut off in the end."""
    server = gunicorn("--keep-alive", "2")
    with ExitStack() as connections:
        slow = [connections.enter_context(half_request(server.url)) for _ in range(40)]
        began = time.monotonic()
        for _ in range(10):
            assert requests.get(f"{server.url}/items", timeout=PATIENCE).ok
        assert time.monotonic() - began < 2
        assert all(connection.recv(1) == b"" for connection in slow)


def half_request(url: str) -> socket.socket:
    """Open a connection and send half a header on it."""
    address = urlsplit(url)
    connection = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    connection.sendall(b"GET /items HTTP/1.1\r\nHost: menu\r\nX-Half: ")
    return connection
