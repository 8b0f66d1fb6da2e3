"""Signing in: the addresses that an application sends people to, and the pages that they see."""

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.tenant.accounts import AccountError, Accounts
from app.tenant.grants.authorization_request import AuthorizationRequest
from app.tenant.hosts import own_origin
from app.tenant.pages.headers import mark_page
from app.tenant.pages.sessions import Sessions
from app.tenant.pages.web_message import as_web_message
from app.tenant.server import TenantServer
from app.tenant.users import User

#: Auth0's addresses of the pages between a request and its answer.
_LOGIN, _SIGN_UP = "/u/login", "/u/signup"


def sign_in_pages(server: TenantServer, accounts: Accounts, sessions: Sessions) -> Blueprint:
    """Make the pages."""
    pages = Blueprint("sign_in", __name__)

    @pages.before_request
    def check_origin() -> Response | None:
        """Take forms from the tenant's own pages only: no other page signs anybody in."""
        if request.method != "POST" or request.path == "/authorize" or is_own_form():
            return None
        return _error_page("access_denied", "The form was not sent by a page of the tenant.", 403)

    @pages.route("/authorize", methods=["GET", "POST"])
    def authorize() -> BaseResponse:
        """Answer an application at once if nobody need be asked (RFC 6749, section 3.1)."""
        given = request.form if request.method == "POST" else request.args
        asked = server.read_authorization_request(given)
        refusal = server.refuse(asked)
        if refusal is not None:
            return _deliver(asked, refusal)
        session = sessions.current()
        if asked.is_answered_by(session, server.tokens.clock()):
            asked.session = session
            return _deliver(asked, server.grant(asked))
        if asked.is_silent:
            return _deliver(asked, server.refuse_silently(asked))
        return redirect(f"{_SIGN_UP if asked.wants_account else _LOGIN}?{asked.query}")

    @pages.get(_LOGIN)
    def login() -> Response:
        """Show who can be signed in."""
        asked = _read(server)
        hint = asked.parameters.get("login_hint")
        hinted_first = sorted(accounts.all(), key=lambda user: user.email != hint)
        return _page("login", asked, accounts=hinted_first)

    @pages.post(_LOGIN)
    def log_in() -> BaseResponse:
        """Sign in whoever was chosen."""
        asked = _read(server)
        user = accounts.get(request.form.get("account", ""))
        if user is None:
            return redirect(f"{_LOGIN}?{asked.query}", 303)
        return _signed_in(asked, user)

    @pages.get(_SIGN_UP)
    def signup() -> Response:
        """Show the form of a new account."""
        asked = _read(server)
        return _page("signup", asked, email=asked.parameters.get("login_hint", ""))

    @pages.post(_SIGN_UP)
    def sign_up() -> BaseResponse:
        """Make an account, and sign it in."""
        asked = _read(server)
        name, email = request.form.get("name", ""), request.form.get("email", "")
        try:
            user = accounts.sign_up(name, email)
        except AccountError as error:
            return _page("signup", asked, 422, person=name, email=email, error=error)
        return _signed_in(asked, user)

    def _signed_in(asked: AuthorizationRequest, user: User) -> Response:
        asked.session, cookie = sessions.start(user)
        response = _deliver(asked, server.grant(asked))
        if response.status_code == 302:
            # The browser has posted, and is to get what comes next.
            response.status_code = 303
        sessions.set_cookie(response, cookie)
        return response

    pages.register_error_handler(OAuth2Error, explain)
    return pages


def is_own_form() -> bool:
    """Tell whether a page of the tenant has sent the form. Browsers say so of each."""
    return request.headers.get("Origin") == own_origin()


def explain(error: OAuth2Error) -> Response:
    """Tell the person what their application does wrong, since it cannot be told."""
    return _error_page(str(error.error), str(error.get_error_description() or ""))


def _error_page(error: str, description: str, status: int = 400) -> Response:
    """Return a page that says what is wrong, and leads nowhere."""
    page = render_template("tenant/error.html", error=error, description=description)
    return mark_page(make_response(page, status))


def _read(server: TenantServer) -> AuthorizationRequest:
    """Read the request that a page is about. It stands in the page's address.

    :raises OAuth2Error: it is none that could be granted.
    """
    asked = server.read_authorization_request(request.args)
    server.get_consent_grant(asked)
    return asked


def _deliver(asked: AuthorizationRequest, answer: Response) -> Response:
    if asked.wants_message:
        return as_web_message(answer, asked.payload.redirect_uri)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(name: str, asked: AuthorizationRequest, status: int = 200, **context: object) -> Response:
    page = render_template(f"tenant/{name}.html", asked=asked, **context)
    return mark_page(make_response(page, status), asked.payload.redirect_uri)
