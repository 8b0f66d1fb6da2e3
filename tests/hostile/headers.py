"""Theme: members of a header that ask for something: extensions, keys, addresses, other formats."""

import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from app.authz.testing.keys import base64url
from app.authz.testing.tokens import ABSENT

from .case import Case, Forge, token, with_header
from .certificates import certificate_of
from .keys import rs256

#: Values of `crit`: that it is there is enough (RFC 7515, section 4.1.11).
CRIT: dict[str, dict[str, Any]] = {
    "of an unknown extension": {"crit": ["x"], "x": 1},
    "of an extension that is absent": {"crit": ["x"]},
    "of exp": {"crit": ["exp"], "exp": 1},
    "of a registered name": {"crit": ["alg"]},
    "of typ": {"crit": ["typ"]},
    "of kid": {"crit": ["kid"]},
    "of b64": {"crit": ["b64"], "b64": False},
    "of b64, true": {"crit": ["b64"], "b64": True},
    "of b64 that is absent": {"crit": ["b64"]},
    "of itself": {"crit": ["crit"]},
    "of a name twice": {"crit": ["x", "x"], "x": 1},
    "of the empty name": {"crit": [""], "": 1},
    "of a number": {"crit": [1]},
    "of a null": {"crit": [None]},
    "of a list": {"crit": [["x"]]},
    "of cnf": {"crit": ["cnf"], "cnf": {}},
    "of http://openbanking.org.uk/iat": {"crit": ["http://openbanking.org.uk/iat"]},
    "of a thousand names": {"crit": [f"x{n}" for n in range(300)]},
    "that is empty": {"crit": []},
    "that is a text": {"crit": "exp"},
    "that is empty text": {"crit": ""},
    "that is null": {"crit": None},
    "that is true": {"crit": True},
    "that is false": {"crit": False},
    "that is a number": {"crit": 0},
    "that is an object": {"crit": {"exp": True}},
}

B64: dict[str, Any] = {
    "false": False,
    "true": True,
    "null": None,
    "a text": "false",
    "zero": 0,
    "a list": [],
}


def _extensions() -> Iterator[Case]:
    for title, members in CRIT.items():
        source = "CVE-2025-59420, CVE-2026-32597, RFC 7515 4.1.11"
        yield with_header(f"crit {title}", source, "token_algorithm", members)
    for title, value in B64.items():
        source = "CVE-2026-48990, RFC 7797 6"
        yield with_header(f"b64 is {title}", source, "token_algorithm", {"b64": value})

    def unencoded(forge: Forge) -> str:
        header, claims = base64url(json.dumps(forge.header(b64=False)).encode()), "sub=al"
        return f"{header}.{claims}.{base64url(rs256(forge.key, f'{header}.{claims}'.encode()))}"

    yield token(
        "b64 is false and the payload plain", "CVE-2026-48990", "token_algorithm", unencoded
    )


def _certificate(forge: Forge) -> str:
    der = certificate_of(forge.thief.private).public_bytes(Encoding.DER)
    return base64url(der)


