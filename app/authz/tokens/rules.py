"""The rules that the claims of a verified token must pass, in the order in which they are asked.

Each rule is one small function that returns or raises. Adding a rule is adding it to `RULES`.
Required are `iss`, `aud`, `exp` and `sub`; the rest is checked where it is present, and null is a
wrong type, not an absence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..errors import (
    TokenAudience,
    TokenExpired,
    TokenIsIdToken,
    TokenIssuer,
    TokenMalformed,
    TokenNotYetValid,
)

Claims = Mapping[str, Any]

_TEXT = {str}
_NUMBER = (int, float)

#: Claims that ID tokens have and access tokens have not (OpenID Connect Core, section 2).
ID_TOKEN_CLAIMS = ("nonce", "at_hash", "c_hash")
#: Claims that say from when on a token counts.
BEGINNINGS = ("nbf", "iat")
#: Claims that are handed on as text.
TEXTS = ("azp", "client_id", "jti", "scope")


@dataclass(slots=True)
class Expected:
    """What a token is held against."""

    #: The issuer's own name for itself, from its metadata.
    issuer: str
    #: Names of this API, at least one.
    audiences: frozenset[str]
    #: Seconds since the epoch.
    now: float
    #: Seconds by which clocks may differ.
    leeway: float
    #: Claim that holds the permissions, or a dotted path to it.
    permissions_claim: str

    def __post_init__(self) -> None:
        if not self.issuer or not self.audiences:
            raise TypeError("a token cannot be checked without an expected issuer and audience")


def issuer(claims: Claims, expected: Expected) -> None:
    """`iss` is exactly what the issuer calls itself (RFC 8414, section 3.3)."""
    if claims.get("iss") != expected.issuer:
        raise TokenIssuer(
            "iss is not the issuer's own name",
            wanted=expected.issuer,
            found=claims.get("iss"),
            cure="look for a missing or extra trailing slash",
        )


def no_id_token(claims: Claims, _: Expected) -> None:
    """The token is no ID token, which tells a client who signed in and opens nothing."""
    for name in ID_TOKEN_CLAIMS:
        if name in claims:
            raise TokenIsIdToken(
                f"the token has {name}, as ID tokens do",
                cure="have the client send its access token",
            )


def expiry(claims: Claims, expected: Expected) -> None:
    """`exp` lies ahead (RFC 7519, section 4.1.4)."""
    if "exp" not in claims:
        raise TokenMalformed("exp is missing")
    if _time(claims, "exp") <= expected.now - expected.leeway:
        raise TokenExpired(
            "exp is past",
            wanted=expected.now,
            found=claims["exp"],
            cure="have the client renew its token; if it is new, compare the clocks",
        )


def beginning(claims: Claims, expected: Expected) -> None:
    """`nbf` and `iat` do not lie ahead (RFC 7519, sections 4.1.5 and 4.1.6)."""
    for name in BEGINNINGS:
        if name in claims and _time(claims, name) > expected.now + expected.leeway:
            raise TokenNotYetValid(
                f"{name} is in the future",
                wanted=expected.now,
                found=claims[name],
                cure="compare the clocks of this server and the issuer",
            )


def audience(claims: Claims, expected: Expected) -> None:
    """`aud` names this API (RFC 7519, section 4.1.3)."""
    value = claims.get("aud", [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TokenMalformed("aud must be a text or a list of texts", found=value)
    if expected.audiences.isdisjoint(names):
        raise TokenAudience(
            "aud does not name this API",
            wanted=sorted(expected.audiences),
            found=value,
            cure="have the client ask for this API's audience, or correct AUTH0_AUDIENCE",
        )


def subject(claims: Claims, _: Expected) -> None:
    """`sub` says who calls (RFC 7519, section 4.1.2)."""
    value = claims.get("sub")
    if not isinstance(value, str) or not value:
        raise TokenMalformed("sub must be a text that is not empty", found=value)


def texts(claims: Claims, _: Expected) -> None:
    """Claims that are handed on as text are text."""
    for name in TEXTS:
        if name in claims and not isinstance(claims[name], str):
            raise TokenMalformed(f"{name} must be a text", found=claims[name])


def permissions(claims: Claims, expected: Expected) -> None:
    """The permissions are a list of texts."""
    granted_permissions(claims, expected.permissions_claim)


Rule = Callable[[Claims, Expected], None]

#: A token that breaks several rules is refused by the first: an ID token is told that it is one
#: before its audience, which is a client's, is found wrong.
RULES: tuple[Rule, ...] = (
    issuer,
    no_id_token,
    expiry,
    beginning,
    audience,
    subject,
    texts,
    permissions,
)


def check(claims: Claims, expected: Expected) -> None:
    """Ask every rule.

    :raises AuthzError: the first refusal.
    """
    for rule in RULES:
        rule(claims, expected)


def granted_permissions(claims: Claims, name: str) -> list[str]:
    """Return the permissions in the named claim; none if there is no such claim.

    A name with dots is tried as it stands, then as a path. `permissions` itself is Auth0's and a
    list; other providers' claims may be a space-separated text as well.

    :raises TokenMalformed: if the claim has another type.
    """
    value: Any = claims
    for step in [name] if name in claims else name.split("."):
        if not isinstance(value, Mapping):
            raise TokenMalformed(f"{name} leads through what is no object", found=value)
        if step not in value:
            return []
        value = value[step]
    if isinstance(value, str) and name != "permissions":
        return value.split()
    if not isinstance(value, list) or not {type(each) for each in value} <= _TEXT:
        raise TokenMalformed(f"{name} must be a list of texts", found=value)
    return value


def _time(claims: Claims, name: str) -> float:
    """Return a NumericDate (RFC 7519, section 2).

    Compare it, but do not calculate with it: a huge whole number fits no float.
    """
    value: Any = claims[name]
    if isinstance(value, bool) or not isinstance(value, _NUMBER):
        raise TokenMalformed(f"{name} must be a number", found=value)
    if isinstance(value, float) and not isfinite(value):
        raise TokenMalformed(f"{name} must be finite", found=value)
    return value
