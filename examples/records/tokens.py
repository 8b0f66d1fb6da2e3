"""The tokens that a login returns: issued, read, revoked.

A token says who logged in and with which scopes. It is signed and not encrypted: its owner can
read it.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import want_bytes

from app.authz import Unauthorized

from .revocations import Revocations

#: Seconds that a token is good for.
LIFETIME = 3600

#: Most characters of a token.
MAX_LENGTH = 8000


class TokenTooLong(Exception):
    """Raised if the scopes do not fit into a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a good token says."""

    token_id: str
    username: str
    scopes: tuple[str, ...]
    #: Seconds since the epoch.
    expires_at: float


class Tokens:
    """The tokens of one application."""

    def __init__(self, secret_key: str, clock: Callable[[], float]) -> None:
        self._serializer = URLSafeTimedSerializer(
            secret_key,
            salt="examples.records.tokens",
            signer=_signer(clock),
            # A scope may be any text of JSON's, lone surrogates too, which have no UTF-8.
            serializer_kwargs={"ensure_ascii": True},
        )
        self.revocations = Revocations(clock)

    def issue(self, username: str, scopes: Iterable[str]) -> str:
        """Return a new token.

        :raises TokenTooLong: if `read` would not take it.
        """
        token_id = secrets.token_urlsafe(16)
        text = self._serializer.dumps([token_id, username, list(scopes)])
        if len(text) > MAX_LENGTH:
            raise TokenTooLong
        # Base64 is ASCII, and so text, but the serializer's types allow for others.
        return str(text)

    def read(self, text: str) -> Token:
        """Return what a token says.

        :raises Unauthorized: if it is not one of ours, has expired, or was revoked.
        """
        if len(text) > MAX_LENGTH:
            raise Unauthorized("the token is too long", wanted=MAX_LENGTH, found=len(text))
        try:
            said, issued = self._serializer.loads(text, max_age=LIFETIME, return_timestamp=True)
        except SignatureExpired:
            raise Unauthorized("the token has expired") from None
        except BadData:
            raise Unauthorized("the token was not signed here") from None
        token_id, username, scopes = said
        if token_id in self.revocations:
            raise Unauthorized("the token was revoked", found=username)
        return Token(token_id, username, tuple(scopes), issued.timestamp() + LIFETIME)

    def revoke(self, token: Token) -> None:
        """Refuse a token from now on. Other tokens of its user stay good."""
        self.revocations.add(token.token_id, token.expires_at)


def app_tokens() -> Tokens:
    """Return the tokens of the current application."""
    tokens: Tokens = current_app.extensions["tokens"]
    return tokens


def _signer(clock: Callable[[], float]) -> type[TimestampSigner]:
    """Return a signer that goes by a clock, and takes one spelling of a signature only."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(clock())

        def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
            # The last character of Base64 has spare bits, which the inherited comparison ignores:
            # it would take a token whose last character was changed.
            return hmac.compare_digest(want_bytes(sig), self.get_signature(value))

    return Signer
