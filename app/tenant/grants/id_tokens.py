"""ID tokens (OpenID Connect Core, section 2) in the shape of Auth0's."""

from typing import Any

from authlib.oauth2 import OAuth2Request
from authlib.oidc.core.grants.code import OpenIDToken
from authlib.oidc.core.util import create_half_hash

from app.tenant.grants.sign_in import SignIn
from app.tenant.keys import ALGORITHM
from app.tenant.tokens import TokenIssuer
from app.tenant.users import User

#: Seconds that an ID token lives; Auth0's default.
LIFETIME = 36_000

#: Where applications find the user's roles. In Auth0, an Action puts them there.
ROLES_CLAIM = "https://menu-api.demo.com/roles"


def profile_of(user: User, scope: frozenset[str]) -> dict[str, object]:
    """Return what a scope lets a client know of a user (OpenID Connect Core, section 5.4)."""
    claims: dict[str, object] = {"sub": user.subject}
    if "profile" in scope:
        claims |= {"name": user.name, "nickname": user.nickname, "updated_at": user.updated_at}
    if "email" in scope:
        claims |= {"email": user.email, "email_verified": True}
    return claims


class IdTokens(OpenIDToken):  # type: ignore[misc]  # Authlib ships no types
    """Adds an ID token to each answer for the scope `openid`."""

    def __init__(self, tokens: TokenIssuer) -> None:
        self._tokens = tokens

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        """Return an ID token. Authlib's own goes by a clock that nobody can move."""
        sign_in: SignIn = request.sign_in
        claims = {
            **profile_of(sign_in.user, frozenset(token["scope"].split())),
            ROLES_CLAIM: list(sign_in.user.roles),
            "aud": sign_in.client_id,
            "sid": sign_in.sid,
            "auth_time": sign_in.signed_in_at,
            "at_hash": create_half_hash(token["access_token"], ALGORITHM).decode(),
        }
        if sign_in.nonce is not None:
            claims["nonce"] = sign_in.nonce
        return self._tokens.sign(claims, LIFETIME)
