"""What all comparisons begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from pytest_benchmark.fixture import BenchmarkFixture

from app import create_app
from app.authz import public
from app.authz.testing import FakeIssuer
from app.extensions import alembic, db
from app.items.seed import fill_empty_menu

from .comparing import Compare, comparison

pytest_plugins = ["app.authz.testing.plugin"]


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    """One issuer for all."""
    with FakeIssuer() as fake:
        yield fake


@pytest.fixture
def compare(benchmark: BenchmarkFixture) -> Compare:
    """Measures a part beside others."""
    return comparison(benchmark)


def empty_answer() -> Response:
    """Answer with as little as there is."""
    return Response(b"{}", content_type="application/json")


@pytest.fixture
def plain() -> Flask:
    """Flask with one route, and nothing else."""
    app = Flask("plain")
    app.add_url_rule("/", view_func=empty_answer)
    return app


@pytest.fixture
def menu(authz_settings: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """The API as it is served, with the first items; its log is written to nowhere."""
    app = create_app(
        authz_settings | {"DATABASE_URL": f"sqlite:///{tmp_path}/menu.db", "LOG_FORMAT": "json"}
    )
    app.add_url_rule("/plain", view_func=public(lambda: empty_answer()))
    with app.app_context():
        alembic.upgrade()
        fill_empty_menu()
        yield app
        db.dispose()