#: Ways to bring a key along, or to say where it lies. Each address is the attacker's.
BROUGHT: dict[str, Callable[[Forge], dict[str, Any]]] = {
    "jwk": lambda f: {"jwk": f.thief.jwk},
    "jwk of the issuer's name": lambda f: {"jwk": {**f.thief.jwk, "kid": f.key.kid}},
    "jwk that is symmetric": lambda f: {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
    "jwk that is an address": lambda f: {"jwk": f"{f.canary}jwk"},
    "jwk that is a key set": lambda f: {"jwk": {"keys": [f.thief.jwk]}},
    "jwks": lambda f: {"jwks": {"keys": [f.thief.jwk]}},
    "jku": lambda f: {"jku": f"{f.canary}jku"},
    "jku at the issuer's host, redirected": lambda f: {
        "jku": f"{f.issuer.url}redirect?to={f.canary}"
    },
    "jku with the issuer for a user name": lambda f: {
        "jku": f"{f.issuer.url.strip('/')}@{f.canary[7:]}"
    },
    "jku with the issuer in a fragment": lambda f: {"jku": f"{f.canary}#{f.issuer.url}"},
    "jku of a file": lambda f: {"jku": "file:///etc/passwd"},
    "jku that is data": lambda f: {
        "jku": "data:application/json," + json.dumps({"keys": [f.thief.jwk]})
    },
    "jku of a cloud's metadata": lambda f: {"jku": "http://169.254.169.254/latest/meta-data/"},
    "jku that is a number": lambda f: {"jku": 1},
    "x5u": lambda f: {"x5u": f"{f.canary}x5u"},
    "x5u of a file": lambda f: {"x5u": "file:///dev/zero"},
    "x5c": lambda f: {"x5c": [_certificate(f)]},
    "x5c that is a text": lambda f: {"x5c": _certificate(f)},
    "x5c with an address in it": lambda f: {"x5c": [f"{f.canary}x5c"]},
    "x5c that is no certificate": lambda f: {"x5c": ["MIIB"]},
    "x5t": lambda f: {"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "url": lambda f: {"url": f"{f.canary}url"},
    "iss": lambda f: {"iss": f.canary},
    "jwks_uri": lambda f: {"jwks_uri": f"{f.canary}jwks"},
    "spkm": lambda f: {"trust_chain": [f.canary], "peer_trust_chain": [f.canary]},
    "all of them": lambda f: {
        "jwk": f.thief.jwk,
        "jku": f.canary,
        "x5u": f.canary,
        "x5c": ["MIIB"],
    },
}


def _brought() -> Iterator[Case]:
    source = "CVE-2026-27962, CVE-2018-0114, CVE-2026-48522, RFC 8725 3.10"
    for title, members in BROUGHT.items():
        for kid, code in (("issuer", "token_signature"), ("thief", "token_key_unknown")):

            def make(
                forge: Forge,
                members: Callable[[Forge], dict[str, Any]] = members,
                kid: str = kid,
            ) -> str:
                name = forge.key.kid if kid == "issuer" else forge.thief.kid
                header = forge.header(kid=name, **members(forge))
                return forge.signed(header=header, key=forge.thief)

            yield token(f"{title} of the thief under the {kid}'s kid", source, code, make)


#: Texts that do something where a `kid` is put into a path, a query, a command, a header or a log.
KIDS = {
    "a path upwards": "../../../../dev/null",
    "a path upwards, encoded": "..%2f..%2f..%2fdev%2fnull",
    "a path of Windows": "..\\..\\windows\\win.ini",
    "an absolute path": "/dev/null",
    "a path in /proc": "/proc/sys/kernel/randomize_va_space",
    "a file's address": "file:///etc/passwd",
    "a path cut by a NUL": "first\x00.pem",
    "SQL": "x' UNION SELECT 'secret' -- ",
    "SQL that waits": "1; SELECT pg_sleep(10)--",
    "a command": "first | /bin/sleep 10 ;",
    "a command in backticks": "`id`",
    "a command in $()": "$(id)",
    "LDAP": "*)(uid=*))(|(uid=*",
    "NoSQL": '{"$ne": null}',
    "a template": "{{7*7}}${7*7}<%= 7*7 %>",
    "a look-up": "${jndi:ldap://127.0.0.1/a}",
    "a format": "%s%s%s%n%x {0.__class__} %(kid)s",
    "HTML": "<script>alert(1)</script>",
    "CRLF and a header": "first\r\nSet-Cookie: a=b",
    "CRLF and a body": "first\r\n\r\n<html>",
    "a newline and a log line": "first\n2026-01-01 INFO accepted admin",
    "a quote and a parameter": 'first", error="none',
    "a terminal's escape": "\x1b[2J\x1b]0;owned\x07",
    "a backspace": "first\x08\x08",
    "text that turns round": "\u202etsrif",
    "a soft hyphen": "fir\u00adst",
    "a line separator": "first\u2028x",
    "an emoji": "\U0001f511",
    "the name in other letters": "FIRST",
    "the name with a space": " first",
    "the name with a NUL": "first\x00",
    "the name with a newline": "first\n",
    "the name with a slash": "first/",
    "the name in full width": "\uff46\uff49\uff52\uff53\uff54",
    "__proto__": "__proto__",
    "constructor": "constructor",
    "__class__": "__class__",
    "None": "None",
    "null": "null",
    "nothing": "",
    "a space": " ",
    "zero": "0",
    "an asterisk": "*",
    "a pattern that is slow": "(a+)+$" + "a" * 100 + "!",
    "a long text": "k" * 4000,
}


def _kids() -> Iterator[Case]:
    source = "CVE-2026-48524, CVE-2018-0114, RFC 8725 3.10"
    for title, kid in KIDS.items():
        yield with_header(f"kid is {title}", source, "token_key_unknown", {"kid": kid})
    yield with_header(
        "kid is an address", source, "token_key_unknown", lambda f: {"kid": f"{f.canary}kid"}
    )
    for title, value in UNTEXTUAL.items():
        yield with_header(
            f"kid is {title} itself", "RFC 7515 4.1.4", "token_malformed", {"kid": value}
        )


#: Values of a text member that are none. The last can be written, but never encoded.
UNTEXTUAL: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "a number": 1,
    "a fraction": 0.5,
    "a list": ["first"],
    "an empty list": [],
    "an object": {"first": "first"},
    "half a surrogate pair": "\ud800",
}

#: Kinds of token that are no access token (RFC 8725, section 3.11).
TYPES = """
    dpop+jwt logout+jwt secevent+jwt application/secevent+jwt token-introspection+jwt
    oauth-authz-req+jwt client-authentication+jwt id_token JWE JOSE JOSE+JSON vc+jwt dc+sd-jwt
    kb+jwt entity-statement+jwt text/html at at+jwt+jwt +jwt application/ application/application/x
    application/at+jwt;charset=utf-8 jwt,at+jwt JWT\x00 \uff2a\uff37\uff34 none * "JWT"
""".split()  # noqa: SIM905 - one could read nothing of it


def _types() -> Iterator[Case]:
    source = "RFC 9068 4, RFC 8725 2.8 and 3.11"
    for number, typ in enumerate(TYPES):
        title = typ.encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
        yield with_header(f"typ is {title} ({number})", source, "token_malformed", {"typ": typ})
    for title, value in UNTEXTUAL.items():
        yield with_header(f"typ is {title}", source, "token_malformed", {"typ": value})
    for title, text in {"nothing": "", "a space": " ", "JWT and a newline": "JWT\n"}.items():
        yield with_header(f"typ is {title}", source, "token_malformed", {"typ": text})


def _nested() -> Iterator[Case]:
    """Formats inside of formats: what is inside is not what the rules are for."""
    source = "RFC 7519 5.2, RFC 8725 2.3 and 3.3"
    inside: dict[str, Callable[[Forge], str | bytes]] = {
        "a token": lambda f: f.good(),
        "a token in quotes": lambda f: json.dumps(f.good()),
        "a token in a list": lambda f: json.dumps([f.good()]),
        "compressed claims": lambda f: zlib.compress(json.dumps(f.claims()).encode()),
        "raw deflate": lambda f: zlib.compress(json.dumps(f.claims()).encode(), wbits=-15),
        "a zip bomb": lambda f: zlib.compress(bytes(1_000_000), level=9, wbits=-15),
    }
    for title, payload in inside.items():

        def make(forge: Forge, payload: Callable[[Forge], str | bytes] = payload) -> str:
            header = forge.header(cty="JWT", zip="DEF")
            return forge.signed(header=header, claims=payload(forge))

        yield token(f"payload is {title}", source, "token_malformed", make)


def _without_kid() -> Iterator[Case]:
    """The only key is meant then (the design), and no other."""
    yield token(
        "no kid and the thief's signature",
        "RFC 8725 3.1",
        "token_signature",
        lambda f: f.signed(header=f.header(kid=ABSENT), key=f.thief),
    )


CASES = [*_extensions(), *_brought(), *_kids(), *_types(), *_nested(), *_without_kid()]
