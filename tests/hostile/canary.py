"""A server of the attacker's, to which nobody may ever speak."""

from http.server import BaseHTTPRequestHandler

from app.authz.testing.loopback import Loopback, QuietHandler


class Canary(Loopback):
    """Listens on loopback and notes every connection. Use it in a `with`."""

    def __init__(self) -> None:
        #: The first line of each request.
        self.requests: list[str] = []
        super().__init__(_handler(self.requests))
        self.url = f"{self.origin}/"


def _handler(requests: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def setup(self) -> None:
            super().setup()
            # The connection alone is too much: what is asked for over it may never be sent.
            requests.append("connected")

        def do_GET(self) -> None:
            requests.append(self.requestline)
            self.send_error(404)

    return Handler
