"""The engines of the current app, which `engine` has made."""

from flask import current_app
from sqlalchemy import Engine


def engine() -> Engine:
    """Return the engine of the database."""
    found: Engine = current_app.extensions["engine"]
    return found


def writer() -> Engine:
    """Return the engine of its transactions: another one where there can be one writer only."""
    found: Engine = current_app.extensions["writer"]
    return found
