"""Proofs that a client holds a key (RFC 9449, section 4), to which its tokens are then bound."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
<<<<<<< 9643da0d08e6b33ef17647d491d8a84c47fccb0b
from joserfc.errors import JoseError

from app.tenant.grants.signed_proofs import read_proof
from app.tenant.memory import Memory
from app.tenant.token_request import TokenRequest

#: Seconds by which the time of a proof may differ from ours.
MAX_AGE = 60

#: Characters of the longest name of a proof.
_MOST_JTI = 256
=======
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from app.tenant.memory import Memory
from app.tenant.token_request import TokenRequest

#: Algorithms of proofs, each with the members of its public keys (RFC 7638, section 3.2).
ALGORITHMS = {
    "ES256": {"kty": "EC", "crv": "P-256", "x": None, "y": None},
    "RS256": {"kty": "RSA", "n": None, "e": None},
    "PS256": {"kty": "RSA", "n": None, "e": None},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": None},
}

#: Seconds by which the time of a proof may differ from ours.
MAX_AGE = 60

#: Characters of the longest proof, and of the longest name of one.
_MOST, _MOST_JTI = 8_192, 256
>>>>>>> dashboard

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
<<<<<<< 9643da0d08e6b33ef17647d491d8a84c47fccb0b
            claims, thumbprint = read_proof(proof)
=======
            claims, thumbprint = _verified(proof)
>>>>>>> dashboard
            _check_request(claims, method, address)
            if token is not None:
                _check_token(claims, token)
            self._check_time(claims)
            self._check_first_use(claims, thumbprint)
<<<<<<< 9643da0d08e6b33ef17647d491d8a84c47fccb0b
        except (JoseError, ValueError, RecursionError) as error:
=======
        except (JoseError, ValueError) as error:
>>>>>>> dashboard
            raise InvalidDpopProofError("The DPoP proof is not good for this request.") from error
        return thumbprint

    def _check_time(self, claims: dict[str, Any]) -> None:
        issued_at = claims.get("iat")
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            raise ValueError("iat is no number")
<<<<<<< 9643da0d08e6b33ef17647d491d8a84c47fccb0b
        now = self._clock()
        # A huge number compares well, but cannot be calculated with.
        if not now - MAX_AGE <= issued_at <= now + MAX_AGE:
=======
        if not -MAX_AGE <= issued_at - self._clock() <= MAX_AGE:
>>>>>>> dashboard
            raise ValueError("iat is too far from now")

    def _check_first_use(self, claims: dict[str, Any], thumbprint: str) -> None:
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= _MOST_JTI:
            raise ValueError("jti is no short text")
        if not self._used.add(f"{thumbprint} {jti}", value=True):
            raise ValueError("the proof was used before")


<<<<<<< 9643da0d08e6b33ef17647d491d8a84c47fccb0b
=======
def _verified(proof: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a proof, and the thumbprint of the key that signed it."""
    if len(proof) > _MOST or not proof.isascii():
        raise ValueError("the proof is too long, or no JWT")
    header = jws.extract_compact(proof.encode()).headers()
    algorithm, jwk = header.get("alg"), header.get("jwk")
    if header.get("typ") != "dpop+jwt" or algorithm not in ALGORITHMS or not isinstance(jwk, dict):
        raise ValueError("the header is not that of a proof")
    key = _key(algorithm, jwk)
    return jwt.decode(proof, key, algorithms=[algorithm]).claims, key.thumbprint()


def _key(algorithm: str, jwk: dict[str, object]) -> ECKey | RSAKey | OKPKey:
    """Return a public key of the right kind, from the members that make it and no others."""
    if "d" in jwk:
        raise ValueError("the key is a private one")
    members: dict[str, Any] = {}
    for name, wanted in ALGORITHMS[algorithm].items():
        value = jwk.get(name)
        if not isinstance(value, str) or wanted not in (None, value):
            raise ValueError("the key is of another kind")
        members[name] = value
    if members["kty"] == "RSA":
        key = RSAKey.import_key(members)
        if key.raw_value.key_size < 2048:
            raise ValueError("the key is too short")
        return key
    return (ECKey if members["kty"] == "EC" else OKPKey).import_key(members)


>>>>>>> dashboard
def _check_request(claims: dict[str, Any], method: str, address: str) -> None:
    target = claims.get("htu")
    if claims.get("htm") != method or not isinstance(target, str):
        raise ValueError("the proof is for another request")
    parts = urlsplit(target)
    if f"{parts.scheme}://{parts.netloc}{parts.path}" != address:
        raise ValueError("the proof is for another address")


def _check_token(claims: dict[str, Any], token: str) -> None:
    wanted = urlsafe_b64encode(sha256(token.encode()).digest()).rstrip(b"=")
    found = claims.get("ath")
    if not isinstance(found, str) or not hmac.compare_digest(found.encode(), wanted):
        raise ValueError("the proof is for another token")
