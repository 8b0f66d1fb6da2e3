"""A copy of the project, and servers that run in it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from app.authz.testing import FakeIssuer

from .running import Server, free_port

ROOT = Path(__file__).parents[2]

#: What a server needs of the project, and no `.env` or `instance/` of a developer's.
SERVED = (
    "app",
    "local",
    "migrations",
    "serving",
    "config.py",
    "gunicorn.conf.py",
    "wsgi.py",
    ".flaskenv",
)

OTHER_SERVERS = ROOT / "docs" / "other-servers.md"

ServerMaker = Callable[..., Server]


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as a deployment has it."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SERVED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name)
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that was told nothing."""
    home = tmp_path / "home"
    home.mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@pytest.fixture
def gunicorn(
    checkout: Path, shell: dict[str, str], environ: dict[str, str], empty_menu: None, tmp_path: Path
) -> Iterator[ServerMaker]:
    """Starts gunicorn, one worker and an empty menu; keywords are settings of the API. Servers of
    one test share the menu."""
    environ["WEB_CONCURRENCY"] = "1"
    with ExitStack() as servers:

        def start(*arguments: str, app: str = "wsgi:app", **settings: str) -> Server:
            log = tmp_path / f"log-{uuid4().hex}"
            command = ["gunicorn", "--bind", "127.0.0.1:0", *arguments, app]
            server = Server(checkout, shell | environ | settings, log, *command)
            servers.enter_context(server)
            server.wait_until_it_serves()
            return server

        yield start


@pytest.fixture
def settings(checkout: Path) -> Iterator[Path]:
    """The `.env` of the servers' checkout."""
    path = checkout / ".env"
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def lasting(
    checkout: Path, issuer: FakeIssuer, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A gunicorn with one worker and an empty menu, for all tests of a module: they change nothing
    that the next one would see."""
    home = tmp_path_factory.mktemp("home")
    shutil.copyfile(migrated, home / "menu.db")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AUTH0_ISSUER_URL": issuer.url,
        "AUTH0_AUDIENCE": "https://api.test",
        "DATABASE_URL": f"sqlite:///{home}/menu.db",
        "WEB_CONCURRENCY": "1",
    }
    command = ["gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"]
    server = Server(checkout, environ, home / "log", *command)
    with server:
        server.wait_until_it_serves()
        yield server


@pytest.fixture
def granian(
    checkout: Path, shell: dict[str, str], environ: dict[str, str], migrated: Path, tmp_path: Path
) -> Iterator[ServerMaker]:
    """Starts Granian with the command of `docs/other-servers.md`, otherwise as `gunicorn` does."""
    found = re.search(
        r"granian (--(?:.*\\\n)*.*) wsgi:app$", OTHER_SERVERS.read_text(), re.MULTILINE
    )
    assert found
    documented = found[1].replace("\\\n", " ").split()
    shutil.copyfile(migrated, tmp_path / "menu.db")
    with ExitStack() as servers:

        def start(*arguments: str, app: str = "wsgi:app", **settings: str) -> Server:
            log = tmp_path / f"log-{uuid4().hex}"
            command = ["granian", *documented, "--port", str(free_port()), *arguments, app]
            server = Server(checkout, shell | environ | settings, log, *command)
            servers.enter_context(server)
            # It listens before its workers can answer.
            for number in ("1", "2"):
                server.wait_for(f"Started worker-{number}")
            server.wait_until_it_serves()
            return server

        yield start
