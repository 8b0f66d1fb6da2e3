"""What clients can read about this API before they sign in: its metadata (RFC 9728)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, json, request

from .algorithms import PROOF_ALGORITHMS
from .decorators import public
from .errors import HostUnknown
from .origin import own_origin
from .settings import Settings

#: Its path (section 3); the path of a resource that has one may follow (section 3.1).
WELL_KNOWN = "/.well-known/oauth-protected-resource"

#: Its endpoint in every app.
ENDPOINT = "protected_resource_metadata"

#: Seconds for which it may be kept. It changes with the settings alone.
MAX_AGE = 3600


class Metadata:
    """The metadata of one app.

    :param scopes: the catalogue of permissions; None if the app has declared none.
    """

    def __init__(self, settings: Settings, scopes: Iterable[str] | None) -> None:
        self._settings = settings
        self._members = _members(settings, scopes)

    def init_app(self, app: Flask) -> None:
        """Serve it to everybody."""
        view = public(self._show)
        path = urlsplit(self._settings.resource or "").path.rstrip("/")
        for rule in dict.fromkeys((WELL_KNOWN, WELL_KNOWN + path)):
            app.add_url_rule(rule, ENDPOINT, view)

    def url(self) -> str | None:
        """Return where the current request's sender finds it, for a challenge (section 5.1); None
        if nobody has said what our address is."""
        origin = own_origin(request, self._settings.public_url)
        return None if origin is None else origin + quote(request.root_path) + WELL_KNOWN

    def _show(self) -> Response:
        resource = self._settings.resource or own_origin(request, self._settings.public_url)
        if resource is None:
            raise HostUnknown(
                "the request's Host is not known to be ours",
                found=request.host,
                cure="set AUTHZ_RESOURCE, or PUBLIC_URL to this API's origin as clients see it",
            )
        body = json.dumps({"resource": resource, **self._members})
        headers = {"Cache-Control": f"public, max-age={MAX_AGE}"}
        return Response(body, 200, headers, content_type="application/json")


def _members(settings: Settings, scopes: Iterable[str] | None) -> dict[str, Any]:
    """Return what is the same for every request (section 2)."""
    members: dict[str, Any] = {"bearer_methods_supported": ["header"]}
    if settings.issuers:
        members["authorization_servers"] = [issuer.url for issuer in settings.issuers]
    if scopes is not None:
        members["scopes_supported"] = sorted(scopes)
    if settings.dpop != "off":
        members["dpop_signing_alg_values_supported"] = list(PROOF_ALGORITHMS)
        members["dpop_bound_access_tokens_required"] = settings.dpop == "required"
    return members
