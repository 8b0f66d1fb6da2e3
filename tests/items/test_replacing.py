"""Replacing items."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.items import store
from tests.conftest import Bearer


def test_address_names_the_item(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """The body needs no id then."""
    answer = client.put("/items/2", json={"item": soup}, headers=bearer("update:items"))
    assert answer.status_code == 200
    assert answer.json == {"id": 2, **soup}
    assert client.get("/items/2").data == answer.data


def test_body_names_the_item(client: FlaskClient, bearer: Bearer, soup: dict[str, object]) -> None:
    """The original client sends the id in the item."""
    sent = {"item": {"id": 2, **soup}}
    answer = client.put("/items", json=sent, headers=bearer("update:items"))
    assert answer.status_code == 200
    assert answer.json == {"id": 2, **soup}
    assert client.get("/items/2").data == answer.data


def test_other_items_stay(client: FlaskClient, bearer: Bearer, soup: dict[str, object]) -> None:
    """Only the named item is replaced."""
    before = client.get("/items").json or {}
    client.put("/items/2", json={"item": soup}, headers=bearer("update:items"))
    assert client.get("/items").json == before | {"2": {"id": 2, **soup}}


def test_body_may_repeat_the_id_of_the_address(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """The two agree."""
    sent = {"item": {"id": 2, **soup}}
    assert client.put("/items/2", json=sent, headers=bearer("update:items")).status_code == 200


@pytest.mark.parametrize(
    "item_id", [3, 99, "2", None, True, 0, -2, 2.5, 3.0, 2**63, 10**400, 1e300, [2]]
)
def test_id_in_the_body_that_differs_from_the_address_is_422(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], item_id: object
) -> None:
    """Neither of the two is changed."""
    before = client.get("/items").data
    sent = {"item": {"id": item_id, **soup}}
    answer = client.put("/items/2", json=sent, headers=bearer("update:items"))
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["id"]
    assert client.get("/items").data == before


def test_a_whole_number_may_be_written_with_a_zero_behind_its_point(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """To JSON it is the same number."""
    sent = {"item": {"id": 2.0, **soup}}
    answer = client.put("/items/2", json=sent, headers=bearer("update:items"))
    assert answer.json == {"id": 2, **soup}


def test_a_number_of_a_billion_digits_is_422(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """And nobody writes the digits down."""
    sent = json.dumps({"item": {"id": 0, **soup}}).replace('"id": 0', '"id": 1e999999999')
    headers = bearer("update:items") | {"Content-Type": "application/json"}
    answer = client.put("/items", data=sent, headers=headers)
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["id"]


def test_body_without_an_id_at_the_address_of_the_menu_is_422(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """Nothing says which item is meant."""
    answer = client.put("/items", json={"item": soup}, headers=bearer("update:items"))
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["id"]


def test_missing_item_is_404(client: FlaskClient, bearer: Bearer, soup: dict[str, object]) -> None:
    """PUT makes no items: ids are the menu's to give."""
    headers = bearer("update:items")
    assert client.put("/items/4", json={"item": soup}, headers=headers).status_code == 404
    sent = {"item": {"id": 4, **soup}}
    assert client.put("/items", json=sent, headers=headers).status_code == 404


def test_field_left_out_is_422_and_keeps_the_item(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """A replacement is whole or none."""
    before = client.get("/items/2").data
    del soup["description"]
    answer = client.put("/items/2", json={"item": soup}, headers=bearer("update:items"))
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["description"]
    assert client.get("/items/2").data == before


@pytest.mark.parametrize("path", ["/items", "/items/2"])
def test_guard_stands_before_both_addresses(
    app: Flask, client: FlaskClient, bearer: Bearer, soup: dict[str, object], path: str
) -> None:
    """Without the permission nothing is stored."""
    sent = {"item": {"id": 2, **soup}}
    assert client.put(path, json=sent).status_code == 401
    headers = bearer("create:items", "delete:items")
    assert client.put(path, json=sent, headers=headers).status_code == 403
    with app.app_context():
        row = store.get(2)
    assert row is not None
    assert row.name == "Pizza"
