"""Tokens for machines: client credentials (RFC 6749, section 4.4) for a named API."""

from typing import Protocol

from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    ClientCredentialsGrant,
    InvalidRequestError,
)

from app.tenant.clients import Client
from app.tenant.grants.proofs import Proofs
from app.tenant.tokens import LIFETIME, TokenIssuer


class Server(Protocol):
    """What the grant asks of its server."""

    audiences: frozenset[str]
    management: str
    proofs: Proofs
    tokens: TokenIssuer


class TenantClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]
    """The exchange of a secret for a token, which Auth0 makes for one API."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    server: Server

    def validate_token_request(self) -> None:
        """Check the client, then the audience; Auth0 answers an API that it does not know so."""
        self.thumbprint = self.server.proofs.of_token_request(self.request)
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
        token = self.server.tokens.for_client(
            client.client_id, audience, permissions, self.thumbprint
        )
        kind = "DPoP" if self.thumbprint else "Bearer"
        answer = {"access_token": token, "token_type": kind, "expires_in": LIFETIME}
        if permissions:
            answer["scope"] = " ".join(permissions)
        return answer
