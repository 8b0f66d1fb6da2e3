"""What browsers may do with the tenant's pages, and with all its other answers."""

from flask import Flask, Response

from app.tenant.redirects import origin_of

_DEFAULTS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: forms would then be sent with the origin `null`.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}

_PAGE = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"

#: Where forms lead in the end: a browser holds redirects to it too, also those of the application.
_LOCAL = "'self' http://127.0.0.1:* http://localhost:* https://127.0.0.1:* https://localhost:*"


def mark_answers(tenant: Flask) -> None:
    """Have every answer say what may be done with it, if it does not say so itself."""

    @tenant.after_request
    def mark(response: Response) -> Response:
        if "Content-Security-Policy" not in response.headers:
            response.headers.update(_DEFAULTS)
        return response


def mark_page(response: Response, redirect_uri: str | None = None) -> Response:
    """Mark a page for people, which no other page shows.

    :param redirect_uri: where its forms lead in the end, as it was found to be good.
    """
    targets = f"{_LOCAL} {_source(redirect_uri)}" if redirect_uri else "'self'"
    policy = f"{_PAGE}; form-action {targets}; frame-ancestors 'none'"
    response.headers.update(
        _DEFAULTS | {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    )
    return response


def mark_message(response: Response, redirect_uri: str, nonce: str) -> Response:
    """Mark a page that is nothing but a script, for a frame of the page that it speaks to.

    :param nonce: the script's.
    """
    policy = f"{_PAGE}; script-src 'nonce-{nonce}'; frame-ancestors {_source(redirect_uri)}"
    response.headers.update(
        _DEFAULTS | {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    )
    del response.headers["X-Frame-Options"]
    return response


def _source(redirect_uri: str) -> str:
    origin = origin_of(redirect_uri)
    # A policy cannot name an IPv6 address (CSP 3, section 2.3.1).
    return "http:" if "[" in origin else origin
