"""The compact form of a JWT (RFC 7515, section 3.1), read strictly and trusted by nobody.

Authlib reads leniently and raises a dozen kinds of exception on hostile text, before any signature
holds. So each part is looked at here first (see `parts`), and the header's members with it. What is
returned is still only what somebody wrote.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..errors import TokenAlgorithm, TokenMalformed, TokenOpaque
from . import parts
from .parts import PartMalformed

#: Media types of a JWT access token: Auth0's default, and RFC 9068, section 2.1.
TYPES = ("jwt", "at+jwt")
#: Members of a header that demand something.
EXTENSIONS = ("crit", "b64")

Members = Mapping[str, Any]

#: What else can be done about a token that cannot be read here.
INTROSPECTION = (
    "set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET, to have the issuer say what the token stands for"
)


@dataclass(frozen=True, slots=True)
class Header:
    """A JOSE header (RFC 7515, section 4) of an allowed shape. Anything else in it is ignored:
    `jwk`, `jku`, `x5u` and `x5c` are an attacker's way to bring a key along."""

    alg: str
    kid: str | None


@dataclass(slots=True)
class UnverifiedToken:
    """A token that is well formed. Nobody has vouched for it yet."""

    text: str = field(repr=False)
    header: Header
    unverified_claims: dict[str, Any]


def is_opaque(text: str) -> bool:
    """Say whether a token does not have the three parts of a JWT: only its issuer can tell what it
    is."""
    return text.count(".") != 2


def read(text: str, algorithms: Collection[str]) -> UnverifiedToken:
    """Take a token apart.

    :param text: at most `credentials.MAX_TOKEN_LENGTH` characters.
    :param algorithms: the allowed names of `alg`.
    :raises TokenOpaque: if it has not three parts.
    :raises TokenMalformed: if a part is broken.
    :raises TokenAlgorithm: if the algorithm is not allowed, or an extension is demanded.
    """
    header_part, payload, signature = split(text)
    header = _read_header(header_part)
    allow(header.alg, algorithms)
    claims = read_part(payload, "payload")
    check_signature(signature)
    return UnverifiedToken(text, header, claims)


def split(text: str) -> list[str]:
    """Return the three parts of a signed JWT.

    :raises TokenOpaque: if it has not three.
    """
    pieces = text.split(".")
    if len(pieces) == 5:
        raise TokenOpaque(
            "the token is encrypted (five parts)",
            cure=f"turn token encryption off for this API at the issuer, or {INTROSPECTION}",
        )
    if len(pieces) != 3:
        raise TokenOpaque(
            "the token is not a JWT",
            cure="the client asked for no audience: have it ask for this API's; or"
            f" {INTROSPECTION}",
        )
    return pieces


def allow(alg: str, algorithms: Collection[str]) -> None:
    """`alg` is one of the allowed names.

    :raises TokenAlgorithm: if it is not.
    """
    if alg not in algorithms:
        raise TokenAlgorithm(
            "the algorithm is not allowed",
            wanted=sorted(algorithms),
            found=alg,
            cure="set the API's signing algorithm at the issuer, or AUTHZ_ALGORITHMS here",
        )


# All tokens of one key share the text of their header, so it is read once. Errors are not kept.
@lru_cache(maxsize=256)
def _read_header(part: str) -> Header:
    members = read_part(part, "header")
    for rule in HEADER_RULES:
        rule(members)
    return Header(members["alg"], members.get("kid"))


def alg(members: Members) -> None:
    """`alg` is a text (RFC 7515, section 4.1.1)."""
    if not isinstance(members.get("alg"), str):
        raise TokenMalformed("alg in the header must be a text", found=members.get("alg"))


def kid(members: Members) -> None:
    """`kid` is a text, where it is present (section 4.1.4)."""
    if "kid" in members and not isinstance(members["kid"], str):
        raise TokenMalformed("kid in the header must be a text", found=members["kid"])


def typ(members: Members) -> None:
    """`typ` is that of an access token, where it is present (RFC 9068, section 4)."""
    value = members.get("typ", "JWT")
    if not isinstance(value, str) or value.lower().removeprefix("application/") not in TYPES:
        raise TokenMalformed("typ in the header is not that of an access token", found=value)


def extensions(members: Members) -> None:
    """Nothing is demanded that must be understood (RFC 7515, section 4.1.11; RFC 7797, section 6):
    nothing is understood here."""
    for name in EXTENSIONS:
        if name in members:
            raise TokenAlgorithm(f"{name} in the header is not accepted", found=members[name])


#: What the members of a header must pass, in this order.
HEADER_RULES: tuple[Callable[[Members], None], ...] = (alg, kid, typ, extensions)


def read_part(part: str, what: str) -> dict[str, Any]:
    """Read a header or a payload.

    :param what: which of them, for the reason.
    :raises TokenMalformed: if it is broken.
    """
    try:
        return parts.read_object(part)
    except PartMalformed as error:
        raise TokenMalformed(f"the {what} {error}") from error


def check_signature(part: str) -> None:
    """Look at the spelling alone: nothing is verified yet.

    :raises TokenMalformed: if it is broken.
    """
    try:
        parts.check_spelling(part)
    except PartMalformed as error:
        raise TokenMalformed(f"the signature {error}") from error
