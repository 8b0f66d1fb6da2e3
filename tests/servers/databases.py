"""Databases for tests, on a server that runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

#: The databases that the API runs on.
BOTH = ["sqlite", "postgresql"]


def plain(url: str) -> str:
    """Return the address of a database as libpq writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """Yield the address of an empty database on a server, and drop it in the end."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def empty(url: str) -> None:
    """Leave nothing in the tables of the API; ids begin anew."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        # For a few rows it takes half the time of TRUNCATE.
        connection.execute(
            "DELETE FROM items; DELETE FROM authz_seen; DELETE FROM authz_revocations;"
            " ALTER TABLE items ALTER id RESTART; UPDATE menu SET version = version + 1"
        )
