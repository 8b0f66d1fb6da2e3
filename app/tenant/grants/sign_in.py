"""One sign-in of a person at a client: what it allows, and until when."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock

from app.tenant.users import User

#: The scopes of OpenID Connect (Core, sections 5.4 and 11); all others are permissions.
OPENID_SCOPES = ("openid", "profile", "email", "offline_access")


@dataclass
class SignIn:
    """What came of a sign-in. The tokens of it end together.

    It has one good refresh token at a time, which is `<name of the sign-in>.<secret>`. Whoever
    shows an older one has a copy, or has been copied, so everything ends (RFC 9700, section 4.14).
    """

    user: User
    client_id: str
    #: What was asked for.
    scope: str
    #: The API that the tokens are for; None for the tenant's own user information.
    audience: str | None
    nonce: str | None
    #: The session at the tenant, and when it began, in seconds since 1970.
    sid: str
    signed_in_at: int
    #: The key that refresh tokens are bound to (RFC 9449, section 5).
    thumbprint: str | None = None
    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    has_ended: bool = False
    _secret: str = field(default="", repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def granted(self, permissions: Collection[str], requested: str | None = None) -> str:
        """Return the scope that is granted (RFC 6749, section 3.3).

        :param permissions: what the user may do with the API.
        :param requested: what is asked for now, if it is less.
        """
        held = {*OPENID_SCOPES, *(permissions if self.audience else ())}
        names = dict.fromkeys((requested or self.scope).split())
        return " ".join(name for name in names if name in held)

    def new_refresh_token(self) -> str:
        """Return the first refresh token."""
        with self._lock:
            return self._renew()

    def exchange(self, refresh_token: str) -> str | None:
        """Return the next refresh token for the good one; None, and everything ends, for another.

        Of many that come at once with the good one, one gets the next and the others end it.
        """
        secret = refresh_token.rpartition(".")[2]
        with self._lock:
            if not (self._secret and compare_digest(secret.encode(), self._secret.encode())):
                self.has_ended = True
            return None if self.has_ended else self._renew()

    def _renew(self) -> str:
        self._secret = secrets.token_urlsafe(32)
        return f"{self.name}.{self._secret}"

    def end(self) -> None:
        """End everything that came of the sign-in, but for tokens that are known by a signature."""
        with self._lock:
            self.has_ended = True

    # What Authlib asks of a refresh token.

    def check_client(self, client: object) -> bool:
        """Tell whether the token is this client's."""
        return getattr(client, "client_id", None) == self.client_id

    def get_scope(self) -> str:
        """Return the scope that a narrower one is part of."""
        return self.scope
