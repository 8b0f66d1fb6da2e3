"""HTTP servers of tests, on a free port of this machine."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Loopback:
    """Serves HTTP, or HTTPS, as long as a `with` lasts. Connections wait from the start on.

    :param handler: answers each request, on a thread of its own.
    """

    def __init__(
        self, handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = _Server(("127.0.0.1", 0), handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if tls is None else "https"
        #: The server's address, without a slash at its end.
        self.origin = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self._closing = threading.Event()

    @property
    def closing(self) -> bool:
        """True once the server is told to stop."""
        return self._closing.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, inside an answer, but no longer than the server runs."""
        self._closing.wait(seconds)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class QuietHandler(BaseHTTPRequestHandler):
    """Writes no line a request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # With the default of five, callers that come at once are turned away before they are heard.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers that give up are part of the test."""
