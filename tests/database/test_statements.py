"""Statements that the driver runs: their values, and what they raise, on every database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import bindparam, column, insert, select, table, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from app.database import engine
from app.database.statements import Statement
from app.database.transactions import reading, write
from app.extensions import db
from tests.servers.databases import BOTH

COUNTS = table("counts", column("count"), column("name"))
INSERT = Statement(insert(COUNTS).returning(COUNTS.c.count), ("count", "name"))
SELECT = Statement(select(COUNTS.c.name).where(COUNTS.c.count > bindparam("above")).limit(10))


@pytest.fixture(params=BOTH)
def bare_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app with a database that has one table."""
    app = Flask("bare")
    if request.param == "postgresql":
        app.config["DATABASE_URL"] = request.getfixturevalue("postgresql")
    else:
        app.config["DATABASE_URL"] = f"sqlite:///{request.getfixturevalue('tmp_path')}/menu.db"
    engine.init_app(app)
    with app.app_context():
        made = text("CREATE TABLE counts (count INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
        write(Statement(made).run)
        yield app
        db.dispose()


@pytest.mark.usefixtures("bare_app")
def test_values_go_in_and_rows_come_out() -> None:
    hostile = "'); DROP TABLE counts; -- %s ? :name %(name)s"
    assert write(lambda lent: INSERT.run(lent, count=1, name=hostile)) == [(1,)]
    assert write(lambda lent: INSERT.run(lent, count=2, name="two")) == [(2,)]
    with reading() as connection:
        assert SELECT.run(connection, above=0) == [(hostile,), ("two",)]
        assert SELECT.run(connection, above=1) == [("two",)]
        assert SELECT.run(connection, above=2) == []


@pytest.mark.usefixtures("bare_app")
def test_a_statement_without_rows_returns_none() -> None:
    assert write(Statement(text("DELETE FROM counts")).run) == []


@pytest.mark.usefixtures("bare_app")
def test_what_fails_is_an_error_of_sqlalchemys_without_the_values() -> None:
    """What is done about it goes by its kind, and the log has no text of a caller's."""
    write(lambda lent: INSERT.run(lent, count=1, name="one"))
    with pytest.raises(IntegrityError) as caught:
        write(lambda lent: INSERT.run(lent, count=1, name="secret"))
    assert "secret" not in str(caught.value)
    with pytest.raises((OperationalError, ProgrammingError)), reading() as connection:
        Statement(text("SELECT 1 FROM nowhere")).run(connection)
    with reading() as connection:
        assert SELECT.run(connection, above=0) == [("one",)]


def test_a_lost_connection_is_thrown_away(postgresql: str) -> None:
    app = Flask("bare")
    app.config["DATABASE_URL"] = postgresql
    engine.init_app(app)
    end = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with app.app_context():
        with reading() as connection:
            with pytest.raises(DBAPIError):
                end.run(connection)
            assert connection.invalidated
        with reading() as connection:
            assert Statement(text("SELECT 1")).run(connection) == [(1,)]
        db.dispose()
