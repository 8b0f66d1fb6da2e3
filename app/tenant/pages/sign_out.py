"""Signing out: Auth0's address, and the one of OpenID Connect RP-Initiated Logout."""

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oidc.rpinitiated import EndSessionEndpoint
from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.tenant.clients import CLIENTS, Client
from app.tenant.pages.headers import mark_page
from app.tenant.pages.sessions import Sessions
from app.tenant.pages.sign_in import explain, is_own_form
from app.tenant.parameters import read_parameters
from app.tenant.redirects import is_local
from app.tenant.server import TenantServer
from app.tenant.tokens import TokenIssuer

_PARAMETERS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint")


def sign_out_pages(server: TenantServer, sessions: Sessions) -> Blueprint:
    """Make the pages."""
    pages = Blueprint("sign_out", __name__)
    address = f"{server.tokens.issuer}oidc/logout"
    endpoint = _EndSession(server, sessions)
    server.register_endpoint(endpoint)

    @pages.get("/v2/logout")
    def logout() -> BaseResponse:
        """Sign out, and go back to the application (Auth0's Authentication API)."""
        asked = read_parameters(request.args, ("client_id", "returnTo"))
        sessions.forget()
        target = asked.get("returnTo")
        if target is not None and not _may_return(asked.get("client_id"), target):
            raise InvalidRequestError("The returnTo is not an address of this machine.")
        return _signed_out(redirect(target) if target else None)

    @pages.route("/oidc/logout", methods=["GET", "POST"])
    def end_session() -> BaseResponse:
        """Sign out; without an ID token of the session, only after a question."""
        given = request.form if request.method == "POST" else request.args
        parameters = read_parameters(given, _PARAMETERS)
        hint = OAuth2Request(request.method, address)
        hint.payload = BasicOAuth2Payload(parameters)
        asked = server.validate_endpoint_request(_EndSession.ENDPOINT_NAME, hint)
        is_confirmed = request.method == "POST" and is_own_form()
        if asked.needs_confirmation and not is_confirmed and sessions.current() is not None:
            page = render_template("tenant/logout.html", parameters=parameters)
            return mark_page(make_response(page), asked.redirect_uri)
        return _signed_out(server.create_endpoint_response(_EndSession.ENDPOINT_NAME, asked))

    def _signed_out(response: BaseResponse | None) -> BaseResponse:
        if response is None:
            response = mark_page(make_response(render_template("tenant/signed_out.html")))
        sessions.delete_cookie(response)
        return response

    pages.register_error_handler(OAuth2Error, explain)
    return pages


def _may_return(client_id: str | None, address: str) -> bool:
    if client_id is None:
        return is_local(address)
    client = CLIENTS.get(client_id)
    return client is not None and client.check_redirect_uri(address)


class _EndSession(EndSessionEndpoint):  # type: ignore[misc]  # Authlib ships no types
    """The end of a session on the wish of a client."""

    def __init__(self, server: TenantServer, sessions: Sessions) -> None:
        super().__init__(server)
        self._sessions = sessions
        self._tokens: TokenIssuer = server.tokens

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, object]:
        """Return the claims of an ID token of ours, also of one that has expired."""
        try:
            claims = self._tokens.claims_of(id_token_hint, even_if_expired=True)
        except ValueError as error:
            raise InvalidRequestError("The id_token_hint is no ID token of this tenant.") from error
        if not isinstance(claims.get("aud"), str) or "sid" not in claims:
            raise InvalidRequestError("The id_token_hint is no ID token.")
        return claims

    def _is_valid_post_logout_redirect_uri(self, client: Client, address: str) -> bool:
        return client.check_redirect_uri(address)

    def is_post_logout_redirect_uri_legitimate(self, *_: object) -> bool:
        """Take an address without an ID token: the person is asked first."""
        return True

    def end_session(self, _: object) -> None:
        """Sign the browser out."""
        self._sessions.forget()
