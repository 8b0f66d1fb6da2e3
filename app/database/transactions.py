"""Transactions that lose no update, and reads that wait for none.

In SQLite a transaction that may write takes the write lock before its first read (see `sqlite`).
Other databases lock the rows (`SELECT ... FOR UPDATE`) and may still set a transaction back in
favour of another one: then it is run again.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.database import patience, postgresql, sqlite
from app.extensions import db

#: Longest pauses, in seconds, before a transaction that was set back is run again. Their length is
#: random, or those that met once would meet again.
PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32)

Result = TypeVar("Result")


@contextmanager
def reading() -> Iterator[Connection]:
    """Open a connection that only reads: it waits for no writer, and none waits for it.

    Each statement sees what was committed before it.
    """
    with db.engine.connect() as connection:
        yield connection.execution_options(**_reading_options(connection.dialect.name))


def glance(statement: str) -> Any:
    """Return the value that a statement finds in one row and column; None without a row."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        # Where it fails, it is asked again, for an error of SQLAlchemy's kind.
        with suppress(sqlite3.Error):
            return sqlite.glance(engine, statement)
    with reading() as connection:
        return connection.exec_driver_sql(statement).scalar()


def reader(engine: Engine) -> Engine:
    """Return an engine whose connections only read."""
    return engine.execution_options(**_reading_options(engine.dialect.name))


def _reading_options(dialect: str) -> dict[str, Any]:
    return sqlite.READING if dialect == "sqlite" else postgresql.READING


def write(work: Callable[[Connection], Result]) -> Result:
    """Run a piece of work in a transaction, commit it, and return what it returned.

    :param work: has no effect but on its connection: it may be run several times, each time in a
        new transaction. What it raises ends the transaction and is passed on.
    """
    with patience.shared():
        for pause in PAUSES:
            try:
                return _write_once(work)
            except DBAPIError as error:
                if postgresql.sqlstate(error) not in postgresql.SET_BACK:
                    raise
            # The transaction is over: nobody waits for what it held.
            time.sleep(random.uniform(0, pause))  # noqa: S311  # nosec B311
        return _write_once(work)


def _write_once(work: Callable[[Connection], Result]) -> Result:
    with db.engine.begin() as connection:
        return work(connection)
