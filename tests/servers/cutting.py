"""A way to PostgreSQL that breaks at the worst moment."""

import select
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Lock, Thread

from sqlalchemy.engine import URL, make_url

#: Most bytes that are passed on at once.
PIECE = 65_536

#: The statement as it is sent: alone, as a text that ends in a zero.
COMMIT = b"COMMIT\0"


@contextmanager
def cut_at_commit(url: str, *, passed: bool) -> Iterator[str]:
    """Yield another address of a database, over which nobody hears what became of the first COMMIT:
    there the connection breaks. What comes after it finds the way open.

    :param passed: whether the server gets it. Then it has committed before the connection breaks.
    """
    to, once = make_url(url), Lock()

    class Connection(BaseRequestHandler):
        def handle(self) -> None:
            with closing(connected(to)) as server:
                others = {self.request: server, server: self.request}
                while True:
                    one = select.select(list(others), [], [])[0][0]
                    data = one.recv(PIECE)
                    cut = data.endswith(COMMIT) and once.acquire(blocking=False)
                    if data and (passed or not cut):
                        others[one].sendall(data)
                    if cut and passed:
                        server.recv(PIECE)  # its answer: the row is there
                    if cut or not data:
                        return

    with ThreadingTCPServer(("127.0.0.1", 0), Connection) as way:
        way.daemon_threads = True
        Thread(target=way.serve_forever).start()
        host, port = way.server_address[:2]
        # In clear text, or COMMIT could not be seen.
        query = {name: text for name, text in to.query.items() if name != "host"}
        address = to.set(host=str(host), port=port, query=query | {"sslmode": "disable"})
        try:
            yield address.render_as_string(hide_password=False)
        finally:
            way.shutdown()


def connected(to: URL) -> socket.socket:
    """Connect to the server of an address, as libpq would."""
    port = to.port or 5432
    if folder := to.query.get("host"):
        found = socket.socket(socket.AF_UNIX)
        found.connect(f"{folder}/.s.PGSQL.{port}")
        return found
    return socket.create_connection((to.host or "127.0.0.1", port))
