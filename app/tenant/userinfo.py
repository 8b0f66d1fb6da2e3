"""What an application may know of who signed in (OpenID Connect Core, section 5.3)."""

from flask import Blueprint, Response, jsonify, request

from app.authz.algorithms import PROOF_ALGORITHMS
from app.tenant.grants.access import Access, AccessTokens
from app.tenant.grants.id_tokens import profile_of
from app.tenant.grants.proofs import InvalidDpopProofError, Proofs


class _RefusedError(Exception):
    """Raised if a request gets nothing. The text is a challenge (RFC 6750, section 3)."""

    def __init__(self, challenge: str, status: int = 401) -> None:
        super().__init__(challenge)
        self.challenge = challenge
        self.status = status


def userinfo_endpoint(address: str, access: AccessTokens, proofs: Proofs) -> Blueprint:
    """Make the endpoint.

    :param address: the endpoint's own, which proofs must name.
    """
    endpoint = Blueprint("userinfo", __name__)

    @endpoint.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        """Tell who the token is of, as far as its scope goes."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        opened = _opened(access, scheme.lower(), token)
        if opened.thumbprint is not None:
            _check_proof(proofs, opened.thumbprint, address, token)
        if "openid" not in opened.scope:
            raise _RefusedError('Bearer error="insufficient_scope", scope="openid"', 403)
        return jsonify(profile_of(opened.user, opened.scope))

    @endpoint.errorhandler(_RefusedError)
    def refuse(error: _RefusedError) -> Response:
        """Answer a request that gets nothing."""
        response = jsonify(error="Unauthorized" if error.status == 401 else "Forbidden")
        response.status_code = error.status
        response.headers["WWW-Authenticate"] = error.challenge
        return response

    @endpoint.after_request
    def keep_private(response: Response) -> Response:
        """Have nothing of it kept."""
        response.headers["Cache-Control"] = "no-store"
        return response

    return endpoint


def _opened(access: AccessTokens, scheme: str, token: str) -> Access:
    """Return what a token opens, if it comes under the scheme that it is for."""
    if scheme not in ("bearer", "dpop"):
        raise _RefusedError("Bearer")
    try:
        opened = access.read(token)
    except ValueError:
        raise _RefusedError('Bearer error="invalid_token"') from None
    if (scheme == "dpop") is not (opened.thumbprint is not None):
        raise _RefusedError('Bearer error="invalid_token"')
    return opened


def _check_proof(proofs: Proofs, thumbprint: str, address: str, token: str) -> None:
    try:
        found = proofs.check(request.headers.get("DPoP", ""), request.method, address, token)
    except InvalidDpopProofError:
        found = None
    if found != thumbprint:
        algorithms = " ".join(PROOF_ALGORITHMS)
        raise _RefusedError(f'DPoP error="invalid_dpop_proof", algs="{algorithms}"')
