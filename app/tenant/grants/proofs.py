"""Proofs that a client holds a key (RFC 9449, section 4), to which its tokens are then bound."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error

from app.authz.errors import DpopProofInvalid
from app.authz.tokens import proofs
from app.authz.tokens.digests import digest, same
from app.authz.tokens.jose import signs
from app.tenant.memory import Memory
from app.tenant.token_request import TokenRequest

#: Seconds by which the time of a proof may differ from ours.
MAX_AGE = 60

#: Characters of the longest name of a proof.
_MOST_JTI = 256

_MOST_REMEMBERED = 100_000


class InvalidDpopProofError(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """Raised if a proof is not good (RFC 9449, section 5)."""

    error = "invalid_dpop_proof"


class Proofs:
    """Checks proofs, each of which is good once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._used: Memory[bool] = Memory(clock, 2 * MAX_AGE + 1, _MOST_REMEMBERED)

    def of_token_request(self, request: TokenRequest) -> str | None:
        """Return the thumbprint of the key that a request for a token proves; None without proof.

        :raises InvalidDpopProofError: the proof is not good.
        """
        proof = request.headers.get("DPoP")
        return None if proof is None else self.check(proof, request.method, request.uri)

    def check(self, proof: str, method: str, address: str, token: str | None = None) -> str:
        """Check the proof of a request, and return the thumbprint of its key.

        :param address: where the request goes, by our own knowledge.
        :param token: the access token that comes with it.
        :raises InvalidDpopProofError: the proof is not good.
        """
        try:
            claims, thumbprint = _read(proof)
            _check_request(claims, method, address)
            if token is not None:
                _check_token(claims, token)
            self._check_time(claims)
            self._check_first_use(claims, thumbprint)
        except (DpopProofInvalid, ValueError) as error:
            raise InvalidDpopProofError("The DPoP proof is not good for this request.") from error
        return thumbprint

    def _check_time(self, claims: dict[str, Any]) -> None:
        issued_at = claims.get("iat")
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            raise ValueError("iat is no number")
        now = self._clock()
        # A huge number compares well, but cannot be calculated with.
        if not now - MAX_AGE <= issued_at <= now + MAX_AGE:
            raise ValueError("iat is too far from now")

    def _check_first_use(self, claims: dict[str, Any], thumbprint: str) -> None:
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= _MOST_JTI:
            raise ValueError("jti is no short text")
        if not self._used.add(f"{thumbprint} {jti}", value=True):
            raise ValueError("the proof was used before")


def _read(proof: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a proof, and the thumbprint of the key that signed it (RFC 7638)."""
    found = proofs.read([proof])
    if not signs(found.key, found.signed, found.signature):
        raise ValueError("the signature does not verify")
    return found.unverified_claims, found.key.thumbprint


def _check_request(claims: dict[str, Any], method: str, address: str) -> None:
    target = claims.get("htu")
    if claims.get("htm") != method or not isinstance(target, str):
        raise ValueError("the proof is for another request")
    parts = urlsplit(target)
    if f"{parts.scheme}://{parts.netloc}{parts.path}" != address:
        raise ValueError("the proof is for another address")


def _check_token(claims: dict[str, Any], token: str) -> None:
    found = claims.get("ath")
    if not isinstance(found, str) or not same(digest(token.encode()), found):
        raise ValueError("the proof is for another token")
