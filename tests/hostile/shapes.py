"""Theme: texts that are no token of three parts, and tokens that are too much of something."""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from app.authz.testing.keys import base64url

from .case import Case, Forge, header, part, token

#: Five parts (RFC 7516, section 7.1): encrypted, and never decrypted here, whatever it would cost.
ENCRYPTED: dict[str, dict[str, Any]] = {
    "RSA-OAEP": {"alg": "RSA-OAEP", "enc": "A256GCM"},
    "RSA1_5, which asks an oracle": {"alg": "RSA1_5", "enc": "A128CBC-HS256"},
    "a zip bomb": {"alg": "dir", "enc": "A256GCM", "zip": "DEF"},
    "PBES2 of a million rounds": {
        "alg": "PBES2-HS256+A128KW",
        "enc": "A128GCM",
        "p2s": "AAAA",
        "p2c": 10**6,
    },
    "PBES2 of 2**63 rounds": {
        "alg": "PBES2-HS512+A256KW",
        "enc": "A128GCM",
        "p2s": "AAAA",
        "p2c": 2**63,
    },
    "PBES2 of -1 rounds": {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2s": "AAAA", "p2c": -1},
    "ECDH-ES off the curve": {
        "alg": "ECDH-ES",
        "enc": "A128GCM",
        "epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    },
    "ECDH-ES with an address": {
        "alg": "ECDH-ES",
        "enc": "A128GCM",
        "epk": {"jku": "http://127.0.0.1:1/"},
    },
    "none": {"alg": "none", "enc": "none"},
    "RS256": {"alg": "RS256", "enc": "A128GCM"},
    "dir with the public key": {"alg": "dir", "enc": "A256GCM", "kid": "first"},
    "AES-GCM with a short tag": {"alg": "A128GCMKW", "enc": "A128GCM", "iv": "AAAA", "tag": "AA"},
}


def _encrypted() -> Iterator[Case]:
    source = "CVE-2025-62706, CVE-2026-27932, CVE-2026-28490, CVE-2024-33664, RFC 8725 2.5 and 3.6"
    bomb = base64url(zlib.compress(bytes(2_000_000), level=9, wbits=-15))
    key, tag = base64url(bytes(64)), base64url(bytes(16))
    for title, members in ENCRYPTED.items():
        text = f"{part(members)}.{key}.AAAAAAAAAAAAAAAA.{bomb}.{tag}"
        yield header(f"encrypted: {title}", source, "token_opaque", f"Bearer {text}")
    yield token(
        "encrypted: the payload of a good token in between",
        "CVE-2022-3102, RFC 8725 2.3",
        "token_opaque",
        lambda f: "{0}..{1}.{1}.{2}".format(*f.parts()),
    )


#: What else may stand where a token should, given the three parts of a good one.
SHAPES: dict[str, Callable[[str, str, str], str]] = {
    "no signature and no dot": lambda h, p, s: f"{h}.{p}",
    "the header alone": lambda h, p, s: h,
    "the payload alone": lambda h, p, s: p,
    "the signature alone": lambda h, p, s: s,
    "a fourth part": lambda h, p, s: f"{h}.{p}.{s}.x",
    "a fourth part that is empty": lambda h, p, s: f"{h}.{p}.{s}.",
    "a part in front": lambda h, p, s: f"x.{h}.{p}.{s}",
    "a dot in front": lambda h, p, s: f".{h}.{p}.{s}",
    "two dots after the header": lambda h, p, s: f"{h}..{p}.{s}",
    "the signature twice": lambda h, p, s: f"{h}.{p}.{s}.{s}",
    "the token twice": lambda h, p, s: f"{h}.{p}.{s}.{h}.{p}.{s}",
    "five empty parts": lambda h, p, s: "....",
    "a dot": lambda h, p, s: ".",
    "a letter": lambda h, p, s: "x",
    "the word null": lambda h, p, s: "null",
    "the word undefined": lambda h, p, s: "undefined",
    "the word token": lambda h, p, s: "<token>",
    "a UUID": lambda h, p, s: "123e4567-e89b-12d3-a456-426614174000",
    "colons for dots": lambda h, p, s: f"{h}:{p}:{s}",
    "encoded dots": lambda h, p, s: f"{h}%2e{p}%2e{s}",
    "base64 of the whole": lambda h, p, s: base64url(f"{h}.{p}.{s}".encode()),
    "a PASETO": lambda h, p, s: f"v2.public.{p}.{s}",
    "a macaroon": lambda h, p, s: "MDAxY2xvY2F0aW9uIGh0dHA6Ly8xMjcuMC4wLjEK",
    "SAML": lambda h, p, s: base64url(b"<saml:Assertion>" * 20),
    "an SD-JWT of two disclosures": lambda h, p, s: f"{h}.{p}.{s}~WyJhIl0~WyJiIl0~{h}.{p}.{s}",
    "a JSON serialisation in braces": lambda h, p, s: json.dumps(
        {"payload": p}, separators=(",", ":")
    ),
    "8,000 letters": lambda h, p, s: "a" * 8000,
    "8,000 dots": lambda h, p, s: "." * 8000,
    "thousands of empty parts": lambda h, p, s: f"{h}.{p}.{s}" + "." * 5000,
}

#: The same, of three parts.
OF_THREE: dict[str, Callable[[str, str, str], str]] = {
    "no header": lambda h, p, s: f".{p}.{s}",
    "no payload": lambda h, p, s: f"{h}..{s}",
    "no header and no signature": lambda h, p, s: f".{p}.",
    "three empty parts": lambda h, p, s: "..",
    "the header alone with dots": lambda h, p, s: f"{h}..",
    "the signature alone with dots": lambda h, p, s: f"..{s}",
    "the parts reversed": lambda h, p, s: f"{s}.{p}.{h}",
    "the signature in front": lambda h, p, s: f"{s}.{h}.{p}",
    "the payload for a header": lambda h, p, s: f"{p}.{p}.{s}",
    "letters": lambda h, p, s: "a.b.c",
    "braces": lambda h, p, s: "{}.{}.{}",
    "an address": lambda h, p, s: "www.example.com",
    "an SD-JWT of one disclosure": lambda h, p, s: f"{h}.{p}.{s}~WyJhIl0~",
    "a hash of it behind": lambda h, p, s: f"{h}.{p}.{s}#x",
}


def _shaped(shape: Callable[[str, str, str], str]) -> Callable[[Forge], str]:
    return lambda forge: shape(*forge.parts())


def _with_part_of(other: Callable[[Forge], str], place: int) -> Callable[[Forge], str]:
    def make(forge: Forge) -> str:
        pieces = forge.parts()
        pieces[place] = other(forge).split(".")[place]
        return ".".join(pieces)

    return make


def _shapes() -> Iterator[Case]:
    source = "CVE-2025-30204, CVE-2022-39227, RFC 7515 3.1"
    for shapes, code in ((SHAPES, "token_opaque"), (OF_THREE, "token_malformed")):
        for title, shape in shapes.items():
            yield token(f"shape: {title}", source, code, _shaped(shape))
    yield token(
        "shape: the payload of another token",
        "RFC 8725 2.1",
        "token_signature",
        _with_part_of(lambda f: f.signed(claims=f.claims(sub="admin")), 1),
    )
    yield token(
        "shape: the header of another token",
        "RFC 8725 2.1",
        "token_signature",
        _with_part_of(lambda f: f.signed(header=f.header(typ="at+jwt")), 0),
    )


def _nested(depth: int, opening: str, closing: str) -> Callable[[Forge], str]:
    text = '{"alg":"RS256","x":' + opening * depth + "1" + closing * depth + "}"
    return lambda forge: forge.signed(header=text)


def _deep_headers() -> Iterator[Case]:
    source = "CVE-2026-101918, CVE-2025-61920, RFC 8259 9"
    for depth in (65, 100, 480, 500, 900, 1000, 2000):
        for title, opening, closing in (("lists", "[", "]"), ("objects", '{"":', "}")):
            if len(opening + closing) * depth < 5000:
                yield token(
                    f"header of {title} to a depth of {depth}",
                    source,
                    "token_malformed",
                    _nested(depth, opening, closing),
                )
    yield token(
        "header of opened lists",
        source,
        "token_malformed",
        lambda f: ".".join([part("[" * 5000), "e30", "AAAA"]),
    )
    yield token(
        "payload of opened objects",
        source,
        "token_malformed",
        lambda f: ".".join([part(f.header()), part('{"":' * 900), "AAAA"]),
    )


def _with_payload(claims: Callable[[Forge], Any]) -> Callable[[Forge], str]:
    return lambda forge: f"{forge.unsigned(claims=claims(forge))}.AAAA"


def _with_own_header(members: Callable[[Forge], Any]) -> Callable[[Forge], str]:
    return lambda forge: f"{forge.unsigned(members(forge))}.AAAA"


def _many() -> Iterator[Case]:
    """Many of something, signed by nobody. Each fits into 8,000 characters."""
    source = "CVE-2025-61920, CVE-2026-119284"
    many: dict[str, Callable[[Forge], Any]] = {
        "names": lambda f: {f"{n:03}": 0 for n in range(400)},
        "names of one hash": lambda f: {str(n * (2**61 - 1)): 0 for n in range(100)},
        "nulls": lambda f: {"x": [None] * 800},
        "empty objects": lambda f: {"x": [{}] * 1000},
        "digits": lambda f: '{"x":' + "1" * 4000 + "}",
        "digits after the point": lambda f: '{"x":0.' + "1" * 4000 + "}",
        "escapes": lambda f: '{"x":"' + "\\u0041" * 700 + '"}',
        "spaces": lambda f: "{" + " " * 4000 + "}",
        "backslashes": lambda f: '{"x":"' + "\\\\" * 2000 + '"}',
    }
    for title, claims in many.items():
        yield token(
            f"claims of many {title}",
            source,
            "token_issuer",
            _with_payload(claims),
        )
        yield token(
            f"header of many {title}",
            source,
            "token_malformed",
            _with_own_header(claims),
        )


def _too_long() -> Iterator[Case]:
    source = "CVE-2025-61920, CVE-2026-119284"
    long: dict[str, Callable[[Forge], str]] = {
        "8,001 letters": lambda f: "a" * 8001,
        "8,001 dots": lambda f: "." * 8001,
        "a signed token of a long claim": lambda f: f.signed(claims=f.claims(x="a" * 8000)),
        "a signed token of a long header": lambda f: f.signed(header=f.header(x="a" * 8000)),
        "a good token and 8,000 letters": lambda f: f.good() + "a" * 8000,
        "a token of a long signature": lambda f: f"{f.unsigned()}.{'A' * 8000}",
    }
    for title, make in long.items():
        yield token(f"too long: {title}", source, "request_malformed", make)


CASES = [*_encrypted(), *_shapes(), *_deep_headers(), *_many(), *_too_long()]
