"""The extension objects, made once; `create_app` binds them to an app."""

from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase
from werkzeug.local import LocalProxy

from app.authz import Authz
from app.authz.state import sql
from app.database import current
from app.database.migrating import Migrations


class Base(DeclarativeBase):
    """The base of every model: its metadata holds the tables that migrations compare with."""


class Database:
    """The database of the current app."""

    @property
    def engine(self) -> Engine:
        """See `current.engine`."""
        return current.engine()

    def dispose(self, *, close: bool = True) -> None:
        """Close all connections that are not in use, or leave them to who has made them."""
        for engine in {current.engine(), current.writer()}:
            engine.dispose(close=close)


db = Database()
# Migrations make the app's tables and those of the guard layer's shared state.
alembic = Migrations(
    run_mkdir=False,
    command_name="db",
    metadatas=[Base.metadata, sql.metadata],
    engines={"default": cast(Any, LocalProxy(current.engine))},
)
authz = Authz(permissions=["create:items", "update:items", "delete:items", "read:metrics"])
