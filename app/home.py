"""The front door: tells a person with a browser what this is."""

from flask import Blueprint, Response, json, url_for

from app.authz import public

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def home() -> Response:
    """Say where the menu and the docs are; programs read it in `Link` (RFC 8631)."""
    docs, document = url_for("openapi.docs"), url_for("openapi.document")
    found = {"name": "Menu API", "menu": url_for("items.menu"), "docs": docs, "openapi": document}
    links = f'<{document}>; rel="service-desc", <{docs}>; rel="service-doc"'
    return Response(json.dumps(found), headers={"Link": links}, content_type="application/json")
