"""PostgreSQL, and databases that speak as it does: connections on which nothing waits for ever.

A server that is down refuses or resets. One that hangs, or lies behind a network that drops every
packet, says nothing: then the wait for it ends by the deadline of the transaction (see `patience`),
and the connection is closed, since nobody knows what state it is in.

The limits of the server are shorter than ours, so that as a rule it speaks first and the connection
can be used again. What `DATABASE_URL` says goes before all that is set here.
"""

import logging
from math import inf
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from app.database import patience

#: Milliseconds that a transaction may wait for a lock, that a statement may take in all, and that a
#: transaction may stay open with nobody at work in it. A client that is gone holds no lock longer.
LIMITS = {
    "lock_timeout": 3000,
    "statement_timeout": 4000,
    "idle_in_transaction_session_timeout": 10_000,
}

#: Of the socket, for a peer that is gone without a word: an unused connection is known to be dead
#: within a minute, one that has sent something within five seconds (in milliseconds).
SOCKET = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}

#: Seconds that connecting may take at least: libpq takes fewer for two.
SHORTEST_CONNECT = 2

#: Execution options of a transaction that only reads: of one statement, which needs no more round
#: trips for a beginning and an end.
READING = {"isolation_level": "AUTOCOMMIT"}

#: Seconds after which a connection is made anew as it is taken out, so that servers that were added
#: get their part.
LIFETIME = 1800

#: What PostgreSQL calls our connections (`pg_stat_activity`), unless `DATABASE_URL` has an
#: `application_name`, or the environment `PGAPPNAME`.
NAME = "menu-api"

#: Of the advisory lock that processes hold while they migrate; no other program's.
MIGRATION_LOCK = 1_795_302_127

#: SQLSTATEs of a server without advisory locks.
NO_ADVISORY_LOCKS = frozenset({"0A000", "42883"})

#: SQLSTATEs of a transaction that was set back in favour of another: run again, it may succeed.
SET_BACK = frozenset({"40001", "40P01"})

#: How the SQLSTATEs begin that say nothing about a COMMIT: the connection is lost, the server
#: stops, or it does not know itself (`statement_completion_unknown`).
UNDECIDED = ("08", "57P", "40003")

#: SQLSTATEs that SQLAlchemy takes for a mistake in the statement, and that say that the database is
#: not ready for it: a table or a column is missing, or it is a standby that only reads.
NOT_READY = frozenset({"42P01", "42703", "25006"})

#: Seconds between two looks at whether the process was interrupted.
INTERVAL = 0.1

Answer = TypeVar("Answer")


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose answers are waited for until the deadline of the transaction."""

    def wait(
        self, gen: PQGen[Answer], interval: float = INTERVAL, timeout: float | None = None
    ) -> Answer:
        """Wait for an answer, and close the connection if none comes in time.

        :raises psycopg.OperationalError: in that case.
        """
        left = patience.left()
        if left != inf:
            timeout = left if timeout is None else min(timeout, left)
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError:
            if not patience.left():
                self.pgconn.finish()
            raise


class PatientPool(QueuePool):
    """A pool in which the time of a transaction begins as it asks for a connection."""

    def connect(self) -> PoolProxiedConnection:
        """See `QueuePool.connect`."""
        patience.begin()
        return super().connect()


# SQLAlchemy names a pool's logger after its class, and here that lies below the app's own.
logging.getLogger(f"{PatientPool.__module__}.{PatientPool.__name__}").setLevel(logging.WARNING)


def options(pool_size: int) -> dict[str, Any]:
    """Return what `create_engine` is to be told."""
    return {
        "poolclass": PatientPool,
        "pool_size": pool_size,
        # Beyond the size, each request would make a connection and close it.
        "max_overflow": 0,
        "pool_timeout": patience.PATIENCE,
        # A server restarts: a pooled connection is tried before it is used.
        "pool_pre_ping": True,
        # The one used last is used again; one that is taken out after LIFETIME is made anew first.
        # Nothing closes those that nobody takes out.
        "pool_use_lifo": True,
        "pool_recycle": LIFETIME,
    }


def prepare(engine: Engine) -> None:
    """Have an engine make patient connections, and its migrations run one at a time."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "begin", _begin)


def sqlstate(error: BaseException) -> str | None:
    """Return what the server called an error; None if it was no error of the server's."""
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def leaves_open(error: psycopg.Error) -> bool:
    """Say whether a COMMIT that failed with this may have been carried out all the same.

    Any other answer of the server's says that it was not.
    """
    return error.sqlstate is None or error.sqlstate.startswith(UNDECIDED)


def _connect(
    _dialect: Dialect, _record: ConnectionPoolEntry, args: list[str], said: dict[str, Any]
) -> PatientConnection:
    seconds = round(min(patience.left(), patience.PATIENCE))
    if seconds < SHORTEST_CONNECT:
        raise psycopg.OperationalError("there is no time left to connect in")
    limits = " ".join(f"-c {name}={value}" for name, value in LIMITS.items())
    parameters = {
        "connect_timeout": seconds,
        "fallback_application_name": NAME,
        **SOCKET,
        **said,
    }
    # The last of two options of one name holds.
    parameters["options"] = f"{limits} {said.get('options', '')}".strip()
    return PatientConnection.connect(*args, **parameters)


def _begin(connection: Connection) -> None:
    """Let a migration take its time, and wait for the end of another one.

    Only its waits for tables stay short, since all that comes after would wait behind it.
    """
    if connection.get_execution_options().get("migrating"):
        _lift_limits(connection)
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        except DBAPIError as error:
            # Some distributed databases have no such locks: one process at a time must migrate.
            if sqlstate(error) not in NO_ADVISORY_LOCKS:
                raise
            # SQLAlchemy has rolled back what was done so far.
            _lift_limits(connection)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LIMITS['lock_timeout']}")


def _lift_limits(connection: Connection) -> None:
    for name in LIMITS:
        connection.exec_driver_sql(f"SET LOCAL {name} = 0")
