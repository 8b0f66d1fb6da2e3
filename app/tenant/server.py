"""The authorization server: Authlib's, with Auth0's `audience`.

Whoever asks Auth0 for a token says for which API, and gets the permissions granted for it.
"""

from collections.abc import Sequence

from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oidc.core.errors import LoginRequiredError
from flask import Request, Response
from werkzeug.datastructures import MultiDict

from app.tenant.accounts import Accounts
from app.tenant.clients import CLIENTS, Client
from app.tenant.grants.access import AccessTokens
from app.tenant.grants.authorization_request import AuthorizationRequest
from app.tenant.grants.client_credentials import TenantClientCredentials
from app.tenant.grants.codes import LIFETIME as CODE_LIFETIME
from app.tenant.grants.codes import Code, RequiredChallenge, TenantAuthorizationCode
from app.tenant.grants.id_tokens import IdTokens
from app.tenant.grants.proofs import Proofs
from app.tenant.grants.refresh_tokens import RefreshTokens, TenantRefreshToken, TenantRevocation
from app.tenant.memory import Memory
from app.tenant.permissions import PermissionFile
from app.tenant.token_request import TokenRequest
from app.tenant.tokens import TokenIssuer, management_audience

_MOST_CODES = 1_000


class TenantServer(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's server over the tenant's clients, people and tokens."""

    def __init__(
        self,
        tokens: TokenIssuer,
        audiences: Sequence[str],
        permissions: PermissionFile,
        accounts: Accounts,
    ) -> None:
        # What is kept of a token, its maker keeps.
        super().__init__(query_client=CLIENTS.get, save_token=lambda *_: None)
        self.tokens = tokens
        #: The APIs that tokens may be asked for.
        self.audiences = frozenset(audiences)
        #: The tenant's own API, for clients that were granted something there.
        self.management = management_audience(tokens.issuer)
        self.access = AccessTokens(tokens, self.audiences, permissions, accounts)
        self.codes: Memory[Code] = Memory(tokens.clock, CODE_LIFETIME, _MOST_CODES)
        self.refresh_tokens = RefreshTokens(tokens.clock)
        self.proofs = Proofs(tokens.clock)
        # Not Authlib's own: they tell an unknown client from a wrong secret.
        self.register_client_auth_method("client_secret_basic", _client_by_header)
        self.register_client_auth_method("client_secret_post", _client_by_body)
        self.register_client_auth_method("none", _client_by_name)
        self.register_grant(TenantClientCredentials)
        id_tokens = IdTokens(tokens)
        self.register_grant(TenantAuthorizationCode, [RequiredChallenge(), id_tokens])
        self.register_grant(TenantRefreshToken, [id_tokens])
        self.register_endpoint(TenantRevocation)

    def create_oauth2_request(self, request: Request | OAuth2Request) -> OAuth2Request:
        """Read a request of a client, unless it has been read.

        :raises InvalidRequestError: it is malformed; Authlib leaves that to its caller.
        """
        if isinstance(request, OAuth2Request):
            return request
        return TokenRequest(f"{self.tokens.issuer}oauth/token", request)

    def read_authorization_request(self, given: MultiDict[str, str]) -> AuthorizationRequest:
        """Read a request that a browser brings, in a query or a form.

        :raises InvalidRequestError: it is malformed.
        """
        return AuthorizationRequest(f"{self.tokens.issuer}authorize", given)

    def refuse(self, request: AuthorizationRequest) -> Response | None:
        """Return the answer to a request that cannot be granted, whoever signs in; else None.

        :raises OAuth2Error: it cannot be known where the answer goes.
        """
        try:
            self.get_consent_grant(request)
        except OAuth2Error as error:
            if error.redirect_uri is None:
                raise
            return self._named(self.handle_error_response(request, error))
        return None

    def refuse_silently(self, request: AuthorizationRequest) -> Response:
        """Return the answer to a request that forbids to ask who is there."""
        error = LoginRequiredError(
            redirect_uri=request.payload.redirect_uri, state=request.payload.state
        )
        return self._named(self.handle_error_response(request, error))

    def grant(self, request: AuthorizationRequest) -> Response:
        """Return the answer to a request of which nothing is wrong, with a code."""
        assert request.session is not None
        grant = self.get_authorization_grant(request)
        return self._named(
            self.create_authorization_response(request, request.session.user, grant=grant)
        )

    def _named(self, response: Response) -> Response:
        """Have an answer say whose it is (RFC 9207)."""
        if response.location:
            response.location = add_params_to_uri(response.location, {"iss": self.tokens.issuer})
        return response


def _client_by_header(_: object, request: TokenRequest) -> Client | None:
    return _client(*request.basic) if request.basic else None


def _client_by_body(_: object, request: TokenRequest) -> Client | None:
    parameters = request.parameters
    return _client(parameters.get("client_id", ""), parameters.get("client_secret", ""))


def _client_by_name(_: object, request: TokenRequest) -> Client | None:
    return CLIENTS.get(request.parameters.get("client_id", ""))


def _client(client_id: str, client_secret: str) -> Client | None:
    client = CLIENTS.get(client_id)
    return client if client and client.check_client_secret(client_secret) else None
