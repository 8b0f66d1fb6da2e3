"""Answers as a message to a page, in place of a redirect.

It is how Auth0's library asks in a hidden frame whether somebody is signed in, and how it takes the
answer of a pop-up (OAuth 2.0 Web Message Response Mode).
"""

import secrets
from urllib.parse import parse_qsl, urlsplit

from flask import Response, make_response, render_template

from app.tenant.pages.headers import mark_message
from app.tenant.redirects import origin_of

#: What an answer consists of; all else of the address is the client's own.
_MEMBERS = ("code", "state", "iss", "error", "error_description")


def as_web_message(redirect: Response, redirect_uri: str) -> Response:
    """Return the page that tells the client what a redirect to it would have told.

    :param redirect_uri: the address as it was found to be good. Its origin gets the message.
    """
    told = dict(parse_qsl(urlsplit(redirect.location or "").query))
    nonce = secrets.token_urlsafe(16)
    page = render_template(
        "tenant/web_message.html",
        answer={name: told[name] for name in _MEMBERS if name in told},
        origin=origin_of(redirect_uri),
        nonce=nonce,
    )
    return mark_message(make_response(page), redirect_uri, nonce)
