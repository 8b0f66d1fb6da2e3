"""The API's own description: `/openapi.json` for programs, `/docs` for people."""

from flask import Flask

from .document import described
from .serving import Fixed
from .views import DOCUMENT, bp


def init_app(app: Flask) -> None:
    """Serve the description of an app, which is made now: all other routes must be there."""
    app.register_blueprint(bp)
    app.extensions[DOCUMENT] = Fixed(described(app), "application/json", "public, no-cache")
