"""The tenant's own Flask application: its addresses, which are Auth0's, and its errors."""

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, json, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.tenant.accounts import Accounts
from app.tenant.cors import allow_local_pages
from app.tenant.grants.refresh_tokens import TenantRevocation
from app.tenant.hosts import refuse_foreign_hosts
from app.tenant.keys import KeyFile
from app.tenant.management import PREFIX, as_management_error, management_api
from app.tenant.metadata import metadata
from app.tenant.pages.files import page_files
from app.tenant.pages.headers import mark_answers
from app.tenant.pages.sessions import Sessions
from app.tenant.pages.sign_in import sign_in_pages
from app.tenant.pages.sign_out import sign_out_pages
from app.tenant.permissions import PermissionFile
from app.tenant.server import TenantServer
from app.tenant.tokens import TokenIssuer
from app.tenant.userinfo import userinfo_endpoint

#: Largest body of a request, in bytes; no parameter needs more.
MAX_BODY = 16 * 1024

#: As Auth0 serves its keys: a rotation is seen within seconds, and a short outage is bridged.
_KEYS_CACHE_CONTROL = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"


def create_tenant(
    issuer: str,
    audiences: Sequence[str],
    keys: KeyFile,
    permissions: PermissionFile,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """Make the application of a local tenant.

    :param issuer: the tenant's own address, ending in a slash. It is what documents and tokens say,
        whatever `Host` a request names.
    :param audiences: the APIs that tokens may be asked for.
    :param keys: the signing keys, read again for every request.
    :param permissions: what users may do now, read again for every request.
    :param clock: returns the seconds since 1970.
    """
    tenant = Flask(__name__, static_folder=None)
    tenant.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    tokens, accounts = TokenIssuer(issuer, keys, clock), Accounts()
    server = TenantServer(tokens, audiences, permissions, accounts)
    sessions = Sessions(f"menu-tenant-{urlsplit(issuer).port}", clock)
    mark_answers(tenant)
    allow_local_pages(tenant)
    refuse_foreign_hosts(tenant)
    _add_documents(tenant, issuer, keys)
    _add_token_endpoints(tenant, server)
    tenant.register_blueprint(userinfo_endpoint(f"{issuer}userinfo", server.access, server.proofs))
    tenant.register_blueprint(page_files())
    tenant.register_blueprint(sign_in_pages(server, accounts, sessions))
    tenant.register_blueprint(sign_out_pages(server, sessions))
    tenant.register_blueprint(management_api(tokens, audiences, permissions, accounts))
    tenant.register_error_handler(HTTPException, _as_error)
    return tenant


def _add_documents(tenant: Flask, issuer: str, keys: KeyFile) -> None:
    @tenant.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        """Say where everything is (OpenID Connect Discovery 1.0, section 4)."""
        return _document(metadata(issuer))

    @tenant.get("/.well-known/jwks.json")
    def jwks() -> Response:
        """Publish the keys that tokens may be signed with."""
        return _document(keys.load().public_set())


def _add_token_endpoints(tenant: Flask, server: TenantServer) -> None:
    @tenant.post("/oauth/token")
    def token() -> Response:
        """Hand out an access token (RFC 6749, section 3.2)."""
        response: Response = server.create_token_response(request)
        return response

    @tenant.post("/oauth/revoke")
    def revoke() -> Response:
        """End a refresh token (RFC 7009, section 2)."""
        response: Response = server.create_endpoint_response(
            TenantRevocation.ENDPOINT_NAME, request
        )
        return response

    @tenant.errorhandler(OAuth2Error)
    def refuse(error: OAuth2Error) -> Response:
        """Answer a request that was refused while Authlib was still reading it."""
        response: Response = server.handle_error_response(None, error)
        return response


def _document(content: dict[str, object]) -> Response:
    response = jsonify(content)
    response.headers["Cache-Control"] = _KEYS_CACHE_CONTROL
    return response


def _as_error(error: HTTPException) -> BaseResponse:
    is_management = request.path.startswith(f"{PREFIX}/")
    return as_management_error(error) if is_management else _as_oauth_error(error)


def _as_oauth_error(error: HTTPException) -> BaseResponse:
    """Answer what never reached the authorization server in its form (RFC 6749, section 5.2)."""
    response = error.get_response()
    name = "invalid_request" if response.status_code < 500 else "server_error"
    response.data = json.dumps({"error": name, "error_description": error.name})
    response.content_type = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response
