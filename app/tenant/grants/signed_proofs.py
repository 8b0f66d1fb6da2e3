"""Proofs as they are sent: JWTs that bring their own key (RFC 9449, section 4.2).

joserfc's own reading of a JWT takes no header as long as that with an RSA key, and warns of EdDSA,
which RFC 9449 has not deprecated. So the parts are read here; the signature it verifies.
"""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

#: Algorithms of proofs, each with the members of its public keys (RFC 7638, section 3.2).
ALGORITHMS = {
    "ES256": {"kty": "EC", "crv": "P-256", "x": None, "y": None},
    "RS256": {"kty": "RSA", "n": None, "e": None},
    "PS256": {"kty": "RSA", "n": None, "e": None},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": None},
    "Ed25519": {"kty": "OKP", "crv": "Ed25519", "x": None},
}

#: Characters of the longest proof.
_MOST = 8_192

_PROOF = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_NUMBER = re.compile(r"[A-Za-z0-9_-]+")

_LEAST_RSA_BITS, _MOST_RSA_BITS = 2048, 8192

#: Characters of the longest exponent: a huge one would take long.
_MOST_EXPONENT = 6


def read_proof(proof: str) -> tuple[dict[str, Any], str]:
    """Return the claims of a proof, and the thumbprint of the key that signed it (RFC 7638).

    It does not check the claims.

    :raises ValueError: it is no proof, or its signature does not verify.
    :raises JoseError: likewise; joserfc tells them apart.
    :raises RecursionError: likewise.
    """
    match = _PROOF.fullmatch(proof) if len(proof) <= _MOST else None
    if match is None:
        raise ValueError("the proof is too long, or no JWT")
    header, claims = _object(match[1]), _object(match[2])
    algorithm, jwk = header.get("alg"), header.get("jwk")
    if header.get("typ") != "dpop+jwt" or not isinstance(algorithm, str):
        raise ValueError("the header is not that of a proof")
    # What must be understood is not (RFC 7515, section 4.1.11).
    if "crit" in header or "b64" in header or not isinstance(jwk, dict):
        raise ValueError("the header is not that of a proof")
    key = _key(algorithm, jwk)
    signed = f"{match[1]}.{match[2]}".encode()
    if not JWSRegistry.algorithms[algorithm].verify(signed, _bytes(match[3]), key):
        raise ValueError("the signature does not verify")
    return claims, key.thumbprint()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _object(part: str) -> dict[str, Any]:
    document = json.loads(_bytes(part))
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def _key(algorithm: str, jwk: dict[str, object]) -> ECKey | RSAKey | OKPKey:
    """Return a public key of the right kind, from the members that make it and no others."""
    if algorithm not in ALGORITHMS:
        raise ValueError("the algorithm is not one of proofs")
    if "d" in jwk or jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise ValueError("the key is a private one, or for something else")
    members: dict[str, Any] = {}
    for name, wanted in ALGORITHMS[algorithm].items():
        value = jwk.get(name)
        if not isinstance(value, str) or wanted not in (None, value):
            raise ValueError("the key is of another kind")
        if wanted is None and not _NUMBER.fullmatch(value):
            raise ValueError("the key is malformed")
        members[name] = value
    if members["kty"] == "RSA":
        return _rsa_key(members)
    return (ECKey if members["kty"] == "EC" else OKPKey).import_key(members)


def _rsa_key(members: dict[str, Any]) -> RSAKey:
    bits = int.from_bytes(_bytes(members["n"])).bit_length()
    if not _LEAST_RSA_BITS <= bits <= _MOST_RSA_BITS or len(members["e"]) > _MOST_EXPONENT:
        raise ValueError("the key is too short or too long")
    return RSAKey.import_key(members)
