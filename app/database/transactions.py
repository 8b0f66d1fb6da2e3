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
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from app.database import current, patience, postgresql, sqlite
from app.database.statements import named

#: Longest pauses, in seconds, before a transaction that was set back is run again. Their length is
#: random, or those that met once would meet again.
PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32)

Result = TypeVar("Result")


class OutcomeUnknown(OperationalError):
    """Raised if the database was lost while it committed: the change may have been made."""


def cause_of(error: SQLAlchemyError) -> str:
    """Return what the driver said, on one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(cause).split())


@contextmanager
def reading() -> Iterator[Connection]:
    """Open a connection that only reads: it waits for no writer, and none waits for it.

    Each statement sees what was committed before it.
    """
    with current.engine().connect() as connection:
        yield connection.execution_options(**_reading_options(connection.dialect.name))


def glance(statement: str) -> Any:
    """Return the value that a statement finds in one row and column; None without a row."""
    engine = current.engine()
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


@dataclass(slots=True)
class Lent:
    """A connection of the driver's in a transaction, for a `Statement` to run on."""

    dialect: Dialect
    connection: PoolProxiedConnection

    def invalidate(self, exception: BaseException | None = None) -> None:
        """See `Lender.invalidate`."""
        self.connection.invalidate(exception)


def write(work: Callable[[Lent], Result]) -> Result:
    """Run a piece of work in a transaction, commit it, and return what it returned.

    :param work: has no effect but on what it is lent: it may be run several times, each time in a
        new transaction. What it raises ends the transaction and is passed on.
    :raises OutcomeUnknown: if nobody knows whether it was committed. Every other error says that
        nothing was done.
    :raises DBAPIError: where the database fails.
    :raises sqlalchemy.exc.TimeoutError: if no connection is free in time.
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


def _write_once(work: Callable[[Lent], Result]) -> Result:
    engine = current.writer()
    dialect, error_of_driver = engine.dialect, engine.dialect.loaded_dbapi.Error
    try:
        lent = Lent(dialect, engine.raw_connection())
    except error_of_driver as error:
        raise named(error, None, dialect) from error
    try:
        if dialect.name == "sqlite":
            sqlite.begin(cast(sqlite3.Connection, lent.connection.driver_connection))
        result = work(lent)
        _commit(lent)
        return result
    except BaseException as error:
        _give_up(lent, error)
        if isinstance(error, error_of_driver):
            raise named(error, None, dialect) from error
        raise
    finally:
        lent.connection.close()


def _commit(lent: Lent) -> None:
    try:
        lent.connection.commit()
    except psycopg.Error as error:
        if postgresql.leaves_open(error):
            raise OutcomeUnknown(None, None, error) from error
        raise


def _give_up(lent: Lent, error: BaseException) -> None:
    """End a transaction that has failed, and see that no connection goes on in an unknown state."""
    connection, dialect = lent.connection, lent.dialect
    if connection.dbapi_connection is None:
        return  # a statement has found it lost
    # What is no `Exception` may have come in the middle of an answer.
    if isinstance(error, Exception):
        with suppress(dialect.loaded_dbapi.Error):
            connection.rollback()
            return
    connection.invalidate(error)
