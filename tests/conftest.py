"""The API under test: the real app, a real SQLite file, and an issuer on real HTTP."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.authz.testing import FakeIssuer, TokenFactory
from app.extensions import alembic, db

pytest_plugins = ["app.authz.testing.plugin", "pytester", "tests.servers.fixtures"]


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    """One issuer for the whole run: its switches stay as they are."""
    with FakeIssuer() as fake:
        yield fake


@pytest.fixture
def bearer(tokens: TokenFactory) -> Callable[..., dict[str, str]]:
    """Makes the header of a caller with the given permissions."""
    return lambda *permissions: {"Authorization": f"Bearer {tokens.valid(permissions)}"}


@pytest.fixture
def environ(authz_settings: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings of the API under test."""
    return authz_settings | {"DATABASE_URL": f"sqlite:///{tmp_path}/menu.db"}


@pytest.fixture(scope="session")
def migrated(issuer: FakeIssuer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all migrations and no items, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "menu.db"
    app = create_app(
        {
            "AUTH0_ISSUER_URL": issuer.url,
            "AUTH0_AUDIENCE": "https://api.test",
            "DATABASE_URL": f"sqlite:///{path}",
        }
    )
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    return path


@pytest.fixture
def app(environ: dict[str, str], migrated: Path, tmp_path: Path) -> Iterator[Flask]:
    """The API with an empty menu."""
    shutil.copyfile(migrated, tmp_path / "menu.db")
    app = create_app(environ)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
