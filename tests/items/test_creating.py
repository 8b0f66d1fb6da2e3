"""Putting items on the menu."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.items import store
from tests.conftest import Bearer


def test_created_item_is_answered_bare_with_its_address(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """`Location` names where the same item is found from then on."""
    answer = client.post("/items", json={"item": soup}, headers=bearer("create:items"))
    assert answer.status_code == 201
    assert answer.json == {"id": 4, **soup}
    assert answer.headers["Location"] == "/items/4"
    read = client.get("/items/4")
    assert read.data == answer.data
    assert read.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("item_id", [1, 99, "x", None, [], {"a": 1}, -1, True, 2**70, 1.5])
def test_id_is_ignored(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], item_id: object
) -> None:
    """Whatever the caller proposes, the menu counts on."""
    sent = {"item": {**soup, "id": item_id}}
    answer = client.post("/items", json=sent, headers=bearer("create:items"))
    assert answer.status_code == 201
    assert (answer.json or {})["id"] == 4


def test_id_of_a_deleted_item_is_never_given_again(
    app: Flask, client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """An old link leads nowhere rather than to another item."""
    with app.app_context():
        store.remove(3, lambda _: None)
    answer = client.post("/items", json={"item": soup}, headers=bearer("create:items"))
    assert (answer.json or {})["id"] == 4


@pytest.mark.parametrize(
    "headers", [{}, {"If-Match": '"x"'}, {"If-None-Match": "*"}], ids=lambda h: str(list(h))
)
def test_conditions_do_not_stop_a_new_item(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], headers: dict[str, str]
) -> None:
    """An item that does not exist yet has no version to compare."""
    headers = {**bearer("create:items"), **headers}
    assert client.post("/items", json={"item": soup}, headers=headers).status_code == 201


@pytest.mark.parametrize("permissions", [[], ["update:items", "delete:items"]])
def test_caller_without_the_permission_gets_403(
    app: Flask,
    client: FlaskClient,
    bearer: Bearer,
    soup: dict[str, object],
    permissions: list[str],
) -> None:
    """Other permissions do not help, and nothing is stored."""
    answer = client.post("/items", json={"item": soup}, headers=bearer(*permissions))
    assert answer.status_code == 403
    with app.app_context():
        assert store.get(4) is None


def test_caller_without_a_token_gets_401_before_the_body_is_read(client: FlaskClient) -> None:
    """A malformed body is not looked at."""
    answer = client.post("/items", data="{", content_type="application/json")
    assert answer.status_code == 401
