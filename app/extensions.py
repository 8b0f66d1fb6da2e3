"""The extension objects, made once; `create_app` binds them to an app."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase

from app.authz import Authz
from app.authz.state import sql
from app.migrating import Migrations


class Base(DeclarativeBase):
    """The base of every model: its metadata holds the tables that migrations compare with."""


db = SQLAlchemy(model_class=Base)
# Migrations make the app's tables and those of the guard layer's shared state.
alembic = Migrations(run_mkdir=False, command_name="db", metadatas=[Base.metadata, sql.metadata])
authz = Authz(permissions=["create:items", "update:items", "delete:items", "read:metrics"])
