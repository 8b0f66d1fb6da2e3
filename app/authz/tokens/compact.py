"""The compact form of a JWT (RFC 7515, section 3.1), read strictly and trusted by nobody.

Authlib reads leniently and raises a dozen kinds of exception on hostile text, before any signature
holds. So each part is looked at here first: canonical base64url, UTF-8, JSON without duplicate
names, an object, members of the right type. What is returned is still only what somebody wrote.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from math import isinf
from typing import Any, NoReturn

from ..errors import TokenAlgorithm, TokenMalformed, TokenOpaque

#: Media types of a JWT access token: Auth0's default, and RFC 9068, section 2.1.
_TYPES = ("jwt", "at+jwt")


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


def read(text: str, algorithms: Collection[str]) -> UnverifiedToken:
    """Take a token apart.

    :param text: at most `credentials.MAX_TOKEN_LENGTH` characters.
    :param algorithms: the allowed names of `alg`.
    :raises TokenOpaque: if it has not three parts.
    :raises TokenMalformed: if a part is broken.
    :raises TokenAlgorithm: if the algorithm is not allowed, or an extension is demanded.
    """
    parts = text.split(".")
    if len(parts) == 5:
        raise TokenOpaque(
            "the token is encrypted (five parts)",
            cure="turn token encryption off for this API at the issuer",
        )
    if len(parts) != 3:
        raise TokenOpaque(
            "the token is not a JWT",
            cure="the client asked for no audience: have it ask for this API's",
        )
    header = _read_header(parts[0])
    if header.alg not in algorithms:
        raise TokenAlgorithm(
            "the algorithm is not allowed",
            wanted=sorted(algorithms),
            found=header.alg,
            cure="set the API's signing algorithm at the issuer, or AUTHZ_ALGORITHMS here",
        )
    claims = _object(parts[1], "payload")
    _decoded(parts[2], "signature")
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
        text = _decoded(part, what).decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if "\\u" in text:
            # An escape can smuggle in half a surrogate pair, which no output can encode.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise TokenMalformed(f"the {what} is not JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise TokenMalformed(f"the {what} is not a JSON object")
    return value


def _decoded(part: str, what: str) -> bytes:
    """Decode base64url. Only the one canonical spelling passes (RFC 7515, section 2): otherwise one
    token could be written in many ways, and a deny-list would know it by one of them."""
    try:
        value = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise TokenMalformed(f"the {what} is not base64url") from error
    if urlsafe_b64encode(value).rstrip(b"=").decode("ascii") != part:
        raise TokenMalformed(f"the {what} is not canonical base64url")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError("a number is beyond all bounds")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
