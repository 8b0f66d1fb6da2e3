"""Authorization codes (RFC 6749, section 4.1) with proof of who asked for them (RFC 7636)."""

import re
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from app.tenant.clients import Client
from app.tenant.grants.access import AccessTokens
from app.tenant.grants.authorization_request import AuthorizationRequest
from app.tenant.grants.proofs import Proofs
from app.tenant.grants.refresh_tokens import RefreshTokens
from app.tenant.grants.sign_in import SignIn
from app.tenant.memory import Memory
from app.tenant.users import User

#: Seconds between a code and its exchange.
LIFETIME = 60

#: A SHA-256 hash in base64url: that of a verifier, or the thumbprint of a key.
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass
class Code:
    """A code and what it stands for. The other names are what Authlib asks for."""

    sign_in: SignIn
    redirect_uri: str
    code_challenge: str
    #: The key that the exchange must prove, if the client named one.
    thumbprint: str | None
    code_challenge_method: str = "S256"
    _is_used: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)

    def use(self) -> bool:
        """Use the code up. False if it was used: then somebody else has it too, and all that came
        of it ends (RFC 6749, section 4.1.2)."""
        with self._lock:
            is_first, self._is_used = not self._is_used, True
        if not is_first:
            self.sign_in.end()
        return is_first

    def get_redirect_uri(self) -> str:
        """Return where the code was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return what was asked for."""
        return self.sign_in.scope


class Server(Protocol):
    """What the grant asks of its server."""

    access: AccessTokens
    codes: Memory[Code]
    proofs: Proofs
    refresh_tokens: RefreshTokens


class TenantAuthorizationCode(AuthorizationCodeGrant):  # type: ignore[misc]
    """The grant of a code to a client, and its exchange for tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    server: Server

    @staticmethod
    def validate_authorization_redirect_uri(request: AuthorizationRequest, client: Client) -> str:
        """Return where the answer goes. Authlib's own repeats a wrong address in its error."""
        redirect_uri = request.payload.redirect_uri
        if redirect_uri is None or not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError(
                "The redirect_uri is missing, or not an address of this machine, such as "
                "http://127.0.0.1:5173/callback."
            )
        return str(redirect_uri)

    def validate_authorization_request(self) -> str:
        """Check the request, and return where the answer goes."""
        redirect_uri = str(super().validate_authorization_request())
        try:
            self.request.check()
            self.server.access.check_audience(self.request.parameters.get("audience"))
            if not _HASH.fullmatch(self.request.parameters.get("dpop_jkt", "0" * 43)):
                raise InvalidRequestError("The dpop_jkt is not the thumbprint of a key.")
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            raise
        return redirect_uri

    def save_authorization_code(self, code: str, request: AuthorizationRequest) -> None:
        """Remember what a code stands for."""
        session, parameters = request.session, request.parameters
        assert session is not None
        sign_in = SignIn(
            user=session.user,
            client_id=request.client.client_id,
            scope=request.scope,
            audience=parameters.get("audience"),
            nonce=parameters.get("nonce"),
            sid=session.sid,
            signed_in_at=session.signed_in_at,
        )
        self.server.codes.add(
            code,
            Code(
                sign_in,
                parameters["redirect_uri"],
                parameters["code_challenge"],
                parameters.get("dpop_jkt"),
            ),
        )

    def validate_token_request(self) -> None:
        """Check a proof of a key before anything else: one that is refused uses no code up."""
        self.thumbprint = self.server.proofs.of_token_request(self.request)
        super().validate_token_request()
        wanted = self.request.authorization_code.thumbprint
        if wanted not in (None, self.thumbprint):
            raise InvalidGrantError("The code is bound to another key.")

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Return what a code stands for, once. A wrong client has used it up, too."""
        found = self.server.codes.get(code)
        if found is None or not found.use() or not found.sign_in.check_client(client):
            return None
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Keep the code, so that its next use is seen; it is used up."""

    def authenticate_user(self, authorization_code: Code) -> User:
        """Return who signed in."""
        return authorization_code.sign_in.user

    def generate_token(self, **_: object) -> dict[str, object]:
        """Make the answer of RFC 6749, section 5.1."""
        sign_in, client = self.request.authorization_code.sign_in, self.request.client
        self.request.sign_in = sign_in
        if client.is_public:
            sign_in.thumbprint = self.thumbprint
        answer = self.server.access.answer(sign_in, self.thumbprint)
        if "offline_access" in str(answer.get("scope", "")).split():
            answer["refresh_token"] = self.server.refresh_tokens.first(sign_in)
        return answer


class RequiredChallenge(CodeChallenge):  # type: ignore[misc]
    """Proof Key for Code Exchange with S256, from every client (RFC 9700, section 2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}  # noqa: RUF012

    def validate_code_challenge(self, grant: TenantAuthorizationCode, _: str) -> None:
        """Refuse a request without a challenge. Authlib's own takes it, and it takes `plain`."""
        parameters = grant.request.parameters
        if parameters.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256.")
        if not _HASH.fullmatch(parameters.get("code_challenge", "")):
            raise InvalidRequestError("The code_challenge must be a SHA-256 hash in base64url.")
