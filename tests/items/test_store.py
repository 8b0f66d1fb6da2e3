"""The menu in the database, with several processes at it."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.database import engine, patience
from app.extensions import db
from app.items import store
from app.items.seed import fill_empty_menu
from app.items.store import ItemRow
from tests.processes import at_once

PROCESSES = 4
ROUNDS = 50


class VersionChanged(Exception):
    """Raised if the stored item is not the one that was read."""


def expect(seen: ItemRow) -> Callable[[ItemRow], None]:
    """Return a precondition: the item is still the one that was seen."""

    def check(current: ItemRow) -> None:
        if current != seen:
            raise VersionChanged

    return check


def add_one_cent() -> None:
    """Read an item, change it, and begin again if someone else was faster."""
    while True:
        row = store.get(1)
        assert row is not None
        values = {
            "name": row.name,
            "price_cents": row.price_cents + 1,
            "description": row.description,
            "image": row.image,
        }
        try:
            store.replace(1, values, expect(row))
        except VersionChanged:
            continue
        return


def add_one_item() -> None:
    """Store an item."""
    store.add({"name": "n", "price_cents": 0, "description": "", "image": "http://a"})


def work(url: str, step: Callable[[], object]) -> None:
    """Repeat a step, with an engine of this process' own. It waits for the lock as long as it has
    to: who writes again and again may keep others from it on a slow disk."""
    patience.PATIENCE = 60
    app = Flask("worker")
    app.config["DATABASE_URL"] = url
    engine.init_app(app)
    with app.app_context():
        for _ in range(ROUNDS):
            step()


def in_parallel(app: Flask, step: Callable[[], object]) -> None:
    """Let several processes work on the app's database at once."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    at_once(PROCESSES, work, url, step)


@pytest.mark.slow
def test_no_update_is_lost(app: Flask) -> None:
    """Each process changes the version it has read, and no other."""
    in_parallel(app, add_one_cent)
    with app.app_context():
        row = store.get(1)
    assert row is not None
    assert row.price_cents == 599 + PROCESSES * ROUNDS


@pytest.mark.slow
def test_no_item_is_lost(app: Flask) -> None:
    """Items that are stored at once get ids of their own."""
    in_parallel(app, add_one_item)
    with app.app_context():
        rows = store.page(after=3, limit=1000)
    assert [row.id for row in rows] == list(range(4, 4 + PROCESSES * ROUNDS))


@pytest.mark.slow
def test_menu_emptied_by_hand_is_filled_once(app: Flask) -> None:
    """Processes that seed at once leave three items, with ids never used before."""
    with app.app_context():
        for item_id in (1, 2, 3):
            store.remove(item_id, lambda _: None)
    in_parallel(app, fill_empty_menu)
    with app.app_context():
        assert [row.id for row in store.page(after=0, limit=10)] == [4, 5, 6]


def refuse(_: ItemRow) -> None:
    """Let nothing be changed."""
    raise VersionChanged


def test_refused_replacement_leaves_the_item(app: Flask) -> None:
    """What the precondition raises ends the transaction."""
    with app.app_context():
        before = store.get(1)
        with pytest.raises(VersionChanged):
            store.replace(1, {"name": "other"}, refuse)
        assert store.get(1) == before


def test_refused_removal_leaves_the_item(app: Flask) -> None:
    """What the precondition raises ends the transaction."""
    with app.app_context():
        before = store.get(1)
        with pytest.raises(VersionChanged):
            store.remove(1, refuse)
        assert store.get(1) == before
