"""What is SQLite's own: its settings, its one writer at a time, its file."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, exc, text

from app import errors
from app.database import patience, sqlite
from app.database.engine import init_app
from app.database.transactions import Lent, reading, write
from app.extensions import db

from .sql import run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database lies."""
    return tmp_path / "menu.db"


@pytest.fixture
def bare_app(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app with a database that has one table, and which waits for nothing."""
    monkeypatch.setattr(patience, "PATIENCE", 0)
    app = Flask("bare")
    app.config["DATABASE_URL"] = f"sqlite:///{file}"
    init_app(app)
    errors.init_app(app)
    with app.app_context():
        write(lambda lent: run(lent, "CREATE TABLE counts (count INTEGER)"))
        yield app
        db.dispose()


@pytest.fixture
def intruder(bare_app: Flask, file: Path) -> Iterator[sqlite3.Connection]:
    """A connection of another process, which does not wait for locks."""
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    yield connection
    connection.close()


def test_relative_file_lies_in_the_instance_folder(tmp_path: Path) -> None:
    """The folder is made if it is missing."""
    app = Flask("bare", instance_path=str(tmp_path / "instance"))
    app.config["DATABASE_URL"] = "sqlite:///menu.db"
    init_app(app)
    with app.app_context():
        with reading() as connection:
            connection.execute(text("SELECT 1"))
        db.dispose()
    assert (tmp_path / "instance" / "menu.db").exists()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 0)]
)
def test_connection_is_prepared(bare_app: Flask, pragma: str, value: object) -> None:
    """Each connection has the settings that a transaction relies on."""
    with reading() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_write_transaction_locks_before_it_reads(
    bare_app: Flask, intruder: sqlite3.Connection
) -> None:
    """Nobody writes between its read and its write."""

    def work(_: Lent) -> None:
        with pytest.raises(sqlite3.OperationalError):
            intruder.execute("BEGIN IMMEDIATE")

    write(work)


def test_who_reads_locks_nobody(bare_app: Flask, intruder: sqlite3.Connection) -> None:
    """A writer goes on meanwhile, and each statement sees what was written before it."""
    with reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM counts")).scalar() == 0
        intruder.execute("INSERT INTO counts VALUES (1)")
        assert connection.execute(text("SELECT count(*) FROM counts")).scalar() == 1


def test_lock_that_another_holds_is_503(bare_app: Flask, intruder: sqlite3.Connection) -> None:
    """The caller is told to come back."""

    @bare_app.get("/")
    def view() -> str:
        return write(lambda _: "written")

    intruder.execute("BEGIN IMMEDIATE")
    answer = bare_app.test_client().get("/")
    assert answer.status_code == 503
    assert (answer.json or {})["code"] == "database_unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def test_the_wait_for_the_lock_ends_with_the_patience_that_is_left(
    intruder: sqlite3.Connection, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has waited for the connection already does not wait as long again."""
    monkeypatch.setattr(patience, "PATIENCE", 5)
    monkeypatch.setattr("app.database.sqlite.time.sleep", pytest.fail)
    intruder.execute("BEGIN IMMEDIATE")
    driver = sqlite3.connect(file, timeout=0, isolation_level=None)
    with patience.shared(0), pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite.begin(driver)
    driver.close()


def test_a_process_writes_with_one_connection(bare_app: Flask) -> None:
    """Who wants to write while another does waits for its end, and not for SQLite's lock."""

    def work(_: Lent) -> None:
        with pytest.raises(exc.TimeoutError, match="QueuePool limit of size 1"):
            write(lambda _: None)

    write(work)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/menu.db", "sqlite:////dev/null"])
def test_file_that_cannot_be_opened_is_503(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The path is for the log, not for the caller."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = url
    init_app(app)
    errors.init_app(app)

    @app.get("/")
    def read() -> str:
        with reading() as connection:
            connection.execute(text("SELECT count(*) FROM counts"))
        return "read"

    answer = app.test_client().get("/")
    with app.app_context():
        db.dispose()
    assert answer.status_code == 503
    assert "menu" not in answer.text
    assert "flask db upgrade" in caplog.text


#: Leaves a write-ahead log behind, as a crash does.
CRASH = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE counts (count INTEGER)")
os._exit(0)
"""

#: Holds the lock under which SQLite recovers such a log, until its standard input ends.
RECOVER = """
import fcntl, sys
with open(sys.argv[1], "r+b") as index:
    fcntl.lockf(index, fcntl.LOCK_EX, 1, 122)
    print(flush=True)
    sys.stdin.read()
"""


def test_a_write_waits_for_the_recovery_of_a_crash(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has a name of its own for that kind of busy file."""
    subprocess.run([sys.executable, "-c", CRASH, str(file)], check=True)
    index = file.with_name(f"{file.name}-shm")
    index.write_bytes(b"")
    engine = create_engine(
        f"sqlite:///{file}", connect_args={"isolation_level": None, "timeout": 0}
    )
    event.listen(engine, "begin", sqlite._begin)
    with subprocess.Popen(
        [sys.executable, "-c", RECOVER, str(index)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        monkeypatch.setattr("app.database.sqlite.time.sleep", lambda _: other.communicate())
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO counts VALUES (1)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM counts")).scalar() == 1
    engine.dispose()
