"""Keys and signatures: the only file that knows Authlib's JOSE code.

That code is deprecated inside Authlib and leaves with 2.0. Whoever replaces it replaces this file.
"""

import warnings
from dataclasses import dataclass, field
from functools import cache
from typing import Any

# Importing this puts a filter of Authlib's own in front, so it comes before ours.
import authlib.deprecate  # noqa: F401

from ..algorithms import ALGORITHMS
from ..errors import TokenSignature
from .compact import UnverifiedToken

with warnings.catch_warnings():
    # Known, and pinned: `authlib>=1.9,<2`.
    warnings.filterwarnings("ignore", message="authlib.jose module is deprecated")
    from authlib.jose import JsonWebKey, JsonWebToken
    from authlib.jose.errors import JoseError

#: RSA keys outside are refused: shorter ones are too weak (RFC 7518, section 3.3), longer ones make
#: each verification slow.
RSA_BITS = (2048, 8192)

#: The public members of a key (RFC 7518, section 6; RFC 8037, section 2).
_PUBLIC_MEMBERS = ("kty", "n", "e", "crv", "x", "y")

#: What Authlib and cryptography raise on material that they cannot use.
_UNUSABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class KeyRefused(Exception):
    """Raised if a member of a key set cannot be used here. The text says why, for the log."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key that was built and checked, for one algorithm or several."""

    kid: str | None
    algorithms: frozenset[str]
    #: SHA-256 of the key itself (RFC 7638): equal for equal keys, whatever they are called.
    thumbprint: str
    material: Any = field(repr=False, compare=False)


def load_key(jwk: object, allowed: frozenset[str]) -> VerificationKey:
    """Build one member of a key set (RFC 7517, section 4).

    :param jwk: the member, as it was published.
    :param allowed: names from `ALGORITHMS`.
    :raises KeyRefused: if it cannot verify any allowed algorithm.
    """
    if not isinstance(jwk, dict):
        raise KeyRefused("it is not an object")
    algorithms = _algorithms_of(jwk, allowed)
    try:
        material = JsonWebKey.import_key({k: jwk[k] for k in _PUBLIC_MEMBERS if k in jwk})
        # Importing is lazy: without this a broken number would fail at its first use.
        public = material.get_public_key()
        thumbprint = material.thumbprint()
    except _UNUSABLE as error:
        raise KeyRefused(f"it cannot be built: {type(error).__name__}") from error
    if jwk["kty"] == "RSA" and not RSA_BITS[0] <= public.key_size <= RSA_BITS[1]:
        raise KeyRefused(f"an RSA key of {public.key_size} bits is not accepted")
    return VerificationKey(jwk.get("kid"), algorithms, thumbprint, material)


def _algorithms_of(jwk: dict[str, Any], allowed: frozenset[str]) -> frozenset[str]:
    """Return the allowed algorithms that a key says it is for."""
    if not isinstance(jwk.get("kid", ""), str):
        raise KeyRefused("its kid is not a text")
    if "d" in jwk:
        raise KeyRefused("it publishes its private part, so anybody could have signed")
    if jwk.get("use", "sig") != "sig":
        raise KeyRefused("its use is not sig")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefused("its key_ops lack verify")
    kind = (jwk.get("kty"), None if jwk.get("kty") == "RSA" else jwk.get("crv"))
    algorithms = {name for name in allowed if ALGORITHMS[name] == kind}
    if "alg" in jwk:
        algorithms = {name for name in algorithms if name == jwk["alg"]}
    if not algorithms:
        raise KeyRefused("it is for none of the allowed algorithms")
    return frozenset(algorithms)


@cache
def _verifier(algorithm: str) -> JsonWebToken:
    # One algorithm each: what the header says was compared already, and is not asked again.
    return JsonWebToken([algorithm])


def verify(token: UnverifiedToken, key: VerificationKey) -> dict[str, Any]:
    """Return the claims of a token, now vouched for by the owner of the key. Their values are not
    checked: see `rules`.

    :raises TokenSignature: if the key did not sign the token.
    """
    try:
        _verifier(token.header.alg).decode(token.text, key.material)
    except _UNUSABLE as error:
        raise TokenSignature(
            "the signature does not verify",
            found=token.header.kid,
            cure="the token was altered, or another key has taken this name",
        ) from error
    # Authlib has parsed the same text again, leniently; the strict reading is the one to trust.
    return token.unverified_claims
