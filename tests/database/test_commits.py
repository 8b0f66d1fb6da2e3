"""What a caller hears of a change whose COMMIT failed: that nothing was done, or that nobody knows.

Each test asks a real PostgreSQL what became of it.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.database.transactions import Lent, OutcomeUnknown, write
from tests.servers.cutting import cut_at_commit

from .bare import bare
from .sql import run

SOUP = {"name": "Soup", "price": 4.5, "description": "", "image": "https://menu.test/soup.png"}


class TestConnectionThatBreaks:
    """While the answer to a COMMIT is waited for."""

    @pytest.fixture
    def database(self) -> str:
        return "postgresql"

    @pytest.fixture(params=[True, False], ids=["after the server", "before the server"])
    def passed(self, request: pytest.FixtureRequest) -> bool:
        """Whether the COMMIT was carried out."""
        return bool(request.param)

    @pytest.fixture
    def environ(
        self, environ: dict[str, str], database_url: str, passed: bool
    ) -> Iterator[dict[str, str]]:
        with cut_at_commit(database_url, passed=passed) as address:
            yield environ | {"DATABASE_URL": address}

    def test_nobody_is_told_to_send_the_change_again(
        self, client: FlaskClient, bearer: Callable[..., dict[str, str]], passed: bool
    ) -> None:
        """It may have been made, and sent again it would be made twice."""
        answer = client.post("/items", json={"item": SOUP}, headers=bearer("create:items"))
        assert answer.status_code == 503
        assert "Retry-After" not in answer.headers
        problem = answer.json or {}
        assert problem["code"] == "database_unavailable"
        assert problem["detail"].endswith("Whether the change was made is not known.")
        assert len(client.get("/items").json or {}) == int(passed)


@pytest.fixture
def bare_app(postgresql: str) -> Iterator[Flask]:
    """An app with a table of names that are compared, and of errors that are raised, by COMMIT."""
    with bare(postgresql, make_tables) as app:
        yield app


def make_tables(lent: Lent) -> None:
    """Make what the tests store in."""
    run(lent, "CREATE TABLE names (name TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    run(lent, "CREATE TABLE codes (code TEXT)")
    run(
        lent,
        "CREATE FUNCTION fail() RETURNS TRIGGER LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING ERRCODE = NEW.code; END $$",
    )
    run(
        lent,
        "CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON codes DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION fail()",
    )


def failing_with(code: str) -> Callable[[Lent], object]:
    """Return a piece of work whose COMMIT fails with an SQLSTATE."""
    return lambda lent: run(lent, f"INSERT INTO codes VALUES ('{code}')")


@pytest.mark.usefixtures("bare_app")
@pytest.mark.parametrize("code", ["40003", "08007", "57P01", "57P02"])
def test_server_may_not_know_either(code: str) -> None:
    """Of distributed databases some say so; one that stops says that it stops."""
    with pytest.raises(OutcomeUnknown):
        write(failing_with(code))


@pytest.mark.parametrize("code", ["53100", "57014", "58030"])
def test_server_that_refuses_has_done_nothing(bare_app: Flask, code: str) -> None:
    """So the caller may send the change again."""
    bare_app.add_url_rule("/", view_func=lambda: str(write(failing_with(code))))
    answer = bare_app.test_client().get("/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert write(lambda lent: run(lent, "SELECT count(*) FROM codes")) == [(0,)]


@pytest.mark.usefixtures("bare_app")
def test_transaction_that_is_set_back_at_its_end_is_run_again() -> None:
    codes = ["40001", "40P01"]

    def work(lent: Lent) -> None:
        if codes:
            failing_with(codes.pop())(lent)
        else:
            run(lent, "INSERT INTO names VALUES ('once')")

    write(work)
    assert write(lambda lent: run(lent, "SELECT name FROM names")) == [("once",)]


def test_what_breaks_a_rule_is_a_mistake_and_no_outage(bare_app: Flask) -> None:
    def store_twice(lent: Lent) -> None:
        run(lent, "INSERT INTO names VALUES ('a'), ('a')")

    bare_app.add_url_rule("/", view_func=lambda: str(write(store_twice)))
    assert bare_app.test_client().get("/").status_code == 500
