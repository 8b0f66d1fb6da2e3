"""A site of static files on an origin of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that has gone elsewhere meanwhile."""


class _Handler(SimpleHTTPRequestHandler):
    """Answers with a file, or with the first page where the address is one of the app's own."""

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        is_page = "." not in Path(found).name and not Path(found).is_dir()
        return super().translate_path("/index.html") if is_page else found

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - as it is called
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as long as the block lasts, and yield its origin."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
