"""Statements that the driver runs itself.

SQLAlchemy writes them, once for each kind of database, lends the connection and names the errors.
To run each of them as well takes it several times as long as the database takes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ClauseElement, PoolProxiedConnection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError

Values: TypeAlias = Mapping[str, object]


class Lender(Protocol):
    """What a statement is run on: a connection of SQLAlchemy's, or a part of one."""

    @property
    def dialect(self) -> Dialect:
        """How SQLAlchemy speaks to this kind of database."""

    @property
    def connection(self) -> PoolProxiedConnection:
        """The driver's connection, as the pool has lent it."""

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Have the pool throw the connection away."""


class Statement:
    """A statement whose columns and values are whole numbers and texts: drivers take and give them
    as they are.

    :param columns: names of those that an INSERT or UPDATE sets.
    """

    def __init__(self, construct: ClauseElement, columns: tuple[str, ...] = ()) -> None:
        self._construct = construct
        self._columns = columns
        self._compiled: dict[str, tuple[str, Callable[[Values], Any]]] = {}

    def run(self, lender: Lender, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows that it finds or has changed; none if it returns none.

        :param values: one for each of its parameters.
        :raises DBAPIError: if the database refuses it, or is lost.
        """
        dialect, connection = lender.dialect, lender.connection
        text, arranged = self._compiled.get(dialect.name) or self._compile(dialect)
        cursor = connection.cursor()
        try:
            cursor.execute(text, arranged(values))
            return list(cursor.fetchall()) if cursor.description else []
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, cursor):
                lender.invalidate(error)
            raise named(error, text, dialect) from error

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[Values], Any]]:
        compiled: Any = self._construct.compile(dialect=dialect, column_keys=list(self._columns))
        constants, order = compiled.params, compiled.positiontup

        def arranged(values: Values) -> Any:
            by_name = constants | values
            return by_name if order is None else [by_name[name] for name in order]

        found = self._compiled[dialect.name] = str(compiled), arranged
        return found


def named(error: Exception, text: str | None, dialect: Dialect) -> BaseException:
    """Return an error of the driver's as SQLAlchemy raises it; parameters are what callers sent.

    :param text: the statement that has failed; None for what is none.
    """
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )
