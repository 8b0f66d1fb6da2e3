"""What a client asks of a person, as the browser brings it to `/authorize`."""

from urllib.parse import urlencode

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from werkzeug.datastructures import MultiDict

from app.tenant.pages.sessions import Session
from app.tenant.parameters import read_parameters
from app.tenant.redirects import is_local

#: OAuth 2, PKCE (RFC 7636), DPoP (RFC 9449, section 10), OpenID Connect, and Auth0's own.
_PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "response_mode",
    "audience",
    "screen_hint",
)

_PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})


class AuthorizationRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """A request for an authorization code (RFC 6749, section 4.1.1)."""

    def __init__(self, address: str, given: MultiDict[str, str]) -> None:
        """Read the request.

        :param address: the authorization endpoint's own. Authlib wants a secure one, and the one
            that the request names is whatever the `Host` header says.
        :param given: the query or form that holds the request.
        :raises InvalidRequestError: it is malformed.
        """
        super().__init__("GET", address)
        #: The parameters by name.
        self.parameters = read_parameters(given, _PARAMETERS)
        self.payload = BasicOAuth2Payload(self.parameters)
        #: The session of the person who answers; None until somebody has signed in.
        self.session: Session | None = None

    @property
    def query(self) -> str:
        """The request as a query, for the pages between it and its answer."""
        return urlencode(self.parameters)

    @property
    def prompts(self) -> frozenset[str]:
        """What the person is to be asked (OpenID Connect Core, section 3.1.2.1)."""
        return frozenset(self.parameters.get("prompt", "").split())

    @property
    def is_silent(self) -> bool:
        """Whether nothing may be asked."""
        return "none" in self.prompts

    @property
    def wants_account(self) -> bool:
        """Whether the person comes to make an account."""
        return self.parameters.get("screen_hint") == "signup" or "create" in self.prompts

    @property
    def wants_message(self) -> bool:
        """Whether the answer is to be a message to a page, and there may be such a page."""
        is_asked = self.parameters.get("response_mode") == "web_message"
        return is_asked and is_local(self.payload.redirect_uri)

    def check(self) -> None:
        """Check what Authlib leaves alone.

        :raises InvalidRequestError: a value is not one that there is.
        """
        if self.prompts - _PROMPTS or (self.is_silent and len(self.prompts) > 1):
            raise InvalidRequestError("The prompt is not one that there is.")
        if self.parameters.get("response_mode", "query") != "query" and not self.wants_message:
            raise InvalidRequestError(
                "The response_mode is neither query, nor web_message to a page of this machine."
            )
        max_age = self.parameters.get("max_age", "0")
        if not (max_age.isdigit() and len(max_age) < 10):
            raise InvalidRequestError("The max_age is not a number of seconds.")

    def is_answered_by(self, session: Session | None, now: float) -> bool:
        """Tell whether a session is enough, and nobody need be asked to sign in."""
        if session is None or self.prompts & {"login", "select_account", "create"}:
            return False
        max_age = self.parameters.get("max_age")
        return max_age is None or now - session.signed_in_at < int(max_age)
