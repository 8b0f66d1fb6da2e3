"""The command `flask seed`."""

from pathlib import Path

from flask import Flask

from app.database import engine
from app.extensions import db
from app.items import store
from app.items.seed import seed


def names(app: Flask) -> list[str]:
    """Return the names on the menu."""
    with app.app_context():
        return [row.name for row in store.page(after=0, limit=10)]


def test_menu_with_items_is_left_alone(app: Flask) -> None:
    """Seeding again changes nothing, and says so."""
    with app.app_context():
        store.remove(1, lambda _: None)
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "nothing to do" in result.stderr
    assert names(app) == ["Pizza", "Tea"]


def test_empty_menu_is_filled(app: Flask) -> None:
    """The command says what it did."""
    with app.app_context():
        for item_id in (1, 2, 3):
            store.remove(item_id, lambda _: None)
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0
    assert "3 items" in result.stderr
    assert names(app) == ["Burger", "Pizza", "Tea"]


def test_database_without_tables_names_the_cure(tmp_path: Path) -> None:
    """Seeding comes after the migrations."""
    app = Flask("unmigrated")
    app.config["DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.db'}"
    engine.init_app(app)
    app.cli.add_command(seed)
    result = app.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 1
    assert "flask db upgrade" in result.stderr
    with app.app_context():
        db.dispose()
