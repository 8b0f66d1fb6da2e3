"""The document, and the page that shows it.

The page is Swagger UI from the files of the wheel `flask-swagger-ui`. Nothing comes from elsewhere,
and no script stands in the page: its Content-Security-Policy allows neither.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template
from werkzeug.exceptions import NotFound

from app.authz import public
from app.authz.enforcement import enforcement_of
from app.authz.parsing import names

from .serving import Fixed

#: Where an app keeps what returns its document.
DOCUMENT = "openapi"

bp = Blueprint("openapi", __name__, template_folder="page")

#: The files of the page by name: the package that has each, the folder in it, and the type.
_FILES = {
    "docs.js": (__package__, "page", "text/javascript; charset=utf-8"),
    "favicon-32x32.png": ("flask_swagger_ui", "dist", "image/png"),
    "oauth2-redirect.html": ("flask_swagger_ui", "dist", "text/html; charset=utf-8"),
    "oauth2-redirect.js": ("flask_swagger_ui", "dist", "text/javascript; charset=utf-8"),
    "swagger-ui-bundle.js": ("flask_swagger_ui", "dist", "text/javascript; charset=utf-8"),
    "swagger-ui.css": ("flask_swagger_ui", "dist", "text/css; charset=utf-8"),
}


@bp.get("/openapi.json")
@public
def document() -> Response:
    """Answer with the OpenAPI document."""
    return cast(Callable[[], Fixed], current_app.extensions[DOCUMENT])().answer()


@bp.get("/docs")
@public
def docs() -> Response:
    """Show the document to a person, who may sign in and try it."""
    audience = names(current_app.config["AUTH0_AUDIENCE"])[0]
    client_id = current_app.config["DOCS_CLIENT_ID"]
    page = render_template("docs.html", audience=audience, client_id=client_id)
    return _for_browsers(Response(page, headers={"Cache-Control": "no-cache"}))


@bp.get("/docs/<name>")
@public
def docs_file(name: str) -> Response:
    """Answer with a file of the page."""
    if name not in _FILES:
        raise NotFound
    return _for_browsers(_file(name).answer())


@cache
def _file(name: str) -> Fixed:
    package, folder, content_type = _FILES[name]
    body = (files(package) / folder / name).read_bytes()
    return Fixed(body, content_type, "public, max-age=3600")


def _for_browsers(response: Response) -> Response:
    """Let a page have what it needs, and nothing else (Content Security Policy Level 3)."""
    issuers = enforcement_of(current_app).settings.issuers
    origins = ("{0.scheme}://{0.netloc}".format(urlsplit(issuer.url)) for issuer in issuers)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            # To try the API, and to sign in.
            " ".join(("connect-src 'self'", *dict.fromkeys(origins))),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return response
