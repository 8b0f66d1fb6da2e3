"""Two servers as one API, while the PostgreSQL and the Valkey behind them come and go."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from pathlib import Path

import pytest
import requests

from app.authz.testing import FakeIssuer
from tests.conftest import Bearer, migrate
from tests.servers.fixtures import kept
from tests.servers.frail import FrailPostgresql

from .conftest import ServerMaker
from .running import PATIENCE, Load, Server, free_port, until

pytestmark = pytest.mark.slow


@pytest.fixture
def postgres(tmp_path: Path, issuer: FakeIssuer) -> Iterator[FrailPostgresql]:
    """A PostgreSQL of the test's own, with the tables of the API."""
    with kept("postgresql") as url:
        migrate(url, issuer)
        server = FrailPostgresql(url, tmp_path)
        yield server
        server.kill()


class Api:
    """Two servers, which clients call in turn."""

    def __init__(self, servers: list[Server], headers: dict[str, str]) -> None:
        self._urls = cycle([server.url for server in servers])
        self._headers = headers
        self.servers = servers

    def send(self, method: str, path: str, **options: object) -> requests.Response:
        """Send a request to the next server."""
        headers = self._headers | options.pop("headers", {})  # type: ignore[operator]
        url = next(self._urls) + path
        return requests.request(method, url, headers=headers, timeout=PATIENCE, **options)  # type: ignore[arg-type]


def item(**changes: object) -> dict[str, object]:
    """Return the body of a request."""
    soup = {"name": "Soup", "price": 0, "description": "", "image": "https://menu.test/soup.png"}
    return {"item": soup | changes}


@pytest.fixture
def api(gunicorn: ServerMaker, bearer: Bearer, postgres: FrailPostgresql) -> Api:
    """Two servers with two workers each, on one database."""
    settings = {"WEB_CONCURRENCY": "2", "DATABASE_URL": postgres.url}
    headers = bearer("create:items", "update:items", "delete:items")
    return Api([gunicorn(**settings), gunicorn(**settings)], headers)


class Writer:
    """Stores items, each with a name of its own, and keeps what was acknowledged."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._numbers = count()
        #: Names by the id that was given.
        self.acknowledged: dict[int, str] = {}
        #: Ids that were given twice.
        self.twice: list[int] = []

    def create(self) -> str:
        """Store one, and return what came of it."""
        name = f"Item {next(self._numbers)}"
        answer = self._api.send("POST", "/items", json=item(name=name))
        if answer.status_code != 201:
            return str(answer.json()["code"])
        number = answer.json()["id"]
        if number in self.acknowledged:
            self.twice.append(number)
        self.acknowledged[number] = name
        return "created"


def menu(api: Api) -> dict[int, str]:
    """Return the names of all items by id, page by page."""
    found: dict[int, str] = {}
    path = "/items"
    while path:
        answer = api.send("GET", path)
        assert answer.status_code == 200, answer.text
        found |= {int(key): each["name"] for key, each in answer.json().items()}
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<")
    return found


def test_no_acknowledged_write_is_lost_with_the_database(
    api: Api, postgres: FrailPostgresql
) -> None:
    """It is killed under load, twice. Meanwhile the answer is 503, and afterwards all is well."""
    writer = Writer(api)
    with Load(writer.create, callers=6) as load:

        def refusals() -> int:
            return load.results.total() - load.results["created"]

        load.wait_for_more(50)
        for _ in range(2):
            postgres.kill()
            refused = refusals()
            until(lambda refused=refused: refusals() > refused + 20)  # type: ignore[misc]
            postgres.start()
            created = load.results["created"]
            until(lambda created=created: load.results["created"] > created + 50)  # type: ignore[misc]
    # The deny-list lies in the same database: who waits for long hears of it first.
    assert set(load.results) - {"state_unavailable"} == {"created", "database_unavailable"}
    assert not writer.twice
    kept_names = menu(api)
    assert writer.acknowledged.items() <= kept_names.items()
    assert len(set(kept_names.values())) == len(kept_names)


def test_a_database_that_hangs_holds_nobody(api: Api, postgres: FrailPostgresql) -> None:
    """Each request ends in 503 within seconds, and the next one after it answers is served."""
    times: list[float] = []

    def send() -> tuple[int, str]:
        began = time.monotonic()
        answer = api.send("GET", "/items")
        times.append(time.monotonic() - began)
        return answer.status_code, answer.headers.get("Retry-After", "")

    with ThreadPoolExecutor(40) as callers:
        assert Counter(callers.map(lambda _: send()[0], range(80))) == {200: 80}
        times.clear()
        postgres.freeze()
        try:
            results = Counter(callers.map(lambda _: send(), range(80)))
        finally:
            postgres.thaw()
        assert results == {(503, "5"): 80}, api.servers[0].log
        assert max(times) < 20
        assert Counter(callers.map(lambda _: send()[0], range(40))) == {200: 40}


def test_a_state_in_a_database_that_hangs_holds_nobody(api: Api, postgres: FrailPostgresql) -> None:
    """Guarded routes end in 503, with the code of what could not be asked."""

    def send() -> str:
        return str(api.send("DELETE", "/items/77").json()["code"])

    assert send() == send() == "not_found"
    postgres.freeze()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(8) as callers:
            codes = Counter(callers.map(lambda _: send(), range(8)))
        assert time.monotonic() - began < 20
        until(lambda: send() == "state_unavailable")
    finally:
        postgres.thaw()
    assert set(codes) <= {"state_unavailable", "database_unavailable"}
    until(lambda: send() == "not_found")


def test_500_changes_through_two_servers(api: Api) -> None:
    """Each adds one to the price that it read at one server, and writes it at the other; who comes
    late begins again."""
    created = api.send("POST", "/items", json=item())
    path = created.headers["Location"]

    def add_one(_: int) -> None:
        status = 412
        while status == 412:
            seen = api.send("GET", path)
            changed = item(price=seen.json()["price"] + 1)
            condition = {"If-Match": seen.headers["ETag"]}
            status = api.send("PUT", path, json=changed, headers=condition).status_code
        assert status == 200

    with ThreadPoolExecutor(4) as callers:
        list(callers.map(add_one, range(500)))
    answers = [api.send("GET", path) for _ in range(4)]
    assert {answer.json()["price"] for answer in answers} == {500}
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_a_menu_outlives_its_valkey(
    gunicorn: ServerMaker, bearer: Bearer, postgres: FrailPostgresql
) -> None:
    """Killed under load, it closes what is guarded and nothing else, until it is back."""
    port = free_port()
    settings = {
        "WEB_CONCURRENCY": "2",
        "DATABASE_URL": postgres.url,
        "STATE_URL": f"redis://127.0.0.1:{port}",
    }
    headers = bearer("create:items")
    with kept("valkey", port):
        api = Api([gunicorn(**settings), gunicorn(**settings)], headers)
        writer = Writer(api)
        with Load(writer.create) as load:
            load.wait_for_more(100)
        assert set(load.results) == {"created"}
    with Load(writer.create) as load:
        until(lambda: load.results["state_unavailable"] > 20)
        assert {api.send("GET", "/items").status_code for _ in range(20)} == {200}
    assert set(load.results) <= {"created", "state_unavailable"}
    with kept("valkey", port):
        with Load(writer.create) as load:
            until(lambda: load.results["created"] > 50)
        assert set(load.results) <= {"created", "state_unavailable"}
        assert writer.acknowledged.items() <= menu(api).items()
