"""Whether this process can serve: its database, and what it shares with others."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

from app.authz.errors import StateUnavailable
from app.authz.state import State
from app.authz.state.sql import SqlState
from app.database.engine import MIGRATIONS
from app.database.transactions import cause_of, reading

log = logging.getLogger(__name__)

#: Seconds for which an answer holds: however often it is asked for, the database is not.
FRESH = 1.0
#: Seconds after which a question that nobody has answered yet counts as a no.
SLOW = 2.0

Database = Literal["ok", "behind", "unreachable"]

#: Alembic's note of the migrations that a database has seen.
VERSIONS = table("alembic_version", column("version_num"))


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found when it was last looked for."""

    database: Database
    state: Literal["ok", "unreachable"]
    #: What was said by what did not answer, for the log: it may hold addresses.
    causes: tuple[str, ...] = field(default=(), compare=False)


GOOD = Findings("ok", "ok")
#: What is said of a database that has not answered in time.
NO_ANSWER = Findings("unreachable", "unreachable")


class Readiness:
    """Looks at what the process needs, at most once a second and by one request at a time.

    The others are told what was found last, so a database that hangs holds one of them.

    :param timer: a steady clock, in seconds.
    """

    def __init__(self, state: State, timer: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._timer = timer
        self._heads, self._revisions = _migrations()
        self._found: tuple[float, Findings] | None = None
        self._looking_since: float | None = None

    def findings(self) -> Findings:
        """Return what is known, or find it out. Needs an application context."""
        now, found, since = self._timer(), self._found, self._looking_since
        if found is not None and now < found[0] + FRESH:
            return found[1]
        if since is not None:
            return NO_ANSWER if found is None or now > since + SLOW else found[1]
        self._looking_since = now
        try:
            findings = self._look()
        finally:
            self._looking_since = None
        _tell(found[1] if found else GOOD, findings)
        self._found = self._timer(), findings
        return findings

    def _look(self) -> Findings:
        causes: list[str] = []
        database = self._database(causes)
        # It would be waited for a second time.
        lost = database == "unreachable" and isinstance(self._state, SqlState)
        shared = "unreachable" if lost else self._shared(causes)
        return Findings(database, shared, tuple(causes))

    def _database(self, causes: list[str]) -> Database:
        try:
            with reading() as connection:
                current = _revisions_in(connection)
        except SQLAlchemyError as error:
            causes.append(cause_of(error))
            return "unreachable"
        return "behind" if self._is_behind(current) else "ok"

    def _is_behind(self, current: set[str]) -> bool:
        """Tell whether migrations are missing. A database that knows one which we do not is ahead
        of us: a newer version is being rolled out, and we go on."""
        return not self._heads <= current and current <= self._revisions

    def _shared(self, causes: list[str]) -> Literal["ok", "unreachable"]:
        try:
            self._state.ping()
        except StateUnavailable as error:
            causes.append(error.reason)
            return "unreachable"
        return "ok"


@cache
def _migrations() -> tuple[frozenset[str], frozenset[str]]:
    """Return the newest migrations and all, as the folder had them when the process began: those of
    the next version may lie there before the servers are replaced."""
    # `alembic` has the same, but of an app, and each would read the folder for itself.
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    every = frozenset(script.revision for script in scripts.walk_revisions())
    return frozenset(scripts.get_heads()), every


def _revisions_in(connection: Connection) -> set[str]:
    """Return the migrations that a database has seen last."""
    if not inspect(connection).has_table(VERSIONS.name):
        return set()
    return set(connection.scalars(select(VERSIONS.c.version_num)))


def _tell(before: Findings, now: Findings) -> None:
    """Say it in the log when it changes, not each time that somebody asks."""
    if now != before:
        level = logging.INFO if now == GOOD else logging.ERROR
        causes = "".join(f"; {cause}" for cause in now.causes)
        log.log(level, "readiness: database %s, shared state %s%s", now.database, now.state, causes)
