"""Pages of the menu that are kept, and when they are not: on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from app.authz.testing import Clock
from app.extensions import db
from app.items import pages, store
from app.items.pages import Pages
from app.items.seed import fill_empty_menu
from tests.conftest import Bearer


@contextmanager
def reads_of_items() -> Iterator[list[dict[str, object]]]:
    """Collect what the database is asked for pages meanwhile."""
    found: list[dict[str, object]] = []
    read = store.page

    def noted(after: int, limit: int) -> object:
        found.append({"after": after, "limit": limit})
        return read(after, limit)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "page", noted)
        yield found


def version(app: Flask) -> int | None:
    with app.app_context():
        return store.version()


def test_a_menu_that_stays_is_read_once(app: Flask, client: FlaskClient) -> None:
    """With the link to the next page, and each page by itself."""
    for path in ("/items", "/items?limit=2", "/items?limit=2&after=1"):
        with reads_of_items() as reads:
            first, second = client.get(path), client.get(path)
        assert len(reads) == 1, path
        assert first.data == second.data
        assert first.headers["ETag"] == second.headers["ETag"]
        assert first.headers.get("Link") == second.headers.get("Link")
    assert client.get("/items?limit=2").headers["Link"] == '</items?limit=2&after=2>; rel="next"'


def test_every_change_is_seen_at_once(
    app: Flask, client: FlaskClient, bearer: Bearer, soup: dict[str, object]
) -> None:
    """In the process that made it and in every other."""
    headers = bearer("create:items", "update:items", "delete:items")
    names = "AUTH0_ISSUER_URL", "AUTH0_AUDIENCE", "DATABASE_URL"
    other_app = create_app({name: app.config[name] for name in names})
    other = other_app.test_client()
    for method, path in [("POST", "/items"), ("PUT", "/items/1"), ("DELETE", "/items/2")]:
        before = client.get("/items").data
        assert other.get("/items").data == before
        changed = client.open(path, method=method, json={"item": soup}, headers=headers)
        assert changed.status_code in (200, 201, 204)
        after = other.get("/items").data
        assert after != before
        assert client.get("/items").data == after
    with other_app.app_context():
        db.dispose()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", "/items/1", {"If-Match": '"another"'}, 412),
        ("DELETE", "/items/1", {"If-Match": '"another"'}, 412),
        ("PUT", "/items/77", {}, 404),
        ("DELETE", "/items/77", {}, 404),
    ],
)
def test_what_changes_nothing_leaves_the_version(
    app: Flask,
    client: FlaskClient,
    bearer: Bearer,
    soup: dict[str, object],
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    before = version(app)
    sent = bearer("update:items", "delete:items") | headers
    assert client.open(path, method=method, json={"item": soup}, headers=sent).status_code == status
    assert version(app) == before


def test_a_change_that_fails_leaves_the_version(app: Flask) -> None:
    before = version(app)
    with app.app_context(), pytest.raises(ZeroDivisionError):
        store.change(lambda _: 1 / 0)
    assert version(app) == before


def test_the_first_items_are_a_change(app: Flask) -> None:
    """Only where they are put on the menu."""
    before = version(app)
    with app.app_context():
        assert not fill_empty_menu()
        assert version(app) == before
        for item_id in (1, 2, 3):
            store.remove(item_id)
        emptied = version(app)
        assert fill_empty_menu()
    assert version(app) != emptied


def test_a_change_by_hand_is_seen_after_a_while(app: Flask, client: FlaskClient) -> None:
    clock = Clock()
    app.extensions["menu"] = Pages(timer=clock)
    before = client.get("/items").data
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE items SET name = 'Changed by hand' WHERE id = 1"))
    clock.move(pages.KEPT_FOR - 1)
    assert client.get("/items").data == before
    clock.move(2)
    assert b"Changed by hand" in client.get("/items").data


def test_without_a_version_nothing_is_kept(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM menu"))
    with reads_of_items() as reads:
        assert client.get("/items").data == client.get("/items").data
    assert len(reads) == 2
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("INSERT INTO menu VALUES (1, 1)"))


def test_a_long_page_is_not_kept(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of a process is bounded in bytes."""
    monkeypatch.setattr(pages, "LONGEST", len(client.get("/items?limit=2").data))
    with reads_of_items() as reads:
        for path in ("/items?limit=1", "/items?limit=2", "/items?limit=3"):
            client.get(path)
            client.get(path)
    # The second was kept before.
    assert len(reads) == 1 + 0 + 2
