"""The engine of an app and its transactions, on every database."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import QueuePool

from app.database import current, engine, patience
from app.database.transactions import Lent, reading, write
from app.extensions import db
from tests.servers.databases import BOTH

from .bare import bare
from .sql import run

pytestmark = pytest.mark.parametrize("database_name", BOTH)


@pytest.fixture
def url(database_name: str, request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    if database_name == "postgresql":
        return str(request.getfixturevalue("postgresql"))
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/menu.db"


@pytest.fixture
def bare_app(url: str) -> Iterator[Flask]:
    """An app with a database that has one table."""
    with bare(url, lambda lent: run(lent, "CREATE TABLE counts (count INTEGER)")) as app:
        yield app


def insert(lent: Lent) -> None:
    """Store a row."""
    run(lent, "INSERT INTO counts VALUES (1)")


def count(url: str) -> int:
    """Count the rows as another process would see them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows: int = connection.execute(text("SELECT count(*) FROM counts")).scalar_one()
    engine.dispose()
    return rows


def test_app_is_made_without_a_connection(url: str) -> None:
    """A process that forks later shares no connection with its children."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = url
    engine.init_app(app)
    with app.app_context():
        pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() == pool.checkedout() == 0


def test_read_waits_for_no_writer(bare_app: Flask) -> None:
    """It sees what was committed before."""

    def work(lent: Lent) -> None:
        insert(lent)
        with reading() as reader:
            assert run(reader, "SELECT count(*) FROM counts") == [(0,)]

    write(work)


def test_write_is_committed_at_its_end(bare_app: Flask, url: str) -> None:
    """Another process sees it then. What was returned inside is returned outside."""

    def work(lent: Lent) -> int:
        insert(lent)
        return count(url)

    assert write(work) == 0
    assert count(url) == 1


def test_write_that_raises_leaves_nothing(bare_app: Flask, url: str) -> None:
    """Its locks are free again, too."""

    def fail_late(lent: Lent) -> None:
        insert(lent)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(fail_late)
    assert count(url) == 0
    write(insert)
    assert count(url) == 1


def test_write_that_is_broken_off_leaves_nothing(bare_app: Flask, url: str) -> None:
    """By what is no error, such as the end of a greenlet, which may come in the middle of an
    answer: the connection is thrown away."""

    def end_early(lent: Lent) -> None:
        insert(lent)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(end_early)
    pool = current.writer().pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    assert count(url) == 0
    write(insert)
    assert count(url) == 1


def test_writes_at_once_are_all_kept(bare_app: Flask, url: str) -> None:
    """More of them than there are connections."""

    def work() -> None:
        with bare_app.app_context():
            write(insert)

    writers = [Thread(target=work) for _ in range(2 * engine.POOL_SIZE)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert count(url) == len(writers)


def test_exhausted_pool_is_503(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller is told to come back; then there is a connection again."""

    @bare_app.get("/")
    def view() -> str:
        with reading() as connection:
            return str(run(connection, "SELECT 1"))

    with ExitStack() as stack:
        for _ in range(engine.POOL_SIZE):
            stack.enter_context(reading())
        monkeypatch.setattr(db.engine.pool, "_timeout", 0)
        answer = bare_app.test_client().get("/")
    assert answer.status_code == 503
    assert (answer.json or {})["code"] == "database_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert bare_app.test_client().get("/").status_code == 200


def test_setting_bounds_the_pool(url: str) -> None:
    """Servers of one database share what it can bear."""
    app = Flask("bare")
    app.config.update(DATABASE_URL=url, DATABASE_POOL_SIZE=2)
    engine.init_app(app)
    with app.app_context():
        with reading(), reading():
            pool = db.engine.pool
            assert isinstance(pool, QueuePool)
            assert (pool.checkedout(), pool.size(), pool._max_overflow) == (2, 2, 0)
        db.dispose()


def test_missing_tables_are_503(bare_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the command that makes them; the caller learns no name of a table."""

    @bare_app.get("/")
    def view() -> str:
        with reading() as connection:
            return str(run(connection, "SELECT id FROM items"))

    answer = bare_app.test_client().get("/")
    assert answer.status_code == 503
    assert "items" not in answer.text
    (record,) = caplog.records
    assert "items" in record.getMessage()
    assert "flask db upgrade" in record.getMessage()


def test_transactions_may_share_their_time(bare_app: Flask) -> None:
    """However many there are."""
    with patience.shared(0):
        assert patience.left() == 0
        with patience.shared():
            assert patience.left() > 0
        assert patience.left() == 0
