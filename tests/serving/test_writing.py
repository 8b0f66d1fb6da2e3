"""Two workers that write to one menu at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests

from tests.conftest import Bearer
from tests.servers.databases import BOTH

from .conftest import ServerMaker
from .running import NAMING_WORKERS, PATIENCE

pytestmark = pytest.mark.slow


def _item(**changes: object) -> dict[str, object]:
    soup = {"name": "Soup", "price": 0, "description": "", "image": "https://menu.test/soup.png"}
    return {"item": soup | changes}


@pytest.mark.parametrize("database", BOTH)
def test_500_items_at_once_are_all_kept(gunicorn: ServerMaker, bearer: Bearer) -> None:
    server = gunicorn(*NAMING_WORKERS, WEB_CONCURRENCY="2")
    server.wait_for_all_workers()
    headers = bearer("create:items")

    def create(number: int) -> requests.Response:
        item = _item(name=f"Item {number}")
        return requests.post(f"{server.url}/items", json=item, headers=headers, timeout=PATIENCE)

    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(create, range(500)))
    assert {answer.status_code for answer in answers} == {201}
    menu = requests.get(f"{server.url}/items", timeout=PATIENCE).json()
    assert len({answer.json()["id"] for answer in answers}) == 500
    assert {item["name"] for item in menu.values()} == {f"Item {number}" for number in range(500)}
    assert len(menu) == 500
    assert all(f"POST by <{worker}>" in server.log for worker in server.workers)


def test_no_update_is_lost(gunicorn: ServerMaker, bearer: Bearer) -> None:
    """Each caller adds to the price that it read, and begins again if another came first. For
    PostgreSQL: `test_outages`."""
    server = gunicorn(WEB_CONCURRENCY="2")
    headers = bearer("create:items", "update:items")
    created = requests.post(f"{server.url}/items", json=_item(), headers=headers, timeout=PATIENCE)
    item = server.url + created.headers["Location"]

    def add_one(_: int) -> None:
        status = 412
        while status == 412:
            current = requests.get(item, timeout=PATIENCE)
            status = requests.put(
                item,
                json=_item(price=current.json()["price"] + 1),
                headers=headers | {"If-Match": current.headers["ETag"]},
                timeout=PATIENCE,
            ).status_code
        assert status == 200

    with ThreadPoolExecutor(4) as callers:
        list(callers.map(add_one, range(40)))
    assert requests.get(item, timeout=PATIENCE).json()["price"] == 40


def test_a_held_lock_stops_its_writers_and_nobody_else(
    gunicorn: ServerMaker, bearer: Bearer, environ: dict[str, str]
) -> None:
    """A backup, say, that locks the file: writes end in 503, reads of the same worker go on."""
    server = gunicorn()
    headers = bearer("create:items")

    def create(_: int) -> int:
        answer = requests.post(
            f"{server.url}/items", json=_item(), headers=headers, timeout=PATIENCE
        )
        return answer.status_code

    assert create(0) == 201
    path = environ["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(8) as callers:
            writes = [callers.submit(create, number) for number in range(8)]
            reads = 0
            while not any(write.done() for write in writes):
                reads += requests.get(f"{server.url}/items", timeout=PATIENCE).ok
            assert reads > 100
            assert {write.result(PATIENCE) for write in writes} == {503}
        holder.execute("ROLLBACK")
    assert create(0) == 201
