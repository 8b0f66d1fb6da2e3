"""The database of an app: its engine, and transactions that lose no update.

In SQLite two transactions may read the same row, and the later write the earlier one's away. One
that may write therefore takes the write lock as it begins (`BEGIN IMMEDIATE`), before its first
read; one that only reads takes none. Other databases lock the rows (`SELECT ... FOR UPDATE`).

Inside a write transaction nothing may switch greenlets: no HTTP, no sleep, no other store, or a
greenlet could wait for the lock of one that waits for its turn. The wait for the lock itself comes
before the transaction and lets others go on; SQLite's own wait would stop the whole worker.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.extensions import alembic, db

#: Seconds to wait for a connection or a lock. Waiting longer would only queue more requests.
PATIENCE = 5

#: Seconds between two tries for SQLite's write lock.
PAUSE = 0.02

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def init_app(app: Flask) -> None:
    """Make the engine of `DATABASE_URL` and bind the migrations; nothing is connected yet."""
    url = make_url(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    if url.get_backend_name() == "sqlite":
        _begin_explicitly(app)
    app.config["ALEMBIC"] = {"script_location": str(MIGRATIONS)}
    # One transaction for a whole upgrade, which Alembic does not expect of SQLite: a failure takes
    # back all of it, and a second process that upgrades waits for its end.
    app.config["ALEMBIC_CONTEXT"] = {"transactional_ddl": True}
    alembic.init_app(app)


def _engine_options(url: URL) -> dict[str, Any]:
    # Parameters are what callers sent: they stay out of the log.
    options: dict[str, Any] = {"pool_timeout": PATIENCE, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        # Without an isolation level the driver begins nothing by itself; `timeout` is busy_timeout.
        options["connect_args"] = {"isolation_level": None, "timeout": PATIENCE}
    else:
        # A server restarts: a pooled connection is tried before it is used.
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": PATIENCE}
    return options


def _begin_explicitly(app: Flask) -> None:
    with app.app_context():
        event.listen(db.engine, "connect", _prepare)
        event.listen(db.engine, "begin", _begin)


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # With a write-ahead log, readers and the writer do not wait for each other.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    if mode == "IMMEDIATE":
        _take_write_lock(connection)
    else:
        connection.exec_driver_sql(f"BEGIN {mode}")


def _take_write_lock(connection: Connection) -> None:
    """Begin a transaction as soon as nobody else writes, with other greenlets at work meanwhile.

    SQLite's own wait would stop a gevent worker whole, so it is switched off for the while.

    :raises OperationalError: if the lock cannot be had within `PATIENCE`.
    """
    deadline = time.monotonic() + PATIENCE
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        while not _begun(connection, last_try=time.monotonic() >= deadline):
            time.sleep(PAUSE)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE * 1000}")


def _begun(connection: Connection, *, last_try: bool) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        # The low byte alone: of a busy file there are several kinds, such as one in recovery.
        kind = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if last_try or kind != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def reading() -> Iterator[Connection]:
    """Open a transaction that only reads: it waits for no writer, and none waits for it."""
    with db.engine.connect() as connection:
        yield connection.execution_options(sqlite_begin="DEFERRED")


@contextmanager
def writing() -> Iterator[Connection]:
    """Open a transaction that may write; it ends in a commit, or in a rollback if it raises."""
    with db.engine.begin() as connection:
        yield connection
