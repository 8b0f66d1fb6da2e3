"""An app that has a database, and answers for what fails there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from app import errors
from app.database import engine
from app.database.transactions import Lent, write
from app.extensions import db


@contextmanager
def bare(url: str, prepare: Callable[[Lent], object]) -> Iterator[Flask]:
    """Yield such an app in its context, with what a first transaction has prepared."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = url
    engine.init_app(app)
    errors.init_app(app)
    with app.app_context():
        write(prepare)
        yield app
        db.dispose()
