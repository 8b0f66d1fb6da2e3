"""A factory for access tokens: valid ones, and ones with exactly one thing broken."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any

from .issuer import FakeIssuer
from .keys import SigningKey

#: In place of a value: leave the member out.
ABSENT: Any = object()

_numbers = count(1)

#: Key material that no issuer in a test signs with.
_OTHER = -1


class TokenFactory:
    """Makes tokens of an issuer, shaped as Auth0's default ones.

    :param issuer: whose newest key signs.
    :param audience: the API that the tokens are for.
    :param clock: seconds since the epoch.
    """

    def __init__(
        self,
        issuer: FakeIssuer,
        audience: str = "https://api.test",
        clock: Callable[[], float] = time.time,
    ) -> None:
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
        return changed(claims, changes)

    def header(self, **changes: Any) -> dict[str, Any]:
        """Return the header of a valid token, with changes; `ABSENT` leaves a member out."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.issuer.signing_key.kid}
        return changed(header, changes)

    def make(
        self,
        *,
        header: dict[str, Any] | str | None = None,
        claims: dict[str, Any] | str | None = None,
        key: SigningKey | None = None,
    ) -> str:
        """Sign a token: whatever is not given is that of a valid one."""
        signing = self.issuer.signing_key  # once: a rotation may come in between
        return (key or signing).sign(
            self.header(kid=signing.kid) if header is None else header,
            self.claims() if claims is None else claims,
        )

    def valid(self, permissions: object = (), **changes: Any) -> str:
        """Return a token that opens what its permissions allow."""
        return self.make(claims=self.claims(permissions, **changes))

    def expired(self, permissions: object = ()) -> str:
        """Return a token whose time is over for longer than any leeway."""
        return self.valid(permissions, exp=int(self._clock()) - 3600)

    def not_yet_valid(self, permissions: object = ()) -> str:
        """Return a token whose time has not begun."""
        return self.valid(permissions, nbf=int(self._clock()) + 3600)

    def wrong_audience(self, permissions: object = ()) -> str:
        """Return a token for another API."""
        return self.valid(permissions, aud=f"{self.audience}.other")

    def wrong_issuer(self, permissions: object = ()) -> str:
        """Return a token that names another issuer."""
        return self.valid(permissions, iss="https://other-issuer.test/")

    def unknown_key(self, permissions: object = ()) -> str:
        """Return a token signed with a key that the issuer does not publish."""
        key = SigningKey("unknown", number=_OTHER)
        return self.make(header=self.header(kid=key.kid), claims=self.claims(permissions), key=key)

    def wrong_signature(self, permissions: object = ()) -> str:
        """Return a token that names the issuer's key and is signed with another."""
        return self.make(claims=self.claims(permissions), key=SigningKey(number=_OTHER))

    def unsigned(self, permissions: object = ()) -> str:
        """Return a token with `alg` none and no signature (RFC 7518, section 3.6)."""
        signed = self.make(header=self.header(alg="none"), claims=self.claims(permissions))
        return signed[: signed.rindex(".") + 1]

    def symmetric(self, permissions: object = ()) -> str:
        """Return a token signed with HS256, with the issuer's public key for a secret."""
        header = self.header(alg="HS256")
        return self.issuer.signing_key.sign_symmetrically(header, self.claims(permissions))

    def id_token(self) -> str:
        """Return an ID token: for the client, and with its nonce."""
        return self.valid(ABSENT, aud="my-client", nonce="n-0S6_WzA2Mj", scope=ABSENT)

    def opaque(self) -> str:
        """Return a token that is no JWT, as Auth0 issues when no audience is asked for."""
        return "q5Zy2vV0SYnJ0wEZ1tmHbXJk"

    def introspected(self, permissions: object = (), **changes: Any) -> str:
        """Return another opaque token, for which the issuer answers with the claims of a valid one
        (RFC 7662); `changes` as for `claims`."""
        token = f"opaque-{next(_numbers)}"
        claims = {"active": True, "token_type": "Bearer"} | self.claims(permissions)
        self.issuer.introspection[token] = changed(claims, changes)
        return token

    def broken(self) -> dict[str, str]:
        """Return a token of each kind that must be refused, by the code of the refusal."""
        return {
            "token_expired": self.expired(),
            "token_not_yet_valid": self.not_yet_valid(),
            "token_audience": self.wrong_audience(),
            "token_issuer": self.wrong_issuer(),
            "token_key_unknown": self.unknown_key(),
            "token_signature": self.wrong_signature(),
            "token_algorithm": self.unsigned(),
            "token_is_id_token": self.id_token(),
            "token_opaque": self.opaque(),
        }


def changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return members with changes; `ABSENT` leaves one out."""
    return {name: value for name, value in (members | changes).items() if value is not ABSENT}
