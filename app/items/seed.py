"""The items that a fresh menu holds, and the command that puts them there."""

import click
from flask.cli import with_appcontext
from sqlalchemy import String, column, inspect, select, table

from app.database.statements import Statement
from app.database.transactions import Lent
from app.extensions import db

from .models import Item
from .store import INSERT, change

_IMAGES = "https://cdn.auth0.com/blog/whatabyte"

FIRST_ITEMS = [
    {
        "name": "Burger",
        "price_cents": 599,
        "description": "Tasty",
        "image": f"{_IMAGES}/burger-sm.png",
    },
    {
        "name": "Pizza",
        "price_cents": 299,
        "description": "Cheesy",
        "image": f"{_IMAGES}/pizza-sm.png",
    },
    {
        "name": "Tea",
        "price_cents": 199,
        "description": "Informative",
        "image": f"{_IMAGES}/tea-sm.png",
    },
]


# An empty menu has no row to lock, but a database with a menu has this one.
_LOCK = Statement(
    select(column("version_num", String)).select_from(table("alembic_version")).with_for_update()
)
_ANY = Statement(select(Item.id).limit(1))


def fill_empty_menu() -> bool:
    """Store the first items if the menu is empty, and return whether it was.

    In a fresh database they get the ids 1 to 3. Of several calls at once, one fills the menu.
    """

    def work(lent: Lent) -> bool:
        _LOCK.run(lent)
        if _ANY.run(lent):
            return False
        for values in FIRST_ITEMS:
            INSERT.run(lent, **values)
        return True

    return change(work)


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Put the first three items on an empty menu."""
    if not inspect(db.engine).has_table(Item.__tablename__):
        raise click.ClickException("The database has no tables yet: run `flask db upgrade` first.")
    if fill_empty_menu():
        click.echo(f"The menu was empty: it has {len(FIRST_ITEMS)} items now.", err=True)
    else:
        click.echo("The menu has items: nothing to do.", err=True)
