"""The provider, and servers of the API that trust it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.servers.node import installed

# A copy of the project as a deployment has it.
from tests.serving.conftest import checkout
from tests.serving.running import PATIENCE, Server

from .provider import AUDIENCE, Provider

__all__ = ["checkout"]

#: The permission is there and the item is not: who is let in is told so.
IN = (404, "not_found")
#: All servers are one API to their clients, unless a test says otherwise.
ORIGIN = "https://menu.test"
URL = f"{ORIGIN}/items/1"

ServerMaker = Callable[..., Server]


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the programs by others."""
    return installed(Path(__file__).parent, "nothing was tried with software by others")


@pytest.fixture(scope="module")
def provider(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One for each module, with new keys."""
    with Provider(programs, tmp_path_factory.mktemp("provider")) as started:
        yield started


@pytest.fixture(scope="module")
def environ(
    migrated: Path, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of a server with one worker and an empty menu."""
    home = tmp_path_factory.mktemp("home")
    shutil.copyfile(migrated, home / "menu.db")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AUTH0_ISSUER_URL": provider.url,
        "AUTH0_AUDIENCE": AUDIENCE,
        "DATABASE_URL": f"sqlite:///{home}/menu.db",
        "PUBLIC_URL": ORIGIN,
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture(scope="module")
def gunicorn(
    checkout: Path, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerMaker]:
    """Starts gunicorn; keywords are settings of the API. Servers of one module share the menu."""
    logs = tmp_path_factory.mktemp("logs")
    command = ["gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"]
    with ExitStack() as servers:

        def start(**settings: str) -> Server:
            log = logs / uuid4().hex
            server = Server(checkout, environ | settings, log, *command)
            servers.enter_context(server)
            server.wait_until_it_serves()
            return server

        yield start


def bearer(token: str) -> dict[str, str]:
    """Return the headers of a request with a token and nothing else."""
    return {"Authorization": f"Bearer {token}"}


def delete(server: Server, headers: dict[str, str]) -> tuple[int, str]:
    """Send a request and return status and code of the answer."""
    answer = requests.delete(f"{server.url}/items/1", headers=headers, timeout=PATIENCE)
    return answer.status_code, str(answer.json()["code"])
