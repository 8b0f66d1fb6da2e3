"""The compact form of a JWT (RFC 7515, section 3.1), read strictly and trusted by nobody.

Authlib reads leniently and raises a dozen kinds of exception on hostile text, before any signature
holds. So each part is looked at here first (see `parts`), and the header's members with it. What is
returned is still only what somebody wrote.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..errors import TokenAlgorithm, TokenMalformed, TokenOpaque
from . import parts
from .parts import PartMalformed

#: Media types of a JWT access token: Auth0's default, and RFC 9068, section 2.1.
_TYPES = ("jwt", "at+jwt")

_INTROSPECTION = (
    "set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, to have the issuer say what the token stands for"
)


@dataclass(frozen=True, slots=True)
class Header:
    """A JOSE header (RFC 7515, section 4) of an allowed shape. Anything else in it is ignored:
    `jwk`, `jku`, `x5u` and `x5c` are an attacker's way to bring a key along."""

    alg: str
    kid: str | None


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token that is well formed. Nobody has vouched for it yet."""

    text: str = field(repr=False)
    header: Header
    unverified_claims: dict[str, Any]


def is_opaque(text: str) -> bool:
    """Say whether a token has not the three parts of a JWT: only its issuer can tell what it is."""
    return text.count(".") != 2


def read(text: str, algorithms: Collection[str]) -> UnverifiedToken:
    """Take a token apart.

    :param text: at most `credentials.MAX_TOKEN_LENGTH` characters.
    :param algorithms: the allowed names of `alg`.
    :raises TokenOpaque: if it has not three parts.
    :raises TokenMalformed: if a part is broken.
    :raises TokenAlgorithm: if the algorithm is not allowed, or an extension is demanded.
    """
    pieces = text.split(".")
    if len(pieces) == 5:
        raise TokenOpaque(
            "the token is encrypted (five parts)",
            cure=f"turn token encryption off for this API at the issuer, or {_INTROSPECTION}",
        )
    if len(pieces) != 3:
        raise TokenOpaque(
            "the token is not a JWT",
            cure="the client asked for no audience: have it ask for this API's; or"
            f" {_INTROSPECTION}",
        )
    header = _read_header(pieces[0])
    if header.alg not in algorithms:
        raise TokenAlgorithm(
            "the algorithm is not allowed",
            wanted=sorted(algorithms),
            found=header.alg,
            cure="set the API's signing algorithm at the issuer, or AUTHZ_ALGORITHMS here",
        )
    claims = _object(pieces[1], "payload")
    _check_signature(pieces[2])
    return UnverifiedToken(text, header, claims)


# All tokens of one key share the text of their header, so it is read once. Errors are not kept.
@lru_cache(maxsize=256)
def _read_header(part: str) -> Header:
    members = _object(part, "header")
    alg, kid, typ = members.get("alg"), members.get("kid"), members.get("typ", "JWT")
    if not isinstance(alg, str):
        raise TokenMalformed("alg in the header must be a text", found=alg)
    if "kid" in members and not isinstance(kid, str):
        raise TokenMalformed("kid in the header must be a text", found=kid)
    if not isinstance(typ, str) or typ.lower().removeprefix("application/") not in _TYPES:
        raise TokenMalformed("typ in the header is not that of an access token", found=typ)
    # An extension that must be understood (RFC 7515, section 4.1.11; RFC 7797, section 6), and
    # none is understood here.
    for name in ("crit", "b64"):
        if name in members:
            raise TokenAlgorithm(f"{name} in the header is not accepted", found=members[name])
    return Header(alg, kid)


def _object(part: str, what: str) -> dict[str, Any]:
    try:
        return parts.read_object(part)
    except PartMalformed as error:
        raise TokenMalformed(f"the {what} {error}") from error


def _check_signature(part: str) -> None:
    """Look at the spelling alone: nothing is verified yet."""
    try:
        parts.decode(part)
    except PartMalformed as error:
        raise TokenMalformed(f"the signature {error}") from error
