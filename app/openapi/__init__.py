"""The API's own description: `/openapi.json` for programs, `/docs` for people."""

from functools import cache

from flask import Flask

from .document import described
from .serving import Fixed
from .views import DOCUMENT, bp


def init_app(app: Flask) -> None:
    """Serve the description of an app. It is made when somebody first asks for it: it takes twice
    as long as all the rest of an app, and most processes never need it."""
    app.register_blueprint(bp)
    app.extensions[DOCUMENT] = cache(
        lambda: Fixed(described(app), "application/json", "public, no-cache")
    )
