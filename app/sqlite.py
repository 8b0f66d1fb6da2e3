"""SQLite for an app with several workers: transactions that lose no update and stop nobody.

Two transactions may read the same row, and the later write the earlier one's away. One that may
write therefore takes the write lock as it begins (`BEGIN IMMEDIATE`), before its first read; one
that only reads takes none.

Inside a write transaction nothing may switch greenlets: no HTTP, no sleep, no other store, or a
greenlet could wait for the lock of one that waits for its turn. The wait for the lock itself comes
before the transaction and lets others go on; SQLite's own wait would stop the whole worker.
"""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app import patience

#: Seconds between two tries for the write lock.
PAUSE = 0.02

#: Execution options of a transaction that only reads.
READING = {"sqlite_begin": "DEFERRED"}


def options(pool_size: int) -> dict[str, Any]:
    """Return what `create_engine` is to be told.

    :param pool_size: most connections of a process.
    """
    return {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": patience.PATIENCE,
        # Without an isolation level the driver begins nothing by itself; `timeout` is busy_timeout.
        "connect_args": {"isolation_level": None, "timeout": patience.PATIENCE},
    }


def prepare(engine: Engine) -> None:
    """Have an engine begin its transactions as they must."""
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)


def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
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
    deadline = time.monotonic() + patience.PATIENCE
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        while not _begun(connection, last_try=time.monotonic() >= deadline):
            time.sleep(PAUSE)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience.PATIENCE * 1000}")


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
