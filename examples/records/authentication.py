"""Who calls: what takes the place of the guard layer's own tokens."""

from flask import Request

from app.authz import Identity

from .tokens import app_tokens

#: The header that brings the token.
HEADER = "X-App-Token"


def authenticate(request: Request) -> Identity | None:
    """Return the caller, or None if the request brings no token.

    The scopes of the login become the caller's permissions; the token itself is its principal.

    :raises Unauthorized: if the token is no good. An empty one is not.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    token = app_tokens().read(text)
    return Identity(
        subject=token.username,
        permissions=token.scopes,
        expires_at=token.expires_at,
        principal=token,
    )
