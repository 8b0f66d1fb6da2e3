"""What is PostgreSQL's own: transactions that are set back, limits, servers that hang."""

import socket
import time
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from app import errors
from app.database import engine, patience, postgresql
from app.database.statements import Lender
from app.database.transactions import PAUSES, Lent, reading, write
from app.extensions import db
from tests.servers.databases import plain

from .bare import bare
from .sql import run

Options = str


@pytest.fixture
def options() -> Options:
    """What `DATABASE_URL` says on top."""
    return ""


@pytest.fixture
def bare_app(postgresql: str, options: Options) -> Iterator[Flask]:
    """An app with a database that has two rows."""
    with bare(postgresql + options, make_rows) as app:
        yield app


def make_rows(lent: Lent) -> None:
    """Make what the tests count in."""
    run(lent, "CREATE TABLE counts (id INTEGER PRIMARY KEY, count INTEGER)")
    run(lent, "INSERT INTO counts VALUES (1, 0), (2, 0)")


def serve(app: Flask, use: Callable[[], object]) -> None:
    """Let a request use the database."""
    app.add_url_rule("/", view_func=lambda: str(use()))


def counts() -> list[int]:
    """Return what stands in the two rows."""
    with reading() as connection:
        return list(connection.execute(text("SELECT count FROM counts ORDER BY id")).scalars())


def show(connection: Connection, name: str) -> str:
    """Return a setting of the server's as the connection has it."""
    return str(connection.execute(text(f"SHOW {name}")).scalar())


class Pair:
    """Two transactions that meet in the middle, the first time that each is run."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._barrier = Barrier(2)
        #: How often one was begun.
        self.tries = 0

    def meet(self, tries: int) -> None:
        """Wait for the other one; who is run again does not."""
        if tries <= 2:
            self._barrier.wait(10)

    def both(self, *works: Callable[[Lent], None]) -> None:
        """Run both at once."""

        def one(work: Callable[[Lent], None]) -> None:
            with self._app.app_context():
                write(work)

        threads = [Thread(target=one, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_deadlock_is_run_again(bare_app: Flask) -> None:
    """Two change the same rows in another order: each waits for the other. Both are done."""
    pair = Pair(bare_app)

    def add_to(first: int, second: int) -> Callable[[Lent], None]:
        def work(lent: Lent) -> None:
            pair.tries += 1
            tries = pair.tries
            add(lent, first)
            pair.meet(tries)
            add(lent, second)

        return work

    pair.both(add_to(1, 2), add_to(2, 1))
    assert counts() == [2, 2]
    assert pair.tries == 3


def add(lent: Lender, row: int) -> None:
    """Add one to a row."""
    run(lent, f"UPDATE counts SET count = count + 1 WHERE id = {row}")


SERIALIZABLE = "&options=-cdefault_transaction_isolation%3Dserializable"


@pytest.mark.parametrize("options", [SERIALIZABLE])
def test_serialization_failure_is_run_again(bare_app: Flask) -> None:
    """As distributed databases have them at any time. No update is lost."""
    pair = Pair(bare_app)

    def work(lent: Lent) -> None:
        pair.tries += 1
        tries = pair.tries
        ((seen,),) = run(lent, "SELECT count FROM counts WHERE id = 1")
        pair.meet(tries)
        run(lent, f"UPDATE counts SET count = {seen + 1} WHERE id = 1")

    pair.both(work, work)
    assert counts() == [2, 0]
    assert pair.tries == 3


def set_back(lent: Lent) -> None:
    """Be set back by a server that never has enough of it."""
    run(lent, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")


def test_tries_have_an_end(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is 503, and the caller may try again."""
    pauses: list[float] = []
    monkeypatch.setattr("app.database.transactions.time.sleep", pauses.append)
    serve(bare_app, lambda: write(set_back))
    assert bare_app.test_client().get("/").status_code == 503
    assert len(pauses) == len(PAUSES)
    assert all(0 <= pause <= most for pause, most in zip(pauses, PAUSES, strict=True))


