"""What clients can read about this API before they sign in: its metadata (RFC 9728)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

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
        #: That of the resource, which follows the well-known one (section 3.1).
        self._path = urlsplit(settings.resource or "").path.rstrip("/")

    def init_app(self, app: Flask) -> None:
        """Serve it to everybody."""
        view = public(self._show)
        rules = dict.fromkeys((WELL_KNOWN, WELL_KNOWN + unquote(self._path)))
        for rule in rules:
            # It is about the whole app, whatever host or subdomain other routes are for.
            if app.url_map.host_matching:
                app.add_url_rule(rule, ENDPOINT, view, host="<_host>")
                continue
            app.add_url_rule(rule, ENDPOINT, view)
            if app.subdomain_matching:
                app.add_url_rule(rule, ENDPOINT, view, subdomain="<_host>")

    def url(self) -> str | None:
        """Return where the current request's sender finds it, for a challenge (section 5.1); None
        if nobody has said what our address is."""
        origin = own_origin(request, self._settings.public_url)
        if origin is None:
            return None
        return origin + quote(request.root_path) + WELL_KNOWN + self._path

    def _show(self, _host: str = "") -> Response:
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
