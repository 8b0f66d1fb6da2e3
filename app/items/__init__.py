"""The menu: a resource that anyone reads and the permitted change."""

from flask import Flask

from .address import ItemIdConverter
from .pages import Pages
from .seed import seed
from .views import bp


def init_app(app: Flask) -> None:
    """Add the menu's routes and the command `flask seed`."""
    app.url_map.converters["item_id"] = ItemIdConverter
    app.extensions["menu"] = Pages()
    app.register_blueprint(bp)
    app.cli.add_command(seed)
