"""PostgreSQL and Valkey for tests, from wheels: nothing has to be installed or running."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.serving.running import free_port

ROOT = Path(__file__).parents[2]


@contextmanager
def kept(server: str, *arguments: object) -> Iterator[str]:
    """Run a server and yield its address. It ends with the block, or with this process."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.servers.keeper", server, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C is for the tests, which end the server in their own time.
        start_new_session=True,
    ) as keeper:
        assert keeper.stdout
        address = keeper.stdout.readline().strip()
        assert address, f"{server} did not start"
        yield address


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL that lasts the whole run."""
    with kept("postgresql") as address:
        yield address


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The address of an empty database."""
    url = make_url(postgresql_server)
    name = f"test_{uuid4().hex}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a Valkey that lasts the whole run. Tests share its keys."""
    with kept("valkey", free_port()) as address:
        yield address
