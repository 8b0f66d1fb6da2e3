"""The API under test: the real app, a real database, and an issuer on real HTTP."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.authz.testing import FakeIssuer, TokenFactory
from app.extensions import alembic, db
from tests.servers.databases import empty, new_database

pytest_plugins = ["app.authz.testing.plugin", "pytester", "tests.servers.fixtures"]

#: Makes the header of a caller with the given permissions.
Bearer = Callable[..., dict[str, str]]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lasts: the modules and the tests that were collected."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    """One issuer for the whole run: its switches stay as they are."""
    with FakeIssuer() as fake:
        yield fake


@pytest.fixture
def bearer(tokens: TokenFactory) -> Bearer:
    """Makes the header of a caller."""
    return lambda *permissions: {"Authorization": f"Bearer {tokens.valid(permissions)}"}


@pytest.fixture
def database() -> str:
    """Which database the API has. What a test says of the menu is tested on `BOTH`."""
    return "sqlite"


@pytest.fixture
def database_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of the database; whether it has tables is the business of `empty_menu`."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path}/menu.db"
    return str(request.getfixturevalue("migrated_postgresql"))


@pytest.fixture
def environ(authz_settings: dict[str, str], database_url: str) -> dict[str, str]:
    """The settings of the API under test."""
    return authz_settings | {"DATABASE_URL": database_url}


def migrate(url: str, issuer: FakeIssuer) -> None:
    """Make the tables of the API in a database."""
    app = create_app(
        {
            "AUTH0_ISSUER_URL": issuer.url,
            "AUTH0_AUDIENCE": "https://api.test",
            "DATABASE_URL": url,
        }
    )
    with app.app_context():
        alembic.upgrade()
        db.dispose()


@pytest.fixture(scope="session")
def migrated(issuer: FakeIssuer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all migrations and no items, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "menu.db"
    migrate(f"sqlite:///{path}", issuer)
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(issuer: FakeIssuer, postgresql_server: str) -> Iterator[str]:
    """A PostgreSQL database with all migrations, which tests use in turn: a new one for each takes
    twenty times as long."""
    with new_database(postgresql_server) as url:
        migrate(url, issuer)
        yield url


@pytest.fixture
def empty_menu(database: str, database_url: str, request: pytest.FixtureRequest) -> None:
    """All tables are there, and there is nothing in them."""
    if database == "sqlite":
        migrated: Path = request.getfixturevalue("migrated")
        shutil.copyfile(migrated, database_url.removeprefix("sqlite:///"))
    else:
        empty(database_url)


@pytest.fixture
def app(environ: dict[str, str], empty_menu: None) -> Iterator[Flask]:
    """The API with an empty menu."""
    app = create_app(environ)
    yield app
    with app.app_context():
        db.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
