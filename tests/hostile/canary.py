"""A server of the attacker's, to which nobody may ever speak."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any


class Canary:
    """Listens on loopback and notes every connection. Use it in a `with`."""

    def __init__(self) -> None:
        #: The first line of each request.
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.requests))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> "Canary":
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(requests: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            super().setup()
            # The connection alone is too much: what is asked for over it may never be sent.
            requests.append("connected")

        def do_GET(self) -> None:
            requests.append(self.requestline)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
