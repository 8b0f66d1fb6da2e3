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

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from app.database import patience

#: Seconds between two tries for the write lock.
PAUSE = 0.02

#: Execution options of a connection that only reads: each statement is a transaction of its own.
READING = {"sqlite_begins": False}

_NO_WAIT = "PRAGMA busy_timeout = 0"


def located(url: URL, folder: Path) -> URL:
    """Return the address of a file, which lies in a folder unless its path is absolute. The folder
    is made if it is missing."""
    if not url.database or Path(url.database).is_absolute():
        return url
    folder.mkdir(parents=True, exist_ok=True)
    return url.set(database=str(folder / url.database))


def options(pool_size: int) -> dict[str, Any]:
    """Return what `create_engine` is to be told."""
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


def writer(url: URL) -> Engine:
    """Return an engine of one connection, for the transactions of `transactions.write`. A file has
    one writer at a time: those of one process wait for each other in the pool, and only the first
    of them waits for other processes."""
    # A transaction has ended before its connection is given back.
    engine = create_engine(url, **options(1), pool_reset_on_return=None, hide_parameters=True)
    event.listen(engine, "connect", _connected)
    event.listen(engine, "connect", lambda driver, _: driver.execute(_NO_WAIT))
    return engine


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
    if not connection.get_execution_options().get("sqlite_begins", True):
        return
    patience.begin()
    # SQLAlchemy takes longer to pass such a statement on than SQLite takes to do it.
    driver: Any = connection.connection.driver_connection
    driver.execute(_NO_WAIT)
    try:
        begin(driver)
    except sqlite3.Error:
        # Once more, for an error of SQLAlchemy's kind.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience.PATIENCE * 1000}")


def begin(driver: sqlite3.Connection) -> None:
    """Begin a transaction as soon as nobody else writes, with other greenlets at work meanwhile.

    :param driver: a connection that does not wait itself: that would stop a gevent worker whole.
    :raises sqlite3.Error: if the lock cannot be had within `PATIENCE`, or in what is left of it.
    """
    deadline = time.monotonic() + min(patience.PATIENCE, patience.left())
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if not _is_busy(error) or time.monotonic() >= deadline:
                raise
        else:
            return
        time.sleep(PAUSE)


def _is_busy(error: sqlite3.Error) -> bool:
    # The low byte alone: of a busy file there are several kinds, such as one in recovery.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
