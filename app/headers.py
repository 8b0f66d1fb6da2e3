"""Headers that tell browsers and caches to do no more with an answer than they must.

They are defaults: an answer that has a header already, such as a page with a policy of its own,
keeps it.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

#: One year. Subdomains are not ours to speak for.
_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")

_DEFAULTS = {
    # The type of an answer is what it says.
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # What is no page loads nothing, and is shown in no other page.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    # What does not say otherwise: refusals, above all.
    "Cache-Control": "no-store",
}


def init_app(app: Flask) -> None:
    """Mark every answer, errors included. Call it before others add hooks: Flask asks the first
    last, which then sees what the others have set."""
    anybody = "*" in app.config["CORS_ORIGINS"]
    headers = _DEFAULTS | {
        # Whoever may read an answer may also embed it (the Fetch standard).
        "Cross-Origin-Resource-Policy": "cross-origin" if anybody else "same-origin"
    }
    defaults = [(name.lower(), (name, value)) for name, value in headers.items()]
    always_https = urlsplit(app.config.get("PUBLIC_URL", "")).scheme == "https"

    def add(response: Response) -> Response:
        present = {name.lower() for name, _ in response.headers}
        response.headers.extend([pair for name, pair in defaults if name not in present])
        # RFC 6797, section 7.2: not in an answer to plain http. The scheme is `ProxyFix`'s.
        if always_https or request.environ["wsgi.url_scheme"] == "https":
            response.headers.setdefault(*_TRANSPORT)
        return response

    app.after_request(add)
