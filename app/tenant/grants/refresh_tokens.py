"""Refresh tokens that are good once (RFC 6749, section 6; RFC 9700, section 4.14)."""

from collections.abc import Callable
from typing import Protocol

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint

from app.tenant.clients import Client
from app.tenant.grants.access import AccessTokens
from app.tenant.grants.proofs import Proofs
from app.tenant.grants.sign_in import SignIn
from app.tenant.memory import Memory
from app.tenant.token_request import TokenRequest
from app.tenant.users import User

#: Seconds that a sign-in can be refreshed, whatever happens; Auth0's default is a month too.
LIFETIME = 30 * 86_400

_MOST = 1_000


class RefreshTokens:
    """The sign-ins that can be refreshed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._sign_ins: Memory[SignIn] = Memory(clock, LIFETIME, _MOST)

    def first(self, sign_in: SignIn) -> str:
        """Return the first refresh token of a sign-in."""
        self._sign_ins.add(sign_in.name, sign_in)
        return sign_in.new_refresh_token()

    def find(self, refresh_token: str) -> SignIn | None:
        """Return the sign-in that a token is of, if it is the good one or ever was."""
        return self._sign_ins.get(refresh_token.partition(".")[0])


def _unknown() -> InvalidGrantError:
    # Auth0's words: its library then asks whether the person is still signed in.
    return InvalidGrantError("Unknown or invalid refresh token.")


class Server(Protocol):
    """What the grant and the endpoint ask of their server."""

    access: AccessTokens
    proofs: Proofs
    refresh_tokens: RefreshTokens


class TenantRefreshToken(RefreshTokenGrant):  # type: ignore[misc]
    """The exchange of a refresh token for the next one and an access token."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    server: Server

    def validate_token_request(self) -> None:
        """Check proof, client and token. Nothing is used up yet."""
        self.thumbprint = self.server.proofs.of_token_request(self.request)
        super().validate_token_request()
        wanted = self.request.refresh_token.thumbprint
        if wanted not in (None, self.thumbprint):
            raise InvalidGrantError("The refresh token is bound to another key.")

    def authenticate_refresh_token(self, refresh_token: str) -> SignIn:
        """Return the sign-in of a token."""
        sign_in = self.server.refresh_tokens.find(refresh_token)
        if sign_in is None or sign_in.has_ended:
            raise _unknown()
        return sign_in

    def authenticate_user(self, refresh_token: SignIn) -> User:
        """Return who signed in."""
        return refresh_token.user

    def issue_token(self, _: User, refresh_token: SignIn) -> dict[str, object]:
        """Use the token up, and make the answer of RFC 6749, section 5.1.

        :raises InvalidGrantError: it is not the good one; none of the sign-in is, from now on.
        """
        self.request.sign_in = refresh_token
        following = refresh_token.exchange(self.request.form["refresh_token"])
        if following is None:
            raise _unknown()
        scope = self.request.payload.scope
        answer = self.server.access.answer(refresh_token, self.thumbprint, scope)
        return answer | {"refresh_token": following}

    def revoke_old_credential(self, refresh_token: SignIn) -> None:
        """The old one is used up already, at once with the making of the new."""


class TenantRevocation(RevocationEndpoint):  # type: ignore[misc]
    """The end of a sign-in, on the wish of its client (RFC 7009)."""

    CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    server: Server

    def check_params(self, request: TokenRequest, _: Client) -> None:
        """Want a token. A hint is not needed, so none is wrong (RFC 7009, section 2.1)."""
        if "token" not in request.form:
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token_string: str, _: str | None) -> SignIn | None:
        """Return the sign-in of a refresh token; other tokens are known by their signature."""
        return self.server.refresh_tokens.find(token_string)

    def revoke_token(self, token: SignIn, _: TokenRequest) -> None:
        """End the sign-in."""
        token.end()
