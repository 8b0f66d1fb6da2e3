"""What a client sends to `/oauth/token` or `/oauth/revoke`, as Authlib wants it.

Authlib's own reading takes forms only, adds the query string to them, and raises more than OAuth
errors on hostile input, such as `UnicodeDecodeError` for a `Basic` header that is not UTF-8. So
everything is read here, and Authlib sees parameters of printable ASCII only.
"""

import json
import re
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import Request
from werkzeug.exceptions import LengthRequired

from app.tenant.grants.sign_in import SignIn

#: The characters of client identifiers, secrets and scopes (RFC 6749, appendix A).
_PRINTABLE = re.compile(r"[\x20-\x7e]*")


class TokenRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """A request of a client, with the parameters of its body and the secret where it was sent."""

    def __init__(self, address: str, http: Request) -> None:
        """Read the request.

        :param address: the token endpoint's own. Authlib wants a secure one, and the one that the
            request names is whatever the `Host` header says.
        :raises InvalidRequestError: the body is no form and no JSON object of texts, or client
            credentials come twice.
        """
        super().__init__(http.method, address, headers=http.headers)
        #: The parameters by name.
        self.parameters = _parameters(http)
        self.payload = BasicOAuth2Payload(self.parameters)
        #: Client identifier and secret from the `Authorization` header, if it holds them.
        self.basic = _basic_credentials(http)
        if self.basic and "client_secret" in self.parameters:
            raise InvalidRequestError("Send the client credentials once: header or body.")
        #: What the tokens are of, if somebody signed in; set by the grants.
        self.sign_in: SignIn | None = None

    @property
    def form(self) -> dict[str, str]:
        """The parameters, under the name that Authlib's grants have for them."""
        return self.parameters


def _parameters(http: Request) -> dict[str, str]:
    if http.content_length is None:
        # Werkzeug cuts a chunked body off at the limit without a word.
        raise LengthRequired
    if http.mimetype == "application/json":
        pairs = _json_pairs(http.get_data())
    elif http.mimetype == "application/x-www-form-urlencoded":
        pairs = list(http.form.items(multi=True))
    else:
        raise InvalidRequestError("Send a form (application/x-www-form-urlencoded) or JSON.")
    return _unique_texts(pairs)


class _JsonObject(list[tuple[str, object]]):
    """A JSON object as its members, so that one sent twice is seen."""


def _json_pairs(body: bytes) -> list[tuple[str, object]]:
    try:
        document = json.loads(body.decode(), object_pairs_hook=_JsonObject)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The body is not JSON.") from error
    if not isinstance(document, _JsonObject):
        raise InvalidRequestError("The body is not a JSON object.")
    return document


def _unique_texts(pairs: list[tuple[str, object]]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters:
            raise InvalidRequestError("A parameter is repeated.")
        if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
            raise InvalidRequestError("A parameter is not a text of printable ASCII characters.")
        parameters[name] = value
    return parameters


def _basic_credentials(http: Request) -> tuple[str, str] | None:
    try:
        credentials = http.authorization
    except ValueError as error:
        # Werkzeug's answer to a header outside ASCII.
        raise InvalidRequestError("The Authorization header is malformed.") from error
    if credentials is None or credentials.type != "basic":
        return None
    # Encoded as in a form (RFC 6749, section 2.3.1). Many clients do not, which is the same here:
    # no identifier and no secret holds a `%` or a `+`.
    return unquote_plus(credentials.username or ""), unquote_plus(credentials.password or "")
