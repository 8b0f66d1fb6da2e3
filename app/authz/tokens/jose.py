"""Keys and signatures: the only file that knows Authlib's JOSE code, and joserfc's.

The former is deprecated inside Authlib and leaves with 2.0. Whoever replaces it replaces this file.
DPoP proofs are on the latter already: Authlib does not know `Ed25519` by its newer name.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Importing this puts a filter of Authlib's own in front, so it comes before ours.
import authlib.deprecate  # noqa: F401
import joserfc.errors
from joserfc.jwk import Key, import_key
from joserfc.jws import JWSRegistry

from ..algorithms import ALGORITHMS, PROOF_ALGORITHMS
from ..errors import TokenSignature
from .compact import UnverifiedToken
from .moduli import is_weak
from .parts import PartMalformed, decode

with warnings.catch_warnings():
    # Known, and pinned: `authlib>=1.9,<2`.
    warnings.filterwarnings("ignore", message="authlib.jose module is deprecated")
    from authlib.jose import JsonWebKey, JsonWebSignature
    from authlib.jose.errors import JoseError

#: RSA keys outside are refused: shorter ones are too weak (RFC 7518, section 3.3), longer ones make
#: each verification slow.
RSA_BITS = (2048, 8192)
#: Bytes of the longest public exponent. Those in use have three.
EXPONENT_BYTES = 8

#: The public members of a key (RFC 7518, section 6; RFC 8037, section 2).
_PUBLIC_MEMBERS = ("kty", "n", "e", "crv", "x", "y")

#: Those of them that are numbers, or as good as.
_NUMBERS = ("n", "e", "x", "y")

#: The private ones, and what a symmetric key consists of.
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

#: What Authlib, joserfc and cryptography raise on material that they cannot use.
_UNUSABLE = (
    JoseError,
    joserfc.errors.JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
)


class KeyRefused(Exception):
    """Raised if a key that was published or sent cannot be used here. The text says why, for the
    log."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key that was built and checked, for one algorithm or several."""

    kid: str | None
    algorithms: frozenset[str]
    #: SHA-256 of the key itself (RFC 7638): equal for equal keys, whatever they are called.
    thumbprint: str
    material: Any = field(repr=False, compare=False)
    #: Length in bits, where the key type leaves a choice: RSA's.
    bits: int | None = field(default=None, compare=False)


def load_key(jwk: object, allowed: frozenset[str]) -> VerificationKey:
    """Build one member of a key set (RFC 7517, section 4).

    :param jwk: the member, as it was published.
    :param allowed: names from `ALGORITHMS`.
    :raises KeyRefused: if it cannot verify any allowed algorithm.
    """
    if not isinstance(jwk, dict):
        raise KeyRefused("it is not an object")
    algorithms = _algorithms_of(jwk, {name: ALGORITHMS[name] for name in allowed})
    _check_numbers(jwk)
    try:
        material = JsonWebKey.import_key({k: jwk[k] for k in _PUBLIC_MEMBERS if k in jwk})
        # Importing is lazy: without this a broken number would fail at its first use.
        public = material.get_public_key()
        thumbprint = material.thumbprint()
    except _UNUSABLE as error:
        raise KeyRefused(f"it cannot be built: {type(error).__name__}") from error
    bits = public.key_size if jwk["kty"] == "RSA" else None
    return VerificationKey(jwk.get("kid"), algorithms, thumbprint, material, bits)


def _check_numbers(jwk: dict[str, Any]) -> None:
    """Look at the numbers of a key before it is built: Authlib passes over characters that are not
    base64url, takes the digits of a JSON number for base64, and builds keys of any size."""
    numbers = {}
    for name in _NUMBERS:
        if name in jwk:
            if not isinstance(jwk[name], str):
                raise KeyRefused(f"its {name} is not a text")
            try:
                numbers[name] = decode(jwk[name])
            except PartMalformed as error:
                raise KeyRefused(f"its {name} {error}") from error
    if jwk["kty"] == "RSA":
        _check_modulus(int.from_bytes(numbers.get("n", b"")))
        if len(numbers.get("e", b"").lstrip(b"\0")) > EXPONENT_BYTES:
            raise KeyRefused("its e is too long: each signature would take that much longer")


