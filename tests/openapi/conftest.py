"""The document that is served."""

from typing import Any

import pytest
from flask.testing import FlaskClient

Document = dict[str, Any]


@pytest.fixture
def document(client: FlaskClient) -> Document:
    """`/openapi.json`, as a program reads it."""
    found: Document = client.get("/openapi.json").get_json()
    return found


@pytest.fixture
def soup() -> dict[str, object]:
    """The fields of an item that may be stored."""
    return {
        "name": "Soup",
        "price": 4.5,
        "description": "Hot",
        "image": "https://example.com/soup.png",
    }
