"""Which state the workers of the API share."""

import pytest
from flask import Flask

from app.database import engine
from app.extensions import db
from app.state import shared_state


@pytest.fixture
def bare_app() -> Flask:
    """An app with a database that nobody has made yet."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = "postgresql+psycopg://al:secret@nowhere.test/menu"
    engine.init_app(app)
    return app


def test_it_is_the_database_by_default(bare_app: Flask) -> None:
    assert shared_state(bare_app).name == "postgresql+psycopg://nowhere.test/menu"


def test_it_is_where_the_setting_says(bare_app: Flask) -> None:
    bare_app.config["STATE_URL"] = "redis://:secret@nowhere.test"
    assert shared_state(bare_app).name == "redis://nowhere.test:6379/0"


def test_reading_the_deny_list_waits_for_no_writer(app: Flask) -> None:
    """A worker would wait twice a second."""
    state = shared_state(app)
    with app.app_context(), db.engine.begin():
        assert list(state.revocations()) == []
