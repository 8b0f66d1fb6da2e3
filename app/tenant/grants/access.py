"""Access tokens for those who sign in: one for an API, or an opaque one (Auth0's way)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AccessDeniedError

from app.tenant.accounts import Accounts
from app.tenant.grants.sign_in import SignIn
from app.tenant.memory import Memory
from app.tenant.permissions import PermissionFile
from app.tenant.tokens import LIFETIME, TokenIssuer
from app.tenant.users import User

_MOST_OPAQUE = 10_000


@dataclass(frozen=True)
class Access:
    """What an access token for the tenant's own user information opens."""

    user: User
    scope: frozenset[str]
    #: The key that the token is bound to (`jkt`), if it is.
    thumbprint: str | None


@dataclass(frozen=True)
class _Opaque:
    sign_in: SignIn
    access: Access


class AccessTokens:
    """Makes access tokens, and knows those that are for the tenant itself."""

    def __init__(
        self,
        tokens: TokenIssuer,
        audiences: Collection[str],
        permissions: PermissionFile,
        accounts: Accounts,
    ) -> None:
        self._tokens = tokens
        self._audiences = audiences
        self._permissions = permissions
        self._accounts = accounts
        self._opaque: Memory[_Opaque] = Memory(tokens.clock, LIFETIME, _MOST_OPAQUE)

    def check_audience(self, audience: str | None) -> None:
        """Check which API tokens are asked for.

        :raises AccessDeniedError: the tenant does not know it; the words are Auth0's.
        """
        if audience is not None and audience not in self._audiences:
            raise AccessDeniedError(f"Service not found: {audience}")

    def answer(
        self, sign_in: SignIn, thumbprint: str | None, requested: str | None = None
    ) -> dict[str, object]:
        """Return an answer of the token endpoint (RFC 6749, section 5.1) with an access token.

        :param thumbprint: of the key that the token is to be bound to; None for a bearer token.
        :param requested: the scope that is asked for now, if it is less than at first.
        """
        permissions = self._permissions.of(sign_in.user)
        scope = sign_in.granted(permissions, requested)
        if sign_in.audience is None:
            token = self._make_opaque(sign_in, scope, thumbprint)
        else:
            token = self._tokens.for_user(
                sign_in.user,
                sign_in.client_id,
                sign_in.audience,
                permissions,
                scope=scope,
                thumbprint=thumbprint,
            )
        answer: dict[str, object] = {
            "access_token": token,
            "token_type": "DPoP" if thumbprint else "Bearer",
            "expires_in": LIFETIME,
        }
        return answer | ({"scope": scope} if scope else {})

    def _make_opaque(self, sign_in: SignIn, scope: str, thumbprint: str | None) -> str:
        token = secrets.token_urlsafe(32)
        access = Access(sign_in.user, frozenset(scope.split()), thumbprint)
        self._opaque.add(token, _Opaque(sign_in, access))
        return token

    def read(self, token: str) -> Access:
        """Return what a token opens here.

        :raises ValueError: it is none of the tenant, or not for its user information, or has ended.
        """
        opaque = self._opaque.get(token)
        if opaque is not None and not opaque.sign_in.has_ended:
            return opaque.access
        return self._read_signed(token)

    def _read_signed(self, token: str) -> Access:
        claims = self._tokens.claims_of(token)
        audience = claims["aud"]
        if not isinstance(audience, list) or f"{self._tokens.issuer}userinfo" not in audience:
            raise ValueError("the token is for another API")
        user = self._accounts.get(str(claims["sub"]))
        if user is None:
            raise ValueError("the user has no account any more")
        bound = claims.get("cnf", {})
        return Access(user, frozenset(claims.get("scope", "").split()), bound.get("jkt"))
