"""The migrations in `migrations/`."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from alembic import op
from flask import Flask
from sqlalchemy import inspect, text

from app.authz.state.sql import SqlState
from app.database import engine, patience, postgresql
from app.extensions import alembic, db
from tests.servers.databases import BOTH, plain
from tests.serving.running import until

ROOT = Path(__file__).parents[2]

#: Upgrades the database named by the first argument.
UPGRADE = """
import sys
from flask import Flask
from app.database import engine
from app.extensions import alembic
app = Flask("upgrade")
app.config["DATABASE_URL"] = sys.argv[1]
engine.init_app(app)
alembic.init_app(app)
with app.app_context():
    alembic.upgrade()
"""


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'menu.db'}"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
def bare_app(url: str) -> Iterator[Flask]:
    """An app with that database."""
    app = Flask("bare")
    app.config["DATABASE_URL"] = url
    engine.init_app(app)
    alembic.init_app(app)
    yield app
    with app.app_context():
        db.dispose()


def run(app: Flask, *command: str) -> None:
    """Run a `flask db` command."""
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["db", *command])
    assert result.exit_code == 0, result.output


def tables(app: Flask) -> set[str]:
    """Return the tables that the database has."""
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_upgrade_makes_the_tables(bare_app: Flask) -> None:
    """A second upgrade finds nothing to do."""
    run(bare_app, "upgrade")
    assert "items" in tables(bare_app)
    run(bare_app, "upgrade")
    assert "items" in tables(bare_app)


def test_downgrade_undoes_the_upgrade(bare_app: Flask) -> None:
    """The way back to an empty database, and forth again."""
    run(bare_app, "upgrade")
    run(bare_app, "downgrade", "base")
    assert "items" not in tables(bare_app)
    run(bare_app, "upgrade")
    assert "items" in tables(bare_app)


def test_migrations_make_what_the_models_say(bare_app: Flask) -> None:
    """No migration is missing."""
    run(bare_app, "upgrade")
    with bare_app.app_context():
        assert alembic.compare_metadata() == []


def test_failed_migration_leaves_nothing(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both databases take back a table that was made in a transaction."""
    with bare_app.app_context():
        script = alembic.script_directory.get_revision("head")
        assert script is not None
        make_table = script.module.upgrade

        def fail() -> None:
            make_table()
            raise ZeroDivisionError

        monkeypatch.setattr(script.module, "upgrade", fail)
        with pytest.raises(ZeroDivisionError):
            alembic.upgrade()
    assert tables(bare_app) == set()


@pytest.mark.slow
def test_processes_may_upgrade_at_once(bare_app: Flask) -> None:
    """One of them makes the tables; the others wait for it and find them."""
    url = bare_app.config["DATABASE_URL"]
    processes = [subprocess.Popen([sys.executable, "-c", UPGRADE, url], cwd=ROOT) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert "items" in tables(bare_app)


@pytest.mark.slow
def test_migration_may_take_its_time(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of a request are not its own, but it waits for no table longer than one does."""
    monkeypatch.setattr(patience, "PATIENCE", 2)
    said = {}
    with bare_app.app_context():
        script = alembic.script_directory.get_revision("head")
        assert script is not None
        make_table = script.module.upgrade

        def take_time() -> None:
            make_table()
            connection = op.get_bind()
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_sleep(2.5)"))
                for name in postgresql.LIMITS:
                    said[name] = connection.execute(text(f"SHOW {name}")).scalar()

        monkeypatch.setattr(script.module, "upgrade", take_time)
        alembic.upgrade()
        if db.engine.dialect.name == "postgresql":
            assert said == {
                "lock_timeout": "3s",
                "statement_timeout": "0",
                "idle_in_transaction_session_timeout": "0",
            }
    assert "items" in tables(bare_app)


#: Before there was a shared state.
ITEMS_ALONE = "1795302127"


class TestSharedState:
    """The tables of the guard layer's shared state."""

    def test_upgrade_adds_them_to_a_menu_in_use(self, bare_app: Flask) -> None:
        """And the way back takes them away alone."""
        run(bare_app, "upgrade", ITEMS_ALONE)
        assert not {"authz_seen", "authz_revocations"} & tables(bare_app)
        run(bare_app, "upgrade")
        assert {"authz_seen", "authz_revocations"} < tables(bare_app)
        run(bare_app, "downgrade", "2")
        assert tables(bare_app) == {"items", "alembic_version"}

    def test_they_are_what_the_state_works_with(self, bare_app: Flask) -> None:
        """No migration is missing, and a key can be added."""
        run(bare_app, "upgrade")
        with bare_app.app_context():
            assert alembic.compare_metadata() == []
        with bare_app.app_context():
            assert SqlState(db.engine).add_if_absent("key", 60)
            assert not SqlState(db.engine).add_if_absent("key", 60)


class TestMigrationLock:
    """On PostgreSQL, where SQLite has its one writer at a time."""

    @pytest.fixture
    def url(self, postgresql: str) -> str:
        return postgresql

    def test_upgrade_waits_for_the_end_of_another(self, bare_app: Flask, url: str) -> None:
        """It does not even look which migrations there are before that."""
        with psycopg.connect(plain(url), autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [postgresql.MIGRATION_LOCK])
            upgrade = Thread(target=run, args=(bare_app, "upgrade"))
            upgrade.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            until(lambda: other.execute(waiting).fetchone() == (1,))
            made = other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            assert made.fetchall() == []
        upgrade.join()
        assert "items" in tables(bare_app)

    def test_upgrade_does_without_where_there_is_none(self, url: str) -> None:
        """Some distributed databases refuse to lock so."""
        with psycopg.connect(plain(url), autocommit=True) as operator:
            operator.execute(
                "CREATE FUNCTION public.pg_advisory_xact_lock(integer) RETURNS void"
                " LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'feature_not_supported'; END $$"
            )
        app = Flask("bare")
        app.config["DATABASE_URL"] = f"{url}&options=-csearch_path%3Dpublic,pg_catalog"
        engine.init_app(app)
        alembic.init_app(app)
        run(app, "upgrade")
        assert "items" in tables(app)
        with app.app_context():
            db.dispose()
