"""The authorization server: Authlib's, with Auth0's `audience`.

Whoever asks Auth0 for a token says for which API, and gets the permissions granted for it.
"""

from collections.abc import Sequence

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    ClientCredentialsGrant,
    InvalidRequestError,
)
from flask import Request

from app.tenant.clients import CLIENTS, Client
from app.tenant.token_request import TokenRequest
from app.tenant.tokens import LIFETIME, TokenIssuer, management_audience


class TenantServer(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's server over the tenant's clients and tokens."""

    def __init__(self, tokens: TokenIssuer, audiences: Sequence[str]) -> None:
        super().__init__()
        self.tokens = tokens
        #: The APIs that tokens may be asked for.
        self.audiences = frozenset(audiences)
        #: The tenant's own API, for clients that were granted something there.
        self.management = management_audience(tokens.issuer)
        # Not Authlib's own: they tell an unknown client from a wrong secret.
        self.register_client_auth_method("client_secret_basic", _client_by_header)
        self.register_client_auth_method("client_secret_post", _client_by_body)
        self.register_grant(TenantClientCredentials)

    def query_client(self, client_id: str) -> Client | None:
        """Return the client with this identifier."""
        return CLIENTS.get(client_id)

    def save_token(self, *_: object) -> None:
        """Keep nothing: an access token is known by its signature."""

    def create_oauth2_request(self, request: Request) -> TokenRequest:
        """Read a request to the token endpoint.

        :raises InvalidRequestError: it is malformed; Authlib leaves that to its caller.
        """
        return TokenRequest(f"{self.tokens.issuer}oauth/token", request)


class TenantClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials (RFC 6749, section 4.4) for a named API."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def validate_token_request(self) -> None:
        """Check the client, then the audience; Auth0 answers an API that it does not know so."""
        super().validate_token_request()
        audience = self.request.parameters.get("audience")
        if audience is None:
            raise InvalidRequestError("Missing 'audience': say which API the token is for.")
        if audience == self.server.management and not self.request.client.management_permissions:
            raise AccessDeniedError("The client has no grant for this API.", status_code=403)
        if audience not in self.server.audiences | {self.server.management}:
            raise AccessDeniedError("The tenant knows no API by this audience.", status_code=403)

    def generate_token(self, scope: str | None = None, **_: object) -> dict[str, object]:
        """Make the answer of RFC 6749, section 5.1."""
        client: Client = self.request.client
        audience = self.request.parameters["audience"]
        permissions = client.granted(scope, management=audience == self.server.management)
        token = self.server.tokens.for_client(client.client_id, audience, permissions)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}
        if permissions:
            answer["scope"] = " ".join(permissions)
        return answer


def _client_by_header(_: object, request: TokenRequest) -> Client | None:
    return _client(*request.basic) if request.basic else None


def _client_by_body(_: object, request: TokenRequest) -> Client | None:
    parameters = request.parameters
    return _client(parameters.get("client_id", ""), parameters.get("client_secret", ""))


def _client(client_id: str, client_secret: str) -> Client | None:
    client = CLIENTS.get(client_id)
    return client if client and client.check_client_secret(client_secret) else None
