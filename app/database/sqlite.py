"""SQLite for an app with several workers: transactions that lose no update and stop nobody.

Two transactions may read the same row, and the later write the earlier one's away. One that may
write therefore takes the write lock as it begins (`BEGIN IMMEDIATE`), before its first read; what
only reads takes none.

Inside a write transaction nothing may switch greenlets: no HTTP, no sleep, no other store, or a
greenlet could wait for the lock of one that waits for its turn. The wait for the lock itself comes
before the transaction and lets others go on; SQLite's own wait would stop the whole worker.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app.database import patience

#: Seconds between two tries for the write lock.
PAUSE = 0.02

#: Execution options of a connection that only reads: each statement is a transaction of its own.
READING = {"sqlite_begins": False}


def located(url: URL, folder: Path) -> URL:
    """Return the address of a file, which lies in a folder unless its path is absolute. The folder
    is made if it is missing."""
    if not url.database or Path(url.database).is_absolute():
        return url
    folder.mkdir(parents=True, exist_ok=True)
    return url.set(database=str(folder / url.database))


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


def glance(engine: Engine, statement: str) -> Any:
    """Return the value that a statement finds in one row and column; None without a row.

    With the driver itself: as a statement of SQLAlchemy's it takes four times as long.

    :raises sqlite3.Error: if it cannot be had.
    """
    connection = engine.raw_connection()
    try:
        rows = connection.cursor().execute(statement).fetchall()
    finally:
        connection.close()
    return rows[0][0] if rows else None


def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # With a write-ahead log, readers and the writer do not wait for each other.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_begins", True):
        _take_write_lock(connection)


def _take_write_lock(connection: Connection) -> None:
    """Begin a transaction as soon as nobody else writes, with other greenlets at work meanwhile.

    SQLite's own wait would stop a gevent worker whole, so it is switched off for the while.

    :raises OperationalError: if the lock cannot be had within `PATIENCE`.
    """
    deadline = time.monotonic() + patience.PATIENCE
    # SQLAlchemy takes longer to pass such a statement on than SQLite takes to do it.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _begun(connection, driver, last_try=time.monotonic() >= deadline):
            time.sleep(PAUSE)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience.PATIENCE * 1000}")


def _begun(connection: Connection, driver: sqlite3.Connection, *, last_try: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        # The low byte alone: of a busy file there are several kinds, such as one in recovery.
        if not last_try and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        # Once more, for an error of SQLAlchemy's kind.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    return True
