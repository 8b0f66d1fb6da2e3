"""PostgreSQL and Valkey for tests, from wheels: nothing has to be installed or running.

`TEST_DATABASE_URL` and `TEST_STATE_URL` name servers to use in their place, but for tests that stop
or kill one. The first is of a role that may create databases.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving.running import free_port

from .databases import new_database

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
    """The address of a PostgreSQL that lasts the whole run: `TEST_DATABASE_URL`, or our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with kept("postgresql") as address:
        yield address


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The address of an empty database."""
    with new_database(postgresql_server) as address:
        yield address


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a Valkey that lasts the whole run: `TEST_STATE_URL`, which is emptied, or our
    own. Tests share its keys."""
    given = os.environ.get("TEST_STATE_URL")
    if given:
        yield given
        return
    with kept("valkey", free_port()) as address:
        yield address
