"""Reading the menu and an item."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.items import store

BURGER = {
    "id": 1,
    "name": "Burger",
    "price": 5.99,
    "description": "Tasty",
    "image": "https://cdn.auth0.com/blog/whatabyte/burger-sm.png",
}


def test_menu_is_an_object_of_items_by_id(client: FlaskClient) -> None:
    """Each member is named by the id of the item in it."""
    answer = client.get("/items")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    menu = answer.json or {}
    assert menu["1"] == BURGER
    assert {key: item["id"] for key, item in menu.items()} == {"1": 1, "2": 2, "3": 3}


def test_fresh_menu_has_the_prices_of_the_original(client: FlaskClient) -> None:
    """Prices are JSON numbers in their short form."""
    text = client.get("/items").text
    for price in ("5.99", "2.99", "1.99"):
        assert f'"price":{price},' in text


def test_menu_is_in_numeric_order(app: Flask, client: FlaskClient) -> None:
    """The item 10 comes after the item 9, not after the item 1."""
    with app.app_context():
        for name in "abcdefgh":
            store.add({"name": name, "price_cents": 0, "description": "", "image": "http://a"})
    assert list(client.get("/items").json or {}) == [str(n) for n in range(1, 12)]


def test_empty_menu_is_an_empty_object(app: Flask, client: FlaskClient) -> None:
    """A menu without items is still an object."""
    with app.app_context():
        for item_id in (1, 2, 3):
            store.remove(item_id, lambda _: None)
    assert client.get("/items").json == {}


def test_item_is_bare(client: FlaskClient) -> None:
    """The answer is the item itself, in no wrapper."""
    assert client.get("/items/1").json == BURGER


@pytest.mark.parametrize("path", ["/items", "/items/1", "/"])
def test_head_answers_like_get_without_a_body(client: FlaskClient, path: str) -> None:
    """The headers are those of the GET."""
    get, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers.get("ETag") == get.headers.get("ETag")


@pytest.mark.parametrize("path", ["/items", "/items/1"])
def test_trailing_slash_makes_no_difference(client: FlaskClient, path: str) -> None:
    """Both spellings give the same answer, neither by a redirect."""
    assert client.get(f"{path}/").data == client.get(path).data


@pytest.mark.parametrize(
    "item_id",
    [
        "4",
        "0",
        "-1",
        "01",
        "1.0",
        "1e0",
        "+1",
        "%201",
        "constructor",
        "__proto__",
        "null",
        "\N{ARABIC-INDIC DIGIT ONE}",
        str(2**63 - 1),
        str(2**63),
        str(2**64 + 1),
        "9" * 5000,
    ],
)
def test_what_names_no_item_is_404(client: FlaskClient, item_id: str) -> None:
    """An id has one spelling, and one that no database could hold is no error of the server."""
    answer = client.get(f"/items/{item_id}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert (answer.json or {})["code"] == "not_found"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_past_all_ids_is_404_to_every_method(client: FlaskClient, method: str) -> None:
    """And not 405, as if other methods had something there."""
    assert client.open(f"/items/{2**63}", method=method).status_code == 404


@pytest.mark.parametrize("path", ["/items", "/items/1"])
def test_unknown_method_is_405_and_lists_the_known(client: FlaskClient, path: str) -> None:
    """The answer carries `Allow`."""
    answer = client.patch(path)
    assert answer.status_code == 405
    assert (answer.json or {})["code"] == "method_not_allowed"
    assert {"GET", "HEAD", "OPTIONS", "PUT"} <= {
        m.strip() for m in answer.headers["Allow"].split(",")
    }
