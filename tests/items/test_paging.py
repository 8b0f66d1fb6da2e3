"""Pages of the menu."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from app.extensions import db
from app.items.models import Item

from .conftest import without_statements


def test_limit_ends_the_page_and_links_the_next(client: FlaskClient) -> None:
    """The link leads to what follows, with the same limit."""
    answer = client.get("/items?limit=2")
    assert list(answer.json or {}) == ["1", "2"]
    assert answer.headers["Link"] == '</items?limit=2&after=2>; rel="next"'


def test_links_lead_through_the_whole_menu(client: FlaskClient) -> None:
    """Followed to their end, the links show each item once."""
    seen: list[str] = []
    address: str | None = "/items?limit=1"
    while address:
        answer = client.get(address)
        seen += answer.json or {}
        link = answer.headers.get("Link")
        address = link and link[1 : link.index(">")]
    assert seen == ["1", "2", "3"]


def test_last_page_has_no_link(client: FlaskClient) -> None:
    """A page that is exactly full and the last one links nothing."""
    assert "Link" not in client.get("/items").headers
    assert "Link" not in client.get("/items?limit=3").headers
    assert "Link" not in client.get("/items?limit=1&after=2").headers


def test_after_begins_behind_that_id(client: FlaskClient) -> None:
    """The id need not be one of an item."""
    assert list(client.get("/items?after=1").json or {}) == ["2", "3"]
    assert client.get("/items?after=99").json == {}
    assert client.get(f"/items?after={2**63 - 1}").json == {}


def test_page_without_a_limit_has_at_most_1000_items(app: Flask, client: FlaskClient) -> None:
    """The item after the thousandth is on the next page."""
    item = {"name": "n", "price_cents": 0, "description": "", "image": "http://a"}
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(insert(Item), [item] * 998)
    answer = client.get("/items")
    assert len(answer.json or {}) == 1000
    assert answer.headers["Link"] == '</items?limit=1000&after=1000>; rel="next"'
    assert list(client.get("/items?after=1000").json or {}) == ["1001"]


@without_statements
@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1.5", "1e1", "+1", "%201", "1_0", "true", "null", "9" * 5000, "%D9%A1"],
)
@pytest.mark.parametrize("name", ["limit", "after"])
def test_what_is_no_number_is_422(client: FlaskClient, name: str, text: str) -> None:
    """The error stands under the name of the parameter."""
    answer = client.get(f"/items?{name}={text}")
    assert answer.status_code == 422
    problem = answer.json or {}
    assert problem["code"] == "invalid"
    assert list(problem["errors"]) == [name]


@without_statements
@pytest.mark.parametrize("query", ["limit=0", "limit=1001", f"after={2**63}"])
def test_number_out_of_range_is_422(client: FlaskClient, query: str) -> None:
    """A limit is 1 to 1000, an id what the database can hold."""
    assert client.get(f"/items?{query}").status_code == 422


def test_page_with_other_parameters_ignores_them(client: FlaskClient) -> None:
    """A cache-busting parameter does no harm."""
    assert client.get("/items?limit=1&_=17").status_code == 200
