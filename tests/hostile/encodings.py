"""Theme: parts that are not canonical base64url, or not one JSON object in UTF-8."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator

from .case import Case, Forge, part, token, with_member
from .keys import rs256

PARTS = ("header", "payload", "signature")

#: Characters of base64url, by value (RFC 4648, section 5).
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _spare_bits(text: str) -> str:
    """Set the bits of the last character that encode nothing, where there are some."""
    if len(text) % 4 == 0:
        return text + "="
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) | 1]


#: Other spellings of the same bytes, and what lenient decoders pass over.
RESPELT: dict[str, Callable[[str], str]] = {
    "padded": lambda t: _padded(t) if len(t) % 4 else t + "====",
    "with one = too many": lambda t: _padded(t) + "=",
    "with spare bits set": _spare_bits,
    "with !!!! at its end": lambda t: t + "!!!!",
    "with ! in the middle": lambda t: t[:8] + "!" + t[8:],
    "with # at its end": lambda t: t + "####",
    "with ? at its start": lambda t: "?" + t,
    "with * at its start": lambda t: "*" + t,
    "with ~ in the middle": lambda t: t[:4] + "~" + t[4:],
    "with %3D at its end": lambda t: t + "%3D",
    "with %0A in the middle": lambda t: t[:4] + "%0A" + t[4:],
    "with \\n spelt out": lambda t: t[:4] + "\\n" + t[4:],
    "with = in the middle": lambda t: t[:4] + "=" + t[4:],
    "with == at its start": lambda t: "==" + t,
    "with one character too many": lambda t: (
        t + "A" if len(t) % 4 == 0 else t[: len(t) // 4 * 4 + 1]
    ),
    "with / in it": lambda t: t[:4] + "////" + t[4:],
    "with + in it": lambda t: t[:4] + "++++" + t[4:],
    "quoted": lambda t: f'"{t}"',
    "percent-encoded": lambda t: "".join(f"%{ord(c):02x}" for c in t[:40]),
    "with its first character cut": lambda t: (
        t[1:] if len(t) % 4 == 2 else "A" + t[: len(t) // 4 * 4]
    ),
    "as !": lambda t: "!",
    "as one character": lambda t: "A",
    "as =": lambda t: "=",
}


def _respelt() -> Iterator[Case]:
    for number, place in enumerate(PARTS):
        for title, change in RESPELT.items():

            def make(
                forge: Forge, number: int = number, change: Callable[[str], str] = change
            ) -> str:
                pieces = forge.parts()
                pieces[number] = change(pieces[number])
                return ".".join(pieces)

            yield token(f"{place} {title}", "CVE-2026-102269, RFC 7515 2", "token_malformed", make)


def _signed_as_sent() -> Iterator[Case]:
    """The same, where the signature is over the odd spelling: it would verify."""
    for title in ("padded", "with !!!! at its end", "with spare bits set", "with = in the middle"):
        change = RESPELT[title]

        def make(forge: Forge, change: Callable[[str], str] = change) -> str:
            header, payload, _ = forge.parts()
            signed = f"{header}.{change(payload)}"
            return f"{signed}.{part(rs256(forge.key, signed.encode()))}"

        yield token(
            f"payload {title} and signed so", "CVE-2026-102269, RFC 7515 2", "token_malformed", make
        )


#: What a text of claims or of a header may be turned into so that it is no JSON object in UTF-8.
REWRITTEN: dict[str, Callable[[str], str | bytes]] = {
    "in UTF-16": lambda t: t.encode("utf-16"),
    "in UTF-16, big-endian": lambda t: t.encode("utf-16-be"),
    "in UTF-32": lambda t: t.encode("utf-32"),
    "in UTF-7": lambda t: t.replace("{", "+AHs-"),
    "after a BOM": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "with a stray byte": lambda t: t.encode() + b"\xff",
    "with a byte of latin-1": lambda t: t[:-1].encode() + b', "x": "\xe9"}',
    "with an overlong slash": lambda t: t[:-1].encode() + b', "x": "\xc0\xaf"}',
    "with an overlong NUL": lambda t: t[:-1].encode() + b', "x": "\xc0\x80"}',
    "with half a surrogate pair in UTF-8": lambda t: t[:-1].encode() + b', "x": "\xed\xa0\x80"}',
    "with a character beyond Unicode": lambda t: t[:-1].encode() + b', "x": "\xf4\x90\x80\x80"}',
    "with half a surrogate pair escaped": lambda t: t[:-1] + ', "x": "\\ud800"}',
    "with the other half escaped": lambda t: t[:-1] + ', "x": "\\udc00"}',
    "with a name of half a surrogate pair": lambda t: t[:-1] + ', "\\udfff": 1}',
    "with a broken escape": lambda t: t[:-1] + ', "x": "\\u12"}',
    "with an unknown escape": lambda t: t[:-1] + ', "x": "\\x41"}',
    "with a raw newline in a text": lambda t: t[:-1] + ', "x": "\n"}',
    "with a raw NUL in a text": lambda t: t[:-1] + ', "x": "\x00"}',
    "before a NUL": lambda t: t + "\x00",
    "before another object": lambda t: t + "{}",
    "before a comment": lambda t: t + "// none",
    "with a comment in it": lambda t: t.replace("{", "{/**/", 1),
    "in single quotes": lambda t: t.replace('"', "'"),
    "with names unquoted": lambda t: t[:-1] + ", x: 1}",
    "with a comma too many": lambda t: t[:-1] + ",}",
    "without its last brace": lambda t: t[:-1],
    "without its first brace": lambda t: t[1:],
    "with NaN": lambda t: t[:-1] + ', "x": NaN}',
    "with Infinity": lambda t: t[:-1] + ', "x": Infinity}',
    "with -Infinity": lambda t: t[:-1] + ', "x": -Infinity}',
    "with 1e999": lambda t: t[:-1] + ', "x": 1e999}',
    "with -1e999": lambda t: t[:-1] + ', "x": -1e999}',
    "with 01": lambda t: t[:-1] + ', "x": 01}',
    "with +1": lambda t: t[:-1] + ', "x": +1}',
    "with 0x10": lambda t: t[:-1] + ', "x": 0x10}',
    "with 1_0": lambda t: t[:-1] + ', "x": 1_0}',
    "with .5": lambda t: t[:-1] + ', "x": .5}',
    "with 5.": lambda t: t[:-1] + ', "x": 5.}',
    "with a number of 5,000 digits": lambda t: f'{{"x": {"9" * 5000}}}',
    "with True": lambda t: t[:-1] + ', "x": True}',
    "with undefined": lambda t: t[:-1] + ', "x": undefined}',
    "in a list": lambda t: f"[{t}]",
    "as a text": lambda t: json.dumps(t),
    "as nothing": lambda t: "",
    "as a space": lambda t: " ",
    "as null": lambda t: "null",
    "as true": lambda t: "true",
    "as a number": lambda t: "1",
    "as an empty list": lambda t: "[]",
    "as pairs": lambda t: json.dumps(list(json.loads(t).items())),
    "as a form": lambda t: "alg=RS256&sub=al",
    "as YAML": lambda t: "alg: RS256\nsub: al\n",
    "as XML": lambda t: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "as a pickle": lambda t: b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    "as gzip": lambda t: b64decode(b"H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA=="),
    "in base64 once more": lambda t: b64encode(t.encode()),
}


def _rewritten() -> Iterator[Case]:
    """Each signed as it is, by the issuer."""
    for title, change in REWRITTEN.items():

        def header(forge: Forge, change: Callable[[str], str | bytes] = change) -> str:
            return forge.signed(header=change(json.dumps(forge.header())))

        def payload(forge: Forge, change: Callable[[str], str | bytes] = change) -> str:
            return forge.signed(claims=change(json.dumps(forge.claims())))

        source = "CVE-2026-101918, RFC 8259 8.1, RFC 8725 2.6 and 3.7"
        yield token(f"header {title}", source, "token_malformed", header)
        yield token(f"payload {title}", source, "token_malformed", payload)


#: A name twice: a reader takes the first, another the last. The object's text, and where.
TWICE = {
    "alg, the last none": ("header", '"alg": "none"'),
    "alg, the last the same": ("header", '"alg": "RS256"'),
    "alg, the last escaped": ("header", '"\\u0061lg": "none"'),
    "kid": ("header", '"kid": "other"'),
    "typ": ("header", '"typ": "JWT"'),
    "a name of no meaning": ("header", '"x": 1, "x": 2'),
    "a name in an object": ("header", '"x": {"y": 1, "y": 2}'),
    "iss": ("payload", '"iss": "https://attacker.test/"'),
    "sub": ("payload", '"sub": "admin"'),
    "sub, the last escaped": ("payload", '"s\\u0075b": "admin"'),
    "aud": ("payload", '"aud": "https://other.test"'),
    "exp": ("payload", '"exp": 9999999999'),
    "permissions": ("payload", '"permissions": ["delete:items"]'),
    "scope": ("payload", '"scope": "admin"'),
    "a claim of no meaning": ("payload", '"x": 1, "x": 1'),
    "a claim in an object": ("payload", '"x": {"y": 1, "y": 2}'),
    "a claim in a list of objects": ("payload", '"x": [{"y": 1, "\\u0079": 2}]'),
    "the empty name": ("payload", '"": 1, "": 2'),
}


def _twice() -> Iterator[Case]:
    for title, (place, member) in TWICE.items():

        def make(forge: Forge, place: str = place, member: str = member) -> str:
            if place == "header":
                return forge.signed(header=with_member(forge.header(), member))
            return forge.signed(claims=with_member(forge.claims(), member))

        yield token(
            f"{place} names {title} twice", "RFC 7515 4, RFC 7519 4", "token_malformed", make
        )


CASES = [*_respelt(), *_signed_as_sent(), *_rewritten(), *_twice()]
