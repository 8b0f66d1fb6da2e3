"""What the item tests begin with."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection

from app import create_app
from app.authz.testing import FakeIssuer
from app.extensions import db
from app.items.pages import Pages
from app.items.seed import fill_empty_menu
from tests.servers.databases import BOTH

#: For tests of what is decided before a statement is sent: they need one database only.
without_statements = pytest.mark.parametrize("database", ["sqlite"], scope="module", indirect=True)


@pytest.fixture(scope="module", params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Each test runs on both databases."""
    return str(request.param)


@pytest.fixture(scope="module")
def database_url(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a database with tables."""
    if database == "postgresql":
        return str(request.getfixturevalue("migrated_postgresql"))
    migrated: Path = request.getfixturevalue("migrated")
    return f"sqlite:///{shutil.copy(migrated, tmp_path_factory.mktemp('items'))}"


@pytest.fixture(scope="module")
def app(issuer: FakeIssuer, database_url: str) -> Iterator[Flask]:
    """One for all tests of a module: what they leave behind is on the menu only."""
    app = create_app(
        {
            "AUTH0_ISSUER_URL": issuer.url,
            "AUTH0_AUDIENCE": "https://api.test",
            "DATABASE_URL": database_url,
        }
    )
    yield app
    with app.app_context():
        db.dispose()


@pytest.fixture(autouse=True)
def seeded_menu(app: Flask) -> None:
    """Burger, Pizza and Tea stand on the menu, with the ids 1 to 3, and no page of it is kept."""
    app.extensions["menu"] = Pages()
    with app.app_context():
        with db.engine.begin() as connection:
            empty(connection)
        fill_empty_menu()


def empty(connection: Connection) -> None:
    """Leave nothing on the menu; ids begin anew."""
    connection.exec_driver_sql("DELETE FROM items")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'items'")
    else:
        connection.exec_driver_sql("ALTER TABLE items ALTER id RESTART")


@pytest.fixture
def soup() -> dict[str, object]:
    """The fields of an item that may be stored."""
    return {
        "name": "Soup",
        "price": 4.5,
        "description": "Hot",
        "image": "https://example.com/soup.png",
    }
