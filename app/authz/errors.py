"""Every reason to turn a request away, as one tree.

An error holds two texts. `detail` is public and the same for everybody; `reason`, `wanted`, `found`
and `cure` are for the log of the person who operates the API and never leave it.
"""

from typing import ClassVar


class AuthzError(Exception):
    """Base of all refusals. A developer's mistake is a `TypeError` or `RuntimeError` instead.

    It is no `HTTPException`: an app that answers in its own words registers this class, or one
    below it, and not a status.
    """

    #: HTTP status of the answer.
    status: ClassVar[int]
    #: Stable name of the refusal, for programs and logs.
    code: ClassVar[str]
    #: `error` of the challenge (RFC 6750, section 3.1), or None where a challenge has none.
    error: ClassVar[str | None] = None
    #: Public sentence.
    detail: ClassVar[str]

    def __init__(
        self, reason: str = "", *, wanted: object = None, found: object = None, cure: str = ""
    ) -> None:
        super().__init__(reason or self.detail)
        #: What failed, for the log.
        self.reason = reason or self.detail
        #: The value that would have passed, or None.
        self.wanted = wanted
        #: The value that came instead, or None. It may be the caller's: quote it before use.
        self.found = found
        #: What to do about it, for the log.
        self.cure = cure


class RequestMalformed(AuthzError):
    """Raised if the `Authorization` header itself cannot be read (RFC 6750, section 3.1)."""

    status = 400
    code = "request_malformed"
    error = "invalid_request"
    detail = "Send the Authorization header once, as: its scheme, a space, the access token."


class HostUnknown(AuthzError):
    """Raised if an answer would depend on the request's `Host`, and it is not known to be ours.

    It has no challenge: the credentials are not what is wrong.
    """

    status = 400
    code = "request_malformed"
    detail = "The Host header does not name this API."


class Unauthorized(AuthzError):
    """Raised if the caller's credentials are no good."""

    status = 401
    code = "credentials_invalid"
    error: ClassVar[str | None] = "invalid_token"
    detail = "The credentials are not valid."


class TokenMissing(Unauthorized):
    """Raised if a request brings no credentials where some are needed.

    Its challenge has no `error` (RFC 6750, section 3.1).
    """

    code = "token_missing"
    error = None
    detail = "Sign in: this request needs an access token."


class TokenOpaque(Unauthorized):
    """Raised if the token is not a signed JWT: opaque, or encrypted."""

    code = "token_opaque"
    detail = "The access token is not a signed JWT."


class TokenMalformed(Unauthorized):
    """Raised if a part of the token cannot be read, or a value in it has the wrong type."""

    code = "token_malformed"
    detail = "The access token cannot be read."


class TokenAlgorithm(Unauthorized):
    """Raised if the token's algorithm is not allowed, or it demands an extension (`crit`)."""

    code = "token_algorithm"
    detail = "The access token is signed in a way that is not accepted here."


class TokenIssuer(Unauthorized):
    """Raised if the token comes from an issuer that this API does not trust."""

    code = "token_issuer"
    detail = "The access token comes from another issuer."


class TokenKeyUnknown(Unauthorized):
    """Raised if the issuer publishes no usable key of the token's name and algorithm."""

    code = "token_key_unknown"
    detail = "The access token is signed with a key that its issuer does not publish."


class TokenSignature(Unauthorized):
    """Raised if the signature does not verify."""

    code = "token_signature"
    detail = "The signature of the access token does not verify."


class TokenExpired(Unauthorized):
    """Raised if the token's time is over."""

    code = "token_expired"
    detail = "The access token has expired."


class TokenNotYetValid(Unauthorized):
    """Raised if the token's time has not begun."""

    code = "token_not_yet_valid"
    detail = "The access token is not valid yet."


class TokenAudience(Unauthorized):
    """Raised if the token was issued for another API."""

    code = "token_audience"
    detail = "The access token is meant for another API."


class TokenIsIdToken(Unauthorized):
    """Raised if an ID token is sent in place of an access token."""

    code = "token_is_id_token"
    detail = "This is an ID token; send the access token."


class TokenBinding(Unauthorized):
    """Raised if the token is bound to a key or a certificate (RFC 7800) and the request does not
    bring it, or the token is not bound although it must be."""

    code = "token_binding"
    detail = "The request does not prove that the access token is the caller's own."


class DpopProofInvalid(Unauthorized):
    """Raised if the proof of a DPoP request is missing, bad or used before (RFC 9449, section 4.3).

    Its challenge is `DPoP`'s (section 7.1).
    """

    code = "dpop_proof_invalid"
    error = "invalid_dpop_proof"
    detail = "The DPoP proof is missing, does not fit this request, or was used before."


class DpopNonceRequired(Unauthorized):
    """Raised if a proof that is good otherwise lacks the server's nonce, or has an old one
    (RFC 9449, section 9). Its challenge is `DPoP`'s; every answer to a proof brings the nonce."""

    code = "dpop_nonce_required"
    error = "use_dpop_nonce"
    detail = "Send the request again, with the nonce of this answer in the DPoP proof."


class TokenInactive(Unauthorized):
    """Raised if the issuer does not report an opaque token as active (RFC 7662)."""

    code = "token_inactive"
    detail = "The access token is not active."


class TokenRevoked(Unauthorized):
    """Raised if the token, its subject's tokens or its client's were revoked before their time."""

    code = "token_revoked"
    detail = "The access token has been revoked."


class Forbidden(AuthzError):
    """Raised if the caller is known but lacks what the request needs."""

    status = 403
    code = "permission_missing"
    error: ClassVar[str | None] = "insufficient_scope"
    detail = "The caller lacks a permission that this request needs."

    def __init__(
        self,
        reason: str = "",
        *,
        scope: tuple[str, ...] = (),
        wanted: object = None,
        found: object = None,
        cure: str = "",
    ) -> None:
        super().__init__(reason, wanted=wanted, found=found, cure=cure)
        #: Names that would open the request, for the challenge (RFC 6750, section 3).
        self.scope = scope


class AnonymousOnly(Forbidden):
    """Raised if a caller who has signed in asks for what is for others only.

    It has no challenge: no token would help.
    """

    code = "anonymous_only"
    error = None
    detail = "This is for callers who have not signed in."


class RightDenied(Forbidden):
    """Raised if a caller has no right on the resource, or there is none: it does not say which."""

    code = "right_denied"
    detail = "The caller has no right to do this here."


class Unavailable(AuthzError):
    """Raised if a verdict needs something that cannot be reached: nobody is let in meanwhile."""

    status = 503

    def __init__(self, reason: str = "", *, retry_after: int = 1, cure: str = "") -> None:
        super().__init__(reason, cure=cure)
        #: Whole seconds after which a retry makes sense.
        self.retry_after = retry_after


class KeysUnavailable(Unavailable):
    """Raised if the issuer's keys cannot be known now."""

    code = "keys_unavailable"
    detail = "Access tokens cannot be checked at the moment. Try again later."


class IntrospectionUnavailable(Unavailable):
    """Raised if the issuer cannot be asked for an opaque token now (RFC 7662)."""

    code = "introspection_unavailable"
    detail = "Access tokens of this kind cannot be checked at the moment. Try again later."


class StateUnavailable(Unavailable):
    """Raised if what all processes share, proofs used and tokens revoked, cannot be known now."""

    code = "state_unavailable"
    detail = "Access cannot be decided at the moment. Try again later."


class PermissionsUnavailable(Unavailable):
    """Raised if the caller's permissions are to be asked for, and cannot be known now."""

    code = "permissions_unavailable"
    detail = "Access cannot be decided at the moment. Try again later."
