"""Access tokens in the shape of Auth0's default ones.

It is not the shape of RFC 9068: the type is `JWT`, the client is `azp`, and there is no `jti`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.tenant.keys import ALGORITHM, KeyFile
from app.tenant.users import User

#: Seconds that a token lives unless said otherwise; Auth0's default for an API.
LIFETIME = 86_400

#: What a page that signs somebody in asks for; the user's permissions do not depend on it.
_SIGN_IN_SCOPE = "openid profile email"


def management_audience(issuer: str) -> str:
    """Return the identifier of a tenant's own API, which ends in a slash as Auth0's."""
    return f"{issuer}api/v2/"


@dataclass(frozen=True)
class TokenIssuer:
    """Makes the tokens of one issuer."""

    #: What tokens name as `iss`.
    issuer: str
    keys: KeyFile
    #: Returns the seconds since 1970.
    clock: Callable[[], float] = time.time

    def for_client(
        self,
        client_id: str,
        audience: str,
        permissions: Sequence[str],
        thumbprint: str | None = None,
    ) -> str:
        """Return a token that a machine got for itself, without a user.

        :param thumbprint: of the key that the token is bound to, if it is.
        """
        claims: dict[str, object] = {
            "sub": f"{client_id}@clients",
            "aud": audience,
            "azp": client_id,
            "gty": "client-credentials",
            "permissions": list(permissions),
        }
        # RFC 6749, section 3.3 knows no empty scope: without permissions there is none.
        if permissions:
            claims["scope"] = " ".join(permissions)
        return self.sign(claims | _binding(thumbprint), LIFETIME)

    def for_user(
        self,
        user: User,
        client_id: str,
        audience: str,
        permissions: Sequence[str],
        lifetime: int = LIFETIME,
        *,
        scope: str = _SIGN_IN_SCOPE,
        thumbprint: str | None = None,
    ) -> str:
        """Return a token that a user got by signing in at a client.

        :param permissions: what the token carries, which need not be all that the user has.
        :param lifetime: in seconds; below zero makes a token that has expired.
        :param scope: what was granted to the client.
        :param thumbprint: of the key that the token is bound to, if it is.
        """
        is_openid = "openid" in scope.split()
        claims: dict[str, object] = {
            "sub": user.subject,
            # Auth0 adds its own user information to the audience of whoever signed in so.
            "aud": [audience, f"{self.issuer}userinfo"] if is_openid else audience,
            "azp": client_id,
            "permissions": list(permissions),
        }
        if scope:
            claims["scope"] = scope
        return self.sign(claims | _binding(thumbprint), lifetime)

    def scope_of(self, token: str, audience: str) -> frozenset[str]:
        """Return the scope of a token that was made here.

        :raises ValueError: it was not, or is for another audience, or has expired.
        """
        claims = self.claims_of(token)
        if claims["aud"] != audience:
            raise ValueError("the token is for another API")
        return frozenset(claims.get("scope", "").split())

    def claims_of(self, token: str, *, even_if_expired: bool = False) -> dict[str, Any]:
        """Return what a token says that was made here, whatever it is for.

        :raises ValueError: it was not, or has expired.
        """
        keys = KeySet(list(self.keys.load().keys))
        try:
            claims = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
        except (JoseError, TypeError, RecursionError) as error:
            # joserfc raises TypeError for a `crit` that is no list.
            raise ValueError("not a token of this tenant") from error
        if claims["iss"] != self.issuer:
            raise ValueError("the token is another issuer's")
        if claims["exp"] <= self.clock() and not even_if_expired:
            raise ValueError("the token has expired")
        return claims

    def sign(self, claims: dict[str, object], lifetime: int) -> str:
        """Return a token with these claims, which lives for some seconds."""
        key = self.keys.load().current
        now = int(self.clock())
        times = {"iat": now, "exp": now + lifetime}
        # joserfc writes no `kid` of itself.
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.kid}
        return jwt.encode(header, {"iss": self.issuer, **claims, **times}, key)


def _binding(thumbprint: str | None) -> dict[str, object]:
    """Return the claim of a token that is good with its key only (RFC 9449, section 6.1)."""
    return {"cnf": {"jkt": thumbprint}} if thumbprint else {}
