"""Theme: what an issuer, or who speaks for it, may publish in place of a key set.

Keys are made of the good one, by its members in `jwk`.
"""

import json
import random
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from app.authz.testing.keys import base64url

Jwk = Mapping[str, Any]
Change = Callable[[Jwk], Any]


def _number(value: int) -> str:
    return base64url(value.to_bytes(max(1, (value.bit_length() + 7) // 8)))


def _odd(bits: int) -> int:
    """Return a number of so many bits without a small factor, made of no two primes."""
    source = random.Random(bits)
    while True:
        number = source.getrandbits(bits) | 1 | 1 << (bits - 1)
        if all(number % prime for prime in _PRIMES):
            return number


_PRIMES = [n for n in range(2, 702) if all(n % d for d in range(2, n))]


def _roca() -> int:
    """Return a product of two numbers as the chips chose them (CVE-2017-15361): the numbers need
    not be primes to have the mark."""
    product, source = prod(_PRIMES), random.Random(1)
    one, other = (
        source.getrandbits(60) * product + pow(65537, source.getrandbits(200), product)
        for _ in range(2)
    )
    return one * other


#: Algorithms that are not allowed, and the private parts of a key.
ALGORITHMS = (
    "RS384",
    "RS512",
    "PS256",
    "ES256",
    "HS256",
    "none",
    "RSA-OAEP",
    "RSA1_5",
    "rs256",
    "",
)
PRIVATE = ("d", "p", "q", "dp", "dq", "qi")

#: Members of a set that are no key of use, whatever they are called. A good token's key is then
#: unknown; beside the good key they change nothing.
USELESS: dict[str, Change] = {
    "null": lambda j: None,
    "true": lambda j: True,
    "a number": lambda j: 1,
    "a text": lambda j: "key",
    "a JWK in a text": lambda j: json.dumps(dict(j)),
    "a list": lambda j: [],
    "a JWK in a list": lambda j: [j],
    "a key set in it": lambda j: {"keys": [j]},
    "an empty object": lambda j: {},
    "a kid alone": lambda j: {"kid": j["kid"]},
    "no kty": lambda j: _without(j, "kty"),
    "kty null": lambda j: {**j, "kty": None},
    "kty in small letters": lambda j: {**j, "kty": "rsa"},
    "kty in a list": lambda j: {**j, "kty": ["RSA"]},
    "kty EC": lambda j: {**j, "kty": "EC"},
    "kty OKP": lambda j: {**j, "kty": "OKP"},
    "kty oct": lambda j: {**j, "kty": "oct"},
    "kty unknown": lambda j: {**j, "kty": "AKP"},
    "a symmetric key": lambda j: {"kty": "oct", "k": "c2VjcmV0", "kid": j["kid"]},
    "a symmetric key for HS256": lambda j: {
        "kty": "oct",
        "k": "c2VjcmV0",
        "kid": j["kid"],
        "alg": "HS256",
    },
    "a symmetric key for RS256": lambda j: {
        "kty": "oct",
        "k": "c2VjcmV0",
        "kid": j["kid"],
        "alg": "RS256",
    },
    "an empty symmetric key": lambda j: {"kty": "oct", "k": "", "kid": j["kid"]},
    "the modulus as a symmetric key": lambda j: {"kty": "oct", "k": j["n"], "kid": j["kid"]},
    "a symmetric part": lambda j: {**j, "k": "AQAB"},
    "other primes": lambda j: {**j, "oth": []},
    "a private part that is null": lambda j: {**j, "d": None},
    "no n": lambda j: _without(j, "n"),
    "no e": lambda j: _without(j, "e"),
    "use enc": lambda j: {**j, "use": "enc"},
    "use null": lambda j: {**j, "use": None},
    "use in capitals": lambda j: {**j, "use": "SIG"},
    "use in a list": lambda j: {**j, "use": ["sig"]},
    "use of nothing": lambda j: {**j, "use": ""},
    "key_ops of encryption": lambda j: {**j, "key_ops": ["encrypt", "decrypt"]},
    "key_ops of signing": lambda j: {**j, "key_ops": ["sign"]},
    "key_ops of nothing": lambda j: {**j, "key_ops": []},
    "key_ops null": lambda j: {**j, "key_ops": None},
    "key_ops in a text": lambda j: {**j, "key_ops": "verify"},
    "key_ops in an object": lambda j: {**j, "key_ops": {"verify": True}},
    "use and key_ops at odds": lambda j: {**j, "use": "sig", "key_ops": ["wrapKey"]},
    "alg null": lambda j: {**j, "alg": None},
    "alg in a list": lambda j: {**j, "alg": ["RS256"]},
    "kid null": lambda j: {**j, "kid": None},
    "kid a number": lambda j: {**j, "kid": 1},
    "kid in a list": lambda j: {**j, "kid": [j["kid"]]},
    "kid an object": lambda j: {**j, "kid": {"first": 1}},
    "another's name": lambda j: {**j, "kid": "second"},
    "its name in capitals": lambda j: {**j, "kid": j["kid"].upper()},
    "its name and a space": lambda j: {**j, "kid": j["kid"] + " "},
    "a certificate alone": lambda j: {"kty": "RSA", "kid": j["kid"], "x5c": ["MIIB"]},
    "a key of a curve": lambda j: {
        "kty": "EC",
        "crv": "P-256",
        "x": "AQ",
        "y": "AQ",
        "kid": j["kid"],
    },
    "a key of Edwards' curve": lambda j: {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "AQ",
        "kid": j["kid"],
    },
    "deep": lambda j: {"x": json.loads("[" * 500 + "]" * 500)},
}

#: Values of `n` and of `e` that are none, in place of the good one.
NUMBERS: dict[str, Callable[[str], Any]] = {
    "null": lambda t: None,
    "true": lambda t: True,
    "a number": lambda t: 65537,
    "a large number": lambda t: 3**2000,
    "a fraction": lambda t: 1.5,
    "a list": lambda t: [t],
    "an object": lambda t: {"n": t},
    "empty": lambda t: "",
    "zero": lambda t: "AA",
    "one": lambda t: "AQ",
    "padded": lambda t: t + "=" * (-len(t) % 4 or 4),
    "in hex": lambda t: "0x10001",
    "in decimal": lambda t: "65537",
    "with ! in it": lambda t: t[:2] + "!!!!" + t[2:],
    "with a space": lambda t: t + " ",
    "with a newline": lambda t: t[:2] + "\n" + t[2:],
    "with + and /": lambda t: "++//" + t,
    "with a NUL": lambda t: t + "\x00",
    "of latin-1": lambda t: "\xe9" * 4,
    "half a surrogate pair": lambda t: "\ud800",
    "of one letter": lambda t: "A",
    "even": lambda t: _number(2**2047 + 2),
}

#: The same of `n` alone, and of `e` alone.
MODULI = {
    "of 8 bits": 0xC5,
    "of 512 bits": _odd(512),
    "of 1,024 bits": _odd(1024),
    "of 1,536 bits": _odd(1536),
    "of 2,047 bits": _odd(2047),
    "of 8,193 bits": _odd(8193),
    "of 16,384 bits": _odd(16_384),
    "of 3,000,000 bits": (1 << 3_000_000) - 1,
    "of ones": (1 << 2048) - 1,
    "a power of two": 1 << 2047,
    "a power of three": 3**1292,
    "with a factor of 3": 3 * _odd(2047),
    "with a factor of 701": 701 * _odd(2040),
    "with the mark of ROCA": _roca(),
}
EXPONENTS = {
    "of 2": 2,
    "of 65,536": 65_536,
    "as long as n": 1 << 2048 | 1,
    "of 100,000 bits": (1 << 100_000) - 1,
}


def _with(name: str, change: Callable[[str], Any]) -> Change:
    return lambda jwk: {**jwk, name: change(jwk[name])}


def _with_number(name: str, value: int) -> Change:
    return lambda jwk: {**jwk, name: _number(value)}


def _with_text(name: str, value: str) -> Change:
    return lambda jwk: {**jwk, name: value}


USELESS |= {
    f"{name} {title}": _with(name, change)
    for title, change in NUMBERS.items()
    for name in ("n", "e")
}
USELESS |= {f"n {title}": _with_number("n", value) for title, value in MODULI.items()}
USELESS |= {f"e {title}": _with_number("e", value) for title, value in EXPONENTS.items()}
USELESS |= {f"alg {name}": _with_text("alg", name) for name in ALGORITHMS}
USELESS |= {f"the private {name}": _with_text(name, "AQAB") for name in PRIVATE}


def _without(jwk: Jwk, name: str) -> dict[str, Any]:
    return {each: value for each, value in jwk.items() if each != name}


#: Changes to a good key, or members beside it, with which its tokens pass as before.
HARMLESS: dict[str, Callable[[Jwk], list[Any]]] = {
    "no use and no alg": lambda j: [_without(_without(j, "use"), "alg")],
    "key_ops of more than verify": lambda j: [{**j, "key_ops": ["sign", "verify", 1, None]}],
    "a zero in front of n": lambda j: [{**j, "n": _led_by_zero(j["n"])}],
    "a certificate that is none": lambda j: [{**j, "x5c": ["MIIB"], "x5t": 1, "x5u": 2}],
    "the same key twice": lambda j: [j, j],
    "the same key, twice named": lambda j: [j, {**j, "kid": "second"}],
    "unknown members": lambda j: [{**j, "ext": True, "jku": [], "exp": -1, "__proto__": {}}],
    "a long name beside it": lambda j: [j, {**j, "kid": "k" * 100_000}],
    "a name that cannot be encoded": lambda j: [{**j, "kid": "\ud800"}, j],
    "3,000 bad members": lambda j: [*[{**j, "e": "AQ"}] * 1500, j, *[None] * 1500],
}


def _led_by_zero(text: str) -> str:
    return base64url(b"\x00" + urlsafe_b64decode(text + "=="))
