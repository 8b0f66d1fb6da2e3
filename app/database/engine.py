"""The engine of an app, and where its migrations are."""

from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from app.database import postgresql, sqlite

MIGRATIONS = Path(__file__).parents[2] / "migrations"

#: Connections of a process, unless `DATABASE_POOL_SIZE` says.
POOL_SIZE = 15


def init_app(app: Flask) -> None:
    """Make the engine of `DATABASE_URL`, and say how it is migrated; nothing is connected yet."""
    url = make_url(app.config["DATABASE_URL"])
    is_sqlite = url.get_backend_name() == "sqlite"
    pool_size = app.config.get("DATABASE_POOL_SIZE", POOL_SIZE)
    if is_sqlite:
        url = sqlite.located(url, Path(app.instance_path))
    options = sqlite.options(pool_size) if is_sqlite else postgresql.options(pool_size)
    # Parameters are what callers sent: they stay out of the log.
    engine = app.extensions["engine"] = create_engine(url, **options, hide_parameters=True)
    (sqlite if is_sqlite else postgresql).prepare(engine)
    app.extensions["writer"] = sqlite.writer(url) if is_sqlite else engine
    app.config["ALEMBIC"] = {"script_location": str(MIGRATIONS)}
    # One transaction for a whole upgrade, which Alembic does not expect of SQLite: a failure takes
    # back all of it, and a second process that upgrades waits for its end.
    # SQLite has no IDENTITY that could be compared with the models'.
    app.config["ALEMBIC_CONTEXT"] = {
        "transactional_ddl": True,
        "compare_server_default": not is_sqlite,
    }
