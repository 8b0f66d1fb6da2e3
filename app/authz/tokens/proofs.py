"""A DPoP proof as it was sent (RFC 9449, section 4.2), read strictly, with the key it brings along.

What is returned is well formed. Whether its key signed it, and whether it fits the request, `dpop`
says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..algorithms import PROOF_ALGORITHMS
from ..errors import DpopProofInvalid
from . import parts
from .jose import KeyRefused, ProofKey, load_proof_key
from .parts import PartMalformed

#: A longer proof is refused unread. That of an RSA key of 4096 bits has about 2,000 characters.
MAX_PROOF_LENGTH = 8_000


@dataclass(frozen=True, slots=True)
class UnverifiedProof:
    """A proof that is well formed. Anybody can write one."""

    key: ProofKey
    unverified_claims: dict[str, Any] = field(repr=False)
    #: What the signature is over.
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def read(headers: Sequence[str]) -> UnverifiedProof:
    """Read the proof of a request.

    :param headers: the value of each `DPoP` header. WSGI joins two of them by a comma, which no
        proof holds.
    :raises DpopProofInvalid: if there is not exactly one well-formed proof.
    """
    if not headers:
        raise DpopProofInvalid("the request has no DPoP header")
    if len(headers) > 1 or "," in headers[0]:
        raise DpopProofInvalid("the DPoP header was sent more than once")
    text = headers[0]
    if len(text) > MAX_PROOF_LENGTH:
        raise DpopProofInvalid("the proof is too long", wanted=MAX_PROOF_LENGTH, found=len(text))
    pieces = text.split(".")
    if len(pieces) != 3:
        raise DpopProofInvalid("the proof is not a signed JWT")
    try:
        key = _read_header(pieces[0])
        claims = parts.read_object(pieces[1])
        signature = parts.decode(pieces[2])
    except PartMalformed as error:
        raise DpopProofInvalid(f"a part of the proof {error}") from error
    return UnverifiedProof(key, claims, f"{pieces[0]}.{pieces[1]}".encode(), signature)


# A client's proofs share the text of their header, so its key is built once. Errors are not kept.
@lru_cache(maxsize=256)
def _read_header(part: str) -> ProofKey:
    """Return the key in a header, after all else in the header."""
    members = parts.read_object(part)
    typ, algorithm = members.get("typ"), members.get("alg")
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") != "dpop+jwt":
        raise DpopProofInvalid("typ is not that of a proof", wanted="dpop+jwt", found=typ)
    if not isinstance(algorithm, str) or algorithm not in PROOF_ALGORITHMS:
        raise DpopProofInvalid(
            "the algorithm is not allowed", wanted=list(PROOF_ALGORITHMS), found=algorithm
        )
    # Extensions that must be understood (RFC 7515, section 4.1.11; RFC 7797, section 6).
    for name in ("crit", "b64"):
        if name in members:
            raise DpopProofInvalid(f"{name} in the header is not accepted", found=members[name])
    try:
        return load_proof_key(members.get("jwk"), algorithm)
    except KeyRefused as error:
        raise DpopProofInvalid(f"the key in the header cannot be used: {error}") from error
