"""The front door: tells a person with a browser what this is."""

from flask import Blueprint, url_for

from app.authz import public

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def home() -> dict[str, str]:
    """Say where the menu and the docs are."""
    return {
        "name": "Menu API",
        "menu": url_for("items.menu"),
        "docs": "README.md, in the folder that this server was started from",
    }