@pytest.mark.slow
def test_tries_share_their_time(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a transaction is set back, nobody waits longer than for one."""
    monkeypatch.setattr(patience, "PATIENCE", 3)
    tries = []

    def work(lent: Lent) -> None:
        tries.append(1)
        run(lent, "SELECT pg_sleep(0.9)")
        set_back(lent)

    with pytest.raises(OperationalError):
        write(work)
    # With a time of its own for each, there would be as many as may be.
    assert 2 <= len(tries) <= 4 < len(PAUSES)


# Limits


def test_server_knows_the_limits(bare_app: Flask) -> None:
    with reading() as connection:
        assert show(connection, "lock_timeout") == "3s"
        assert show(connection, "statement_timeout") == "4s"
        assert show(connection, "idle_in_transaction_session_timeout") == "10s"


@pytest.mark.parametrize("options", ["&options=-cstatement_timeout%3D1500"])
def test_address_goes_before_the_limits(bare_app: Flask) -> None:
    """Those that it does not name stay."""
    with reading() as connection:
        assert show(connection, "statement_timeout") == "1500ms"
        assert show(connection, "lock_timeout") == "3s"


def shown_name() -> str:
    """Return what the server calls our connection."""
    with reading() as connection:
        return show(connection, "application_name")


def test_server_knows_whose_connections_they_are(bare_app: Flask) -> None:
    assert shown_name() == "menu-api"


@pytest.mark.parametrize("options", ["&application_name=menu-of-tuesday"])
def test_address_may_name_them(bare_app: Flask) -> None:
    assert shown_name() == "menu-of-tuesday"


@pytest.mark.parametrize("options", ["&options=-clock_timeout%3D50"])
def test_lock_of_another_is_503(bare_app: Flask) -> None:
    """The connection can be used again."""
    serve(bare_app, lambda: write(lambda lent: add(lent, 1)))
    with db.engine.begin() as other:
        add(other, 1)
        assert bare_app.test_client().get("/").status_code == 503
        assert counts() == [0, 0]
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() == 2


def test_connection_that_the_server_has_closed_is_replaced(
    bare_app: Flask, postgresql_server: str
) -> None:
    """Nobody sees that it restarted."""
    with reading() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(plain(postgresql_server), autocommit=True) as operator:
        assert operator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (
            True,
        )
    assert counts() == [0, 0]


def test_connection_that_is_lost_in_a_transaction_is_thrown_away(
    bare_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """That is 503, in one line of the log, and the next transaction has another one."""

    def work(lent: Lent) -> None:
        add(lent, 1)
        run(lent, "SELECT pg_terminate_backend(pg_backend_pid())")

    serve(bare_app, lambda: write(work))
    assert bare_app.test_client().get("/").status_code == 503
    assert [record.name for record in caplog.records] == ["bare"]
    write(lambda lent: add(lent, 2))
    assert counts() == [0, 1]


@pytest.mark.parametrize("options", ["&options=-cdefault_transaction_read_only%3Don"])
def test_standby_is_503(postgresql: str, options: str) -> None:
    """After a failover the old server may still answer, and only read."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = postgresql + options
    engine.init_app(app)
    errors.init_app(app)
    serve(app, lambda: write(make_rows))
    assert app.test_client().get("/").status_code == 503
    with app.app_context():
        db.dispose()


def test_wrong_statement_is_500(bare_app: Flask) -> None:
    """It is a mistake of ours, and no outage."""

    def wrong() -> str:
        with reading() as connection:
            return str(connection.execute(text("SELECT no_such_function(1)")).all())

    serve(bare_app, wrong)
    assert bare_app.test_client().get("/").status_code == 500


# Servers that say nothing


@pytest.mark.slow
def test_silent_server_is_503_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and that is all."""
    monkeypatch.setattr(patience, "PATIENCE", 3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = Flask("bare")
        app.config["DATABASE_URL"] = f"postgresql://al@127.0.0.1:{silent.getsockname()[1]}/menu"
        engine.init_app(app)
        errors.init_app(app)
        serve(app, lambda: write(make_rows))
        began = time.monotonic()
        assert app.test_client().get("/").status_code == 503
        assert 1 < time.monotonic() - began < 10


@pytest.mark.slow
@pytest.mark.parametrize("options", ["&options=-cstatement_timeout%3D0"])
def test_answer_that_does_not_come_is_503_in_time(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even without the server's own limit. The connection is given up, and the next one serves."""
    monkeypatch.setattr(patience, "PATIENCE", 3)

    def wait() -> None:
        write(lambda lent: run(lent, "SELECT pg_sleep(20)"))

    serve(bare_app, wait)
    began = time.monotonic()
    assert bare_app.test_client().get("/").status_code == 503
    assert 1 < time.monotonic() - began < 10
    assert counts() == [0, 0]


def test_nobody_connects_without_time_for_it(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libpq would take two seconds at least."""
    db.dispose()
    monkeypatch.setattr(patience, "PATIENCE", postgresql.SHORTEST_CONNECT - 1)
    with pytest.raises(OperationalError, match="no time left"):
        counts()
