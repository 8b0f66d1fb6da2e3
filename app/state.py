"""What the workers and machines of one API share: in its database, or where `STATE_URL` says."""

from flask import Flask

from app.authz.state import State
from app.authz.state.sql import SqlState
from app.database.transactions import reader
from app.extensions import db


def shared_state(app: Flask) -> State:
    """Return the state of an app whose database is bound; nothing is connected yet."""
    url = app.config.get("STATE_URL")
    if url:
        # Only where it is wanted: redis-py is a sixth of all that there is to import.
        from app.authz.state.redis import RedisState

        return RedisState(url)
    with app.app_context():
        engine = db.engine
    # Reading the deny-list waits for no writer (see `transactions`).
    return SqlState(engine, reader=reader(engine))
