"""Theme: claims of the wrong type, or beyond all bounds. All signed well."""

from collections.abc import Callable, Iterator
from typing import Any

from app.authz.testing.tokens import ABSENT

from .case import Case, Changes, Forge, token, with_claims, with_member

#: One value of each kind that JSON has, and a few that change their kind in a lenient language.
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "one": 1,
    "a fraction": 1.5,
    "a huge number": 9_999_999_999,
    "nothing": "",
    "a text": "x",
    "a number's text": "9999999999",
    "the text null": "null",
    "an empty list": [],
    "a list of a text": ["x"],
    "a list of a number": [1],
    "a list of a null": [None],
    "a list of a list": [["x"]],
    "a list of mixed kinds": ["x", 1],
    "an empty object": {},
    "an object": {"x": 1},
    "a MongoDB query": {"$gt": ""},
    "a prototype": {"__proto__": {"admin": True}},
    "half a surrogate pair": "\ud800",
}

_NUMBERS = {"zero", "one", "a fraction", "a huge number"}
_TEXTS = {"nothing", "a text", "a number's text", "the text null"}

#: Claim -> its values that are not of the wrong kind: they pass, or are refused for something else.
RIGHT_KIND = {
    "iss": _TEXTS,
    "sub": _TEXTS - {"nothing"},
    "aud": _TEXTS | {"an empty list", "a list of a text"},
    "exp": _NUMBERS,
    "nbf": _NUMBERS,
    "iat": _NUMBERS,
    "azp": _TEXTS,
    "client_id": _TEXTS,
    "jti": _TEXTS,
    "scope": _TEXTS,
    "permissions": {"an empty list", "a list of a text"},
    "cnf": {"an empty object", "an object", "a MongoDB query", "a prototype"},
}


def _wrong_kinds() -> Iterator[Case]:
    for claim, right in RIGHT_KIND.items():
        for title, value in VALUES.items():
            if title not in right:
                source = "RFC 7519 4.1, RFC 8725 2.6"
                yield with_claims(f"{claim} is {title}", source, "token_malformed", {claim: value})
    for title, value in VALUES.items():
        if title not in _TEXTS:
            for method in ("jkt", "x5t#S256"):
                yield with_claims(
                    f"{method} in cnf is {title}",
                    "RFC 7800 3.1",
                    "token_malformed",
                    {"cnf": {method: value}},
                )
    for claim in ("exp", "sub"):
        yield with_claims(f"{claim} is missing", "RFC 9068 2.2", "token_malformed", {claim: ABSENT})


#: Numbers as JSON may write them, which no encoder would.
EXTREMES = {
    "1e308": "token_not_yet_valid",
    "1.7976931348623157e308": "token_not_yet_valid",
    "1e309": "token_malformed",
    "1e999999999": "token_malformed",
    "-1e999": "token_malformed",
    "NaN": "token_malformed",
    "Infinity": "token_malformed",
    "-Infinity": "token_malformed",
    "9223372036854775808": "token_not_yet_valid",
    "18446744073709551616": "token_not_yet_valid",
    "1" * 4000: "token_not_yet_valid",
    "1" * 5000: "token_malformed",
    "1" + "0" * 400: "token_not_yet_valid",
    "253402300800": "token_not_yet_valid",
    "1" + "0" * 400 + ".5": "token_malformed",
}

#: The same in the past. For `exp`, what is 0 or less is past (the design).
PAST = ("0", "-0", "0.0", "-0.0", "-1", "-1e308", "-9223372036854775808", "1e-400", "0.1", "1")


def _extremes() -> Iterator[Case]:
    source = "CVE-2026-101918, RFC 7519 2, RFC 8259 6"

    def with_number(claim: str, number: str) -> Callable[[Forge], str]:
        def make(forge: Forge) -> str:
            others = forge.claims(**{claim: ABSENT})
            return forge.signed(claims=with_member(others, f'"{claim}": {number}'))

        return make

    for claim in ("nbf", "iat"):
        for number, code in EXTREMES.items():
            title = number if len(number) < 30 else f"{number[:3]}... of {len(number)} digits"
            yield token(f"{claim} is {title}", source, code, with_number(claim, number))
    for number, code in EXTREMES.items():
        if code == "token_malformed":
            title = number if len(number) < 30 else f"{number[:3]}... of {len(number)} digits"
            yield token(f"exp is {title}", source, code, with_number("exp", number))
    for number in PAST:
        yield token(f"exp is {number}", source, "token_expired", with_number("exp", number))


def _later(claim: str, seconds: int) -> Callable[[Forge], Changes]:
    return lambda forge: {claim: forge.claims()["iat"] + seconds}


def _times() -> Iterator[Case]:
    """To the second: the leeway is 10."""
    source = "RFC 7519 4.1.4 to 4.1.6"
    for seconds in (-10, -11, -60, -3600, -86_400 * 365):
        yield with_claims(
            f"exp lies {-seconds} s back",
            source,
            "token_expired",
            _later("exp", seconds),
        )
    for claim in ("nbf", "iat"):
        for seconds in (11, 60, 3600, 86_400 * 365):
            yield with_claims(
                f"{claim} lies {seconds} s ahead",
                source,
                "token_not_yet_valid",
                _later(claim, seconds),
            )
    yield with_claims(
        "exp is in milliseconds and past",
        source,
        "token_expired",
        lambda f: {"exp": (f.claims()["iat"] - 3600) / 1000},
    )
    yield with_claims(
        "iat is in milliseconds",
        source,
        "token_not_yet_valid",
        lambda f: {"iat": f.claims()["iat"] * 1000},
    )


def _deep(opening: str, closing: str, depth: int) -> Callable[[Forge], str]:
    def make(forge: Forge) -> str:
        nested = opening * depth + "1" + closing * depth
        return forge.signed(claims=with_member(forge.claims(), f'"x": {nested}'))

    return make


def _nesting() -> Iterator[Case]:
    """Nothing that follows is safe from recursion if the reader is not."""
    source = "CVE-2026-101918, RFC 8259 9"
    for depth in (65, 100, 200, 486, 490, 700, 900, 974, 1000, 1100):
        for title, opening, closing in (
            ("lists", "[", "]"),
            ("lists after an escape", '["\\u00e9",', "]"),
            ("objects", '{"":', "}"),
            ("both", '[{"":', "}]"),
        ):
            if len(opening + closing) * depth < 4500:
                yield token(
                    f"{title} to a depth of {depth}",
                    source,
                    "token_malformed",
                    _deep(opening, closing, depth),
                )


CASES = [*_wrong_kinds(), *_extremes(), *_times(), *_nesting()]
