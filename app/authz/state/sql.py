"""The shared state in the app's database: SQLite on one machine, PostgreSQL for many.

The tables are in `metadata`, for the app's migrations to make. Each call is one short transaction
that sends statements and nothing else: under gevent nothing else can run inside it on SQLite.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count

from sqlalchemy import (
    Column,
    Delete,
    Double,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..errors import StateUnavailable
from .protocol import REMEMBERED, SKEW, Kind, Revocation, digest

log = logging.getLogger(__name__)

#: Keys that a process adds between two deletions of expired ones, and how many one deletes. It
#: deletes faster than it adds, and never so many that others wait for it.
ADDED = 100
BATCH = 500

metadata = MetaData()

SEEN = Table(
    "authz_seen",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("expires", Double, nullable=False, index=True),
)

REVOCATIONS = Table(
    "authz_revocations",
    metadata,
    # Of the entry as JSON: one that is added again is the same row.
    Column("hash", String(64), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("issued_before", Double),
    Column("expires", Double, nullable=False, index=True),
)

# One statement, so that the database decides who was first. An expired row is as good as none.
_ADD = text(
    "INSERT INTO authz_seen (hash, expires) VALUES (:hash, :expires)"
    " ON CONFLICT (hash) DO UPDATE SET expires = excluded.expires"
    " WHERE authz_seen.expires <= :now RETURNING hash"
)
_SEEN = select(SEEN.c.hash).where(
    SEEN.c.hash == bindparam("hash"), SEEN.c.expires > bindparam("now")
)
_REVOKE = text(
    "INSERT INTO authz_revocations (hash, issuer, kind, value, issued_before, expires)"
    " VALUES (:hash, :issuer, :kind, :value, :issued_before, :expires)"
    " ON CONFLICT (hash) DO NOTHING"
)
_REVOKED = select(
    REVOCATIONS.c.issuer,
    REVOCATIONS.c.kind,
    REVOCATIONS.c.value,
    REVOCATIONS.c.issued_before,
    REVOCATIONS.c.expires,
).where(REVOCATIONS.c.expires > bindparam("now"))

_ANY_SEEN = select(SEEN.c.hash).limit(1)


def _expired(table: Table) -> Delete:
    """Return what deletes some expired rows. It waits for nobody, and passes over a row that
    somebody renews (PostgreSQL; SQLite has one writer at a time)."""
    expired = select(table.c.hash).where(table.c.expires <= bindparam("now"))
    batch = expired.limit(BATCH).with_for_update(skip_locked=True)
    return delete(table).where(table.c.hash.in_(batch))


_FORGET_SEEN = _expired(SEEN)
_FORGET_REVOKED = _expired(REVOCATIONS)


class SqlState:
    """A `State` in two tables.

    :param engine: of SQLite, where a write must not fail because another one is under way, or of
        PostgreSQL or a database that speaks as it does. It may be made before a fork if its pool is
        left behind after it.
    :param reader: the same engine with other options, if reading wants them.
    :param clock: seconds since the epoch.
    :raises TypeError: if the database is another one.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        reader: Engine | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if engine.dialect.name not in ("sqlite", "postgresql", "cockroachdb"):
            raise TypeError(f"SqlState needs SQLite or PostgreSQL, not {engine.dialect.name}")
        self._engine = engine
        self._reader = reader or engine
        self._clock = clock
        self._added = count()
        url = engine.url
        #: The database's address without user, password and options.
        self.name = URL.create(
            url.drivername, host=url.host, port=url.port, database=url.database
        ).render_as_string()

    def add_if_absent(self, key: str, seconds: float, _back: float = 0.0, /) -> bool:
        """See `State.add_if_absent`. A database loses nothing that it has committed."""
        now = self._clock()
        row = {"hash": digest(key), "expires": now + seconds + SKEW, "now": now}
        with self._answering(), self._engine.begin() as connection:
            first = connection.execute(_ADD, row).first() is not None
        if next(self._added) % ADDED == 0:
            self._forget_seen(now)
        return first

    def remembers(self, key: str, /) -> bool:
        """See `State.remembers`."""
        row = {"hash": digest(key), "now": self._clock()}
        with self._answering(), self._reader.connect() as connection:
            return connection.execute(_SEEN, row).first() is not None

    def revoke(self, revocation: Revocation) -> None:
        """See `State.revoke`."""
        with self._answering(), self._engine.begin() as connection:
            connection.execute(_FORGET_REVOKED, {"now": self._clock()})
            connection.execute(
                _REVOKE,
                {
                    "hash": digest(revocation.to_json()),
                    "issuer": revocation.issuer,
                    "kind": revocation.kind.value,
                    "value": revocation.value,
                    "issued_before": revocation.before,
                    "expires": revocation.until,
                },
            )

    def revocations(self) -> Sequence[Revocation]:
        """See `State.revocations`."""
        with self._answering(), self._reader.connect() as connection:
            rows = connection.execute(_REVOKED, {"now": self._clock()}).all()
        try:
            return [_revocation(*row) for row in rows]
        except ValueError as error:
            raise StateUnavailable(
                f"an entry of authz_revocations in {self.name} cannot be read: {error}",
                cure="look whether a newer version wrote it",
            ) from error

    def ping(self) -> None:
        """See `State.ping`. The tables are asked for too, since without them nothing works."""
        with self._answering(), self._reader.connect() as connection:
            connection.execute(_ANY_SEEN)

    def _forget_seen(self, now: float) -> None:
        """Delete some expired keys. What fails here is tried again later."""
        try:
            with self._engine.begin() as connection:
                connection.execute(_FORGET_SEEN, {"now": now})
        except SQLAlchemyError as error:
            log.warning("expired keys stay in %s: %s", self.name, _cause(error))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn whatever fails in the database into a refusal that may be tried again."""
        try:
            yield
        except SQLAlchemyError as error:
            raise StateUnavailable(
                f"{self.name} does not answer: {_cause(error)}",
                cure="is it reachable, and migrated with `flask db upgrade`?",
            ) from error


@lru_cache(maxsize=REMEMBERED)
def _revocation(
    issuer: str, kind: str, value: str, before: float | None, until: float
) -> Revocation:
    return Revocation(issuer, Kind(kind), value, before, until)


def _cause(error: SQLAlchemyError) -> str:
    """Return what the driver said, on one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(f"{type(cause).__name__}: {cause}".split())
