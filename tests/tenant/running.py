"""A served tenant and what its clients send."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from app.authz.testing import Clock
from app.tenant.keys import KeyFile
from app.tenant.permissions import PermissionFile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

AUDIENCE = "https://menu-api.demo.com"
OTHER_AUDIENCE = "https://orders-api.demo.com"

#: When the served tenant starts.
NOW = 1_800_000_000


class Front(Flask):
    """Passes requests on to the tenant of the test that runs."""

    application: Flask

    def __init__(self, issuer: str) -> None:
        super().__init__(__name__, static_folder=None)
        #: Where it is served, as tokens say it.
        self.issuer = issuer

    def wsgi_app(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as that tenant does."""
        return self.application.wsgi_app(environ, start_response)


@dataclass(frozen=True)
class RunningTenant:
    """A tenant that answers HTTP."""

    issuer: str
    keys: KeyFile
    permissions: PermissionFile
    #: What the tenant takes for the time; it stands still at `NOW` until it is moved.
    clock: Clock
    #: The same tenant without HTTP.
    application: Flask

    def get(self, path: str, **options: Any) -> requests.Response:
        """Ask for a document."""
        return requests.get(self.issuer + path, timeout=10, **options)

    def post_token(self, **options: Any) -> requests.Response:
        """Send a request for a token, with the arguments of `requests.post`."""
        return requests.post(f"{self.issuer}oauth/token", timeout=10, **options)

    def verify(self, token: str) -> jwt.Token:
        """Verify a token's signature with the key set that the tenant serves."""
        keys = KeySet.import_key_set(self.get(".well-known/jwks.json").json())
        return jwt.decode(token, keys, algorithms=["RS256"])


def token_form(**changes: str | None) -> dict[str, str]:
    """Return a good token request with these parameters changed, or left out where `None`."""
    good: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "client_id": "postman",
        "client_secret": "postman-development-secret",
        "audience": AUDIENCE,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}
