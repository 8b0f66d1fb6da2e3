"""Headers that only a reverse proxy may send: without one, nobody is believed."""

import json
import socket
from pathlib import Path

import pytest
import requests

from .conftest import ServerMaker
from .running import PATIENCE

pytestmark = pytest.mark.slow

#: Answers with what the server made of a request.
ECHO = """
import json

def app(environ, start_response):
    names = ("wsgi.url_scheme", "SCRIPT_NAME", "PATH_INFO", "REMOTE_USER")
    seen = json.dumps([environ.get(name, "") for name in names]).encode()
    start_response("200 OK", [("Content-Length", str(len(seen)))])
    return [seen]
"""

HOSTILE = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-For": "192.0.2.1",
    "Script-Name": "/evil",
    "SCRIPT_NAME": "/evil",
    "PATH_INFO": "/evil",
    "REMOTE_USER": "admin",
}


def test_forwarded_headers_change_nothing(
    gunicorn: ServerMaker, checkout: Path, tmp_path: Path
) -> None:
    """Neither over TCP nor over a Unix socket, whose peers gunicorn takes for proxies."""
    (checkout / "echo.py").write_text(ECHO)
    address = tmp_path / "socket"
    server = gunicorn("--bind", f"unix:{address}", app="echo:app")
    seen = requests.get(f"{server.url}/items", headers=HOSTILE, timeout=PATIENCE).json()
    assert seen == ["http", "", "/items", ""]
    assert _over_unix_socket(address) == seen


def _over_unix_socket(address: Path) -> object:
    headers = "".join(f"{name}: {value}\r\n" for name, value in HOSTILE.items())
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(str(address))
        request = f"GET /items HTTP/1.1\r\nHost: menu\r\nConnection: close\r\n{headers}\r\n"
        client.sendall(request.encode())
        with client.makefile("rb") as answer:
            return json.loads(answer.read().partition(b"\r\n\r\n")[2])


def test_no_control_socket_is_made(gunicorn: ServerMaker, shell: dict[str, str]) -> None:
    """Two servers of one user would take it from each other."""
    gunicorn()
    assert list(Path(shell["HOME"]).iterdir()) == []
