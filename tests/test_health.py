"""What probes are told."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.authz.errors import StateUnavailable
from app.authz.state.sql import SqlState
from app.authz.testing import Clock, FakeIssuer, MemoryState, TokenFactory
from app.extensions import alembic, db
from app.readiness import SLOW, Readiness


@pytest.fixture
def state() -> MemoryState:
    return MemoryState()


@pytest.fixture
def readiness(app: Flask, state: MemoryState, clock: Clock) -> Readiness:
    """That of the app, with a clock to move."""
    app.extensions["readiness"] = Readiness(state, timer=clock)
    return app.extensions["readiness"]  # type: ignore[no-any-return]


def execute(app: Flask, statement: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(statement))


def lose_database(app: Flask, tmp_path: Path) -> None:
    """Put something in the database's place that is none."""
    with app.app_context():
        db.dispose()
    for file in tmp_path.glob("menu.db*"):
        file.unlink()
    (tmp_path / "menu.db").mkdir()


def test_a_server_with_its_database_is_ready(client: FlaskClient) -> None:
    """Before it has fetched any key."""
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    body = answer.json or {}
    (keys,) = body.pop("keys")
    assert body == {"status": "ready", "database": "ok", "shared_state": "ok"}
    assert (keys["state"], keys["age"], keys["error"]) == ("missing", None, None)


def test_a_lost_database_takes_the_server_out_and_brings_it_back(
    app: Flask,
    client: FlaskClient,
    readiness: Readiness,
    clock: Clock,
    migrated: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so once, and once that it is over."""
    with caplog.at_level(logging.INFO):
        lose_database(app, tmp_path)
        for _ in range(3):
            answer = client.get("/health/ready")
            clock.move(2)
        assert answer.status_code == 503
        assert answer.content_type == "application/problem+json"
        assert int(answer.headers["Retry-After"]) > 0
        body = answer.json or {}
        assert (body["code"], body["database"]) == ("database_unavailable", "unreachable")
        assert "unable to open" not in answer.text
        (tmp_path / "menu.db").rmdir()
        shutil.copyfile(migrated, tmp_path / "menu.db")
        assert client.get("/health/ready").status_code == 200
    lost, found = [r.getMessage() for r in caplog.records if r.name == "app.readiness"]
    assert "database unreachable" in lost
    assert "unable to open" in lost
    assert "database ok" in found


def test_the_process_is_alive_without_its_database(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    lose_database(app, tmp_path)
    assert client.get("/health/live").json == {"status": "ok"}


@pytest.mark.parametrize("statement", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_database_without_migrations_is_behind(
    app: Flask, client: FlaskClient, statement: str
) -> None:
    execute(app, statement)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert (answer.json or {})["code"] == "migrations_behind"


def test_a_database_that_lacks_one_is_behind(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        alembic.downgrade("1795302127")
    assert (client.get("/health/ready").json or {})["code"] == "migrations_behind"


def test_a_database_of_a_newer_version_is_not(app: Flask, client: FlaskClient) -> None:
    """While it is rolled out, servers of this one go on."""
    execute(app, "UPDATE alembic_version SET version_num = '9999999999'")
    assert client.get("/health/ready").status_code == 200


def test_a_lost_state_is_told_and_takes_nobody_out(
    client: FlaskClient, readiness: Readiness, state: MemoryState
) -> None:
    """The menu can be read, and the other servers have lost it too."""
    state.down = True
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["shared_state"]) == ("degraded", "unreachable")


class TestOutage:
    """Nobody answers at the issuer's address."""

    NOBODY = "http://127.0.0.1:1/"

    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"AUTH0_ISSUER_URL": self.NOBODY}

    def test_it_takes_nobody_out(self, client: FlaskClient, tokens: TokenFactory) -> None:
        """A name says what was wrong; the text, with its addresses, is in the log."""
        token = tokens.valid(iss=self.NOBODY)
        client.delete("/items/1", headers={"Authorization": f"Bearer {token}"})
        answer = client.get("/health/ready")
        assert answer.status_code == 200
        (keys,) = (answer.json or {})["keys"]
        assert (answer.json or {})["status"] == "degraded"
        assert (keys["state"], keys["error"]) == ("missing", "unreachable")
        assert "refused" not in answer.text


def test_keys_have_an_age(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], issuer: FakeIssuer
) -> None:
    client.delete("/items/1", headers=bearer())
    (keys,) = (client.get("/health/ready").json or {})["keys"]
    assert keys["issuer"] == issuer.url
    assert keys["state"] == "fresh"
    assert keys["usable"] >= 1
    assert 0 <= keys["age"] < 60


def test_asking_often_asks_the_database_once(app: Flask, clock: Clock) -> None:
    """A stranger who asks without end costs a look into memory."""
    looked = []

    class Counting(MemoryState):
        def ping(self) -> None:
            looked.append(1)

    asked = Readiness(Counting(), timer=clock)
    with app.app_context():
        for _ in range(50):
            asked.findings()
        clock.move(1.5)
        asked.findings()
    assert len(looked) == 2


@pytest.mark.parametrize(("holder", "asked"), [(SqlState, 0), (MemoryState, 1)])
def test_a_lost_database_is_asked_once(
    app: Flask, clock: Clock, tmp_path: Path, holder: type, asked: int
) -> None:
    """If the state lies in it, that is lost too, and a probe waits for one of them only."""
    pinged = []

    class Counting(holder):  # type: ignore[misc]
        def ping(self) -> None:
            pinged.append(1)
            raise StateUnavailable("lost")

    with app.app_context():
        state = Counting(db.engine) if holder is SqlState else Counting()
        lose_database(app, tmp_path)
        findings = Readiness(state, timer=clock).findings()
    assert (findings.database, findings.state) == ("unreachable", "unreachable")
    assert len(pinged) == asked


def test_a_database_that_hangs_holds_one_probe(app: Flask, clock: Clock) -> None:
    """The others are told what was known, and after a while that it does not answer."""
    seen: list[str] = []

    class Hanging(MemoryState):
        def ping(self) -> None:
            if len(seen) == 0:
                seen.append("first")
                return
            # Others ask while this one hangs.
            seen.append(asked.findings().database)
            clock.move(SLOW + 1)
            seen.append(asked.findings().database)

    asked = Readiness(Hanging(), timer=clock)
    with app.app_context():
        asked.findings()
        clock.move(1.5)
        asked.findings()
    assert seen == ["first", "ok", "unreachable"]