def _check_modulus(modulus: int) -> None:
    bits = modulus.bit_length()
    if not RSA_BITS[0] <= bits <= RSA_BITS[1]:
        raise KeyRefused(f"an RSA key of {bits} bits is not accepted")
    if is_weak(modulus):
        raise KeyRefused("its n can be factored, so anybody could have signed")


def _algorithms_of(
    jwk: dict[str, Any], allowed: Mapping[str, tuple[str, str | None]]
) -> frozenset[str]:
    """Return the allowed algorithms that a key says it is for.

    :param allowed: name -> key type and curve.
    """
    if not isinstance(jwk.get("kid", ""), str):
        raise KeyRefused("its kid is not a text")
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise KeyRefused("it publishes its private part, so anybody could have signed")
    if jwk.get("use", "sig") != "sig":
        raise KeyRefused("its use is not sig")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise KeyRefused("its key_ops lack verify")
    kind = (jwk.get("kty"), None if jwk.get("kty") == "RSA" else jwk.get("crv"))
    algorithms = {name for name in allowed if allowed[name] == kind}
    if "alg" in jwk:
        algorithms = {name for name in algorithms if name == jwk["alg"]}
    if not algorithms:
        raise KeyRefused("it is for none of the allowed algorithms")
    return frozenset(algorithms)


def verify(token: UnverifiedToken, key: VerificationKey) -> dict[str, Any]:
    """Return the claims of a token, now vouched for by the owner of the key. Their values are not
    checked: see `rules`.

    Authlib's algorithm is asked, and not its `JsonWebToken`, which would read header and claims
    once more, leniently (docs/decisions.md).

    :param key: one that is for the algorithm that the token names.
    :raises TokenSignature: if the key did not sign the token.
    """
    signed, _, signature = token.text.rpartition(".")
    algorithm = JsonWebSignature.ALGORITHMS_REGISTRY[token.header.alg]
    if not _verifies(algorithm, signed.encode(), decode(signature), key.material):
        raise TokenSignature(
            "the signature does not verify",
            found=token.header.kid,
            cure="the token was altered, or another key has taken this name",
        )
    return token.unverified_claims


@dataclass(frozen=True, slots=True)
class ProofKey:
    """The public key that a DPoP proof brings along, for one algorithm."""

    algorithm: str
    #: SHA-256 of the key itself, in base64url (RFC 7638): what `jkt` names (RFC 9449, section 6.1).
    thumbprint: str
    material: Key = field(repr=False, compare=False)


def load_proof_key(jwk: object, algorithm: str) -> ProofKey:
    """Build the key in the header of a proof. Whoever wrote the proof chose it: that it is somebody
    in particular's, its thumbprint has to show.

    :param algorithm: a name from `PROOF_ALGORITHMS`.
    :raises KeyRefused: if it cannot verify that algorithm, or is more than a public key.
    """
    if not isinstance(jwk, dict):
        raise KeyRefused("it is not an object")
    _algorithms_of(jwk, {algorithm: PROOF_ALGORITHMS[algorithm]})
    _check_numbers(jwk)
    try:
        material = import_key({k: jwk[k] for k in _PUBLIC_MEMBERS if k in jwk})
        return ProofKey(algorithm, material.thumbprint(), material)
    except _UNUSABLE as error:
        raise KeyRefused(f"it cannot be built: {type(error).__name__}") from error


def signs(key: ProofKey, signed: bytes, signature: bytes) -> bool:
    """Say whether the key has signed some bytes. `JWSRegistry.get_alg` is not asked: it warns of
    `EdDSA` by that name, and this is where the name is still accepted."""
    return _verifies(JWSRegistry.algorithms[key.algorithm], signed, signature, key.material)


def _verifies(algorithm: Any, signed: bytes, signature: bytes, material: Any) -> bool:
    """Ask an algorithm of Authlib's or of joserfc's. What it cannot use does not verify."""
    try:
        return bool(algorithm.verify(signed, signature, material))
    except _UNUSABLE:
        return False
