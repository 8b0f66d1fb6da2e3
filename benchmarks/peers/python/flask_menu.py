"""The routes of the peers on Flask, which differ in nothing but the guard."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, request
from werkzeug.exceptions import NotFound, UnprocessableEntity

from . import menu

View = Callable[..., Any]


def flask_app(name: str, guard: Callable[[View], View]) -> Flask:
    """Make an app whose write is behind a guard."""
    app = Flask(name)
    # The menu is in order: to sort it again would only cost.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    bp = Blueprint("items", name)

    @bp.get("/items")
    def page() -> Any:
        return menu.page()

    @bp.get("/items/<int:number>")
    def item(number: int) -> menu.Item:
        return _found(menu.items.get(number))

    @bp.put("/items/<int:number>")
    @guard
    def replace(number: int) -> menu.Item:
        values = request.get_json().get("item")
        if not menu.is_item(values):
            raise UnprocessableEntity
        _found(menu.items.get(number))
        return menu.replace(number, values)

    app.register_blueprint(bp)
    return app


def _found(item: menu.Item | None) -> menu.Item:
    if item is None:
        raise NotFound
    return item
