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
    defaults = [(name.lower(), name, value) for name, value in headers.items()]
    always_https = urlsplit(app.config.get("PUBLIC_URL", "")).scheme == "https"
    # Only a proxy can bring https to us otherwise: without one, looking is saved.
    proxied = int(app.config.get("PROXY_HOPS") or 0) > 0

    def add(response: Response) -> Response:
        # `setdefault` would look through all headers once for each of ours: 3 us in place of 15.
        present = {name.lower() for name, _ in response.headers}
        for key, name, value in defaults:
            if key not in present:
                response.headers.add(name, value)
        # RFC 6797, section 7.2: not in an answer to plain http. The scheme is `ProxyFix`'s.
        if always_https or (proxied and request.scheme == "https"):
            response.headers.setdefault(*_TRANSPORT)
        return response

    app.after_request(add)
