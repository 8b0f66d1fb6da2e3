"""Cross-origin requests (the Fetch standard): which pages may call the API, and what they see.

The API takes bearer tokens and no cookies, so no origin is ever trusted with credentials.
"""

from flask import Flask, Response
from flask_cors import CORS

#: What a page may send beyond the plain headers.
REQUEST_HEADERS = ("Authorization", "Content-Type", "DPoP", "If-Match", "If-None-Match")

#: What a page may read of an answer beyond the plain headers.
RESPONSE_HEADERS = (
    "DPoP-Nonce",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)


def init_app(app: Flask) -> None:
    """Answer preflights and mark answers, for every route and every error."""
    if "*" not in app.config["CORS_ORIGINS"]:
        app.after_request(_vary)
    CORS(
        app,
        origins=app.config["CORS_ORIGINS"],
        methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
        supports_credentials=False,
        send_wildcard="*" in app.config["CORS_ORIGINS"],
        max_age=600,
    )


def _vary(response: Response) -> Response:
    """Tell caches that answers differ by origin; flask-cors tells it of allowed origins only."""
    response.vary.add("Origin")
    return response
