"""What the item tests begin with."""

import pytest
from flask import Flask

from app.items.seed import fill_empty_menu
from tests.servers.databases import BOTH


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Each test runs on both databases."""
    return str(request.param)


@pytest.fixture(autouse=True)
def seeded_menu(app: Flask) -> None:
    """Burger, Pizza and Tea stand on the menu, with the ids 1 to 3."""
    with app.app_context():
        fill_empty_menu()


@pytest.fixture
def soup() -> dict[str, object]:
    """The fields of an item that may be stored."""
    return {
        "name": "Soup",
        "price": 4.5,
        "description": "Hot",
        "image": "https://example.com/soup.png",
    }
