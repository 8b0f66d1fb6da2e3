"""A factory for access tokens: valid ones, and ones with exactly one thing broken."""

from collections.abc import Callable
from typing import Any

from .issuer import FakeIssuer
from .keys import SigningKey

#: In place of a value: leave the member out.
ABSENT: Any = object()


class TokenFactory:
    """Makes tokens of an issuer, shaped as Auth0's default ones.

    :param issuer: whose newest key signs.
    :param audience: the API that the tokens are for.
    :param clock: seconds since the epoch.
    """

    def __init__(self, issuer: FakeIssuer, audience: str, clock: Callable[[], float]) -> None:
        self.issuer = issuer
        self.audience = audience
        self._clock = clock

    def claims(self, permissions: object = (), **changes: Any) -> dict[str, Any]:
        """Return the claims of a valid token, with changes; `ABSENT` leaves one out.

        :param permissions: any collection of names; whatever else it is, the claim will be it.
        """
        now = int(self._clock())
        claims = {
            "iss": self.issuer.url,
            "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
            "aud": [self.audience, f"{self.issuer.url}userinfo"],
            "iat": now,
            "exp": now + 3600,
            "azp": "my-client",
            "scope": "openid profile",
            "permissions": (
                list(permissions)
                if isinstance(permissions, tuple | set | frozenset)
                else permissions
            ),
        }
        return _changed(claims, changes)

    def header(self, **changes: Any) -> dict[str, Any]:
        """Return the header of a valid token, with changes; `ABSENT` leaves a member out."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.issuer.signing_key.kid}
        return _changed(header, changes)

    def make(
        self,
        *,
        header: dict[str, Any] | str | None = None,
        claims: dict[str, Any] | str | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """Sign a token: whatever is not given is that of a valid one."""
        return (key or self.issuer.signing_key).sign(
            self.header() if header is None else header,
            self.claims() if claims is None else claims,
        )

    def valid(self, permissions: object = (), **changes: Any) -> str:
        """Return a token that opens what its permissions allow."""
        return self.make(claims=self.claims(permissions, **changes))


def _changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (members | changes).items() if value is not ABSENT}
