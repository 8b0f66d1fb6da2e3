"""Theme: tokens that are bound to a key, and proofs of it that are none (RFC 9449)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.authz.testing import DpopKey
from app.authz.testing.keys import base64url
from app.authz.testing.tokens import ABSENT

from .case import Case, Changes, Forge, part

#: Makes what is sent as `DPoP`, given the client's key and its token.
Proof = Callable[[Forge, DpopKey, str], str]

_SOURCE = "RFC 9449 4.3"


def _case(
    name: str, proof: Proof, code: str = "dpop_proof_invalid", *, source: str = _SOURCE
) -> Case:
    """Return a case of a good token that is bound to a key, and a proof of any kind."""

    def headers(forge: Forge) -> Mapping[str, str]:
        key = forge.client_key
        token = forge.signed(claims=forge.claims(cnf=key.confirmation))
        return {"Authorization": f"DPoP {token}", "DPoP": proof(forge, key, token)}

    return Case(f"proof: {name}", source, code, headers)


def _broken_as(title: str) -> Proof:
    return lambda forge, key, token: key.broken(forge.method, forge.url, token)[title]


def _broken() -> Iterator[Case]:
    """Those that anybody may test with (`DpopKey.broken`)."""
    for title in DpopKey().broken("GET", "http://localhost/", "x"):
        yield _case(title, _broken_as(title))


def _with_header(name: str, changes: Changes | Callable[[Forge, DpopKey], Changes]) -> Case:
    """Return a case of a proof that is signed well, with a few members of its header changed."""

    def proof(forge: Forge, key: DpopKey, token: str) -> str:
        made = changes(forge, key) if callable(changes) else changes
        return key.sign(key.header(**made), key.claims(forge.method, forge.url, token))

    return _case(name, proof, source="RFC 9449 4.2 and 4.3, RFC 8725 3.10")


def _with_claim(name: str, claim: str, value: Callable[[Forge], Any]) -> Case:
    """Return a case of a proof that is signed well, with one of its claims changed."""
    return _case(
        name,
        lambda forge, key, token: key.proof(
            forge.method, forge.url, token, **{claim: value(forge)}
        ),
    )


#: Points that are none, or that everybody has a signature of.
_POINTS: dict[str, dict[str, Any]] = {
    "a point off the curve": {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"},
    "a point at infinity": {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(bytes(32)),
        "y": base64url(bytes(32)),
    },
    "a point of numbers": {"kty": "EC", "crv": "P-256", "x": 1, "y": 1},
    "a point of another curve": {"kty": "EC", "crv": "P-384", "x": "AQ", "y": "AQ"},
    "a point of a curve of nobody's": {"kty": "EC", "crv": "P-1", "x": "AQ", "y": "AQ"},
    "a point of a list for a curve": {"kty": "EC", "crv": ["P-256"], "x": "AQ", "y": "AQ"},
    "a point of 10,000 bits": {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(b"\xff" * 1250),
        "y": "AQ",
    },
}


#: Values of `jwk` that are no key.
_NO_KEYS: dict[str, Any] = {
    "null": None,
    "a list": [],
    "a number": 1,
    "an address": "http://127.0.0.1:1/",
    "a key set": {"keys": []},
    "empty": {},
}


def _with_part(name: str) -> Callable[[Forge, DpopKey], Changes]:
    return lambda forge, key: {"jwk": {**key.jwk, name: "AQ"}}


def _headers() -> Iterator[Case]:
    for title, jwk in (_POINTS | _NO_KEYS).items():
        yield _with_header(f"jwk is {title}", {"jwk": jwk})
    for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k"):
        yield _with_header(f"jwk has {name}", _with_part(name))
    for alg in ("RS1", "HS256", "ES256K", "ES384", "PS512", "RSA1_5", "NONE", "es256", ""):
        yield _with_header(f"alg is {alg or 'nothing'}", {"alg": alg})
    for typ in ("JWT", "at+jwt", "dpop", "", "application/dpop", "text/dpop+jwt", "dpop+jwt\n"):
        yield _with_header(f"typ is {typ!r}", {"typ": typ})
    yield _with_header("typ in a list", {"typ": ["dpop+jwt"]})
    yield _with_header("crit is empty", {"crit": []})
    yield _with_header("b64 is false", {"b64": False})
    yield _with_header("jku and no jwk", lambda f, k: {"jwk": ABSENT, "jku": f"{f.canary}dpop"})
    yield _with_header("x5u and no jwk", lambda f, k: {"jwk": ABSENT, "x5u": f"{f.canary}dpop"})
    yield _with_header("kid and no jwk", lambda f, k: {"jwk": ABSENT, "kid": f.key.kid})


def _rsa(**changes: Any) -> Proof:
    def proof(forge: Forge, key: DpopKey, token: str) -> str:
        jwk = {**{name: forge.key.jwk[name] for name in ("kty", "n", "e")}, **changes}
        header = key.header(alg="RS256", jwk=jwk)
        return key.sign(header, key.claims(forge.method, forge.url, token))

    return proof


#: RSA keys that would be slow, or no keys: changes to the issuer's.
_NUMBERS: dict[str, dict[str, Any]] = {
    "e is 0": {"e": "AA"},
    "e is 1": {"e": "AQ"},
    "e is even": {"e": "Ag"},
    "e is empty": {"e": ""},
    "e is a number": {"e": 65537},
    "e is longer than n": {"e": base64url(b"\xff" * 300)},
    "n is 0": {"n": "AA"},
    "n is 1": {"n": "AQ"},
    "n is empty": {"n": ""},
    "n is a number": {"n": 2**2048},
    "n is null": {"n": None},
    "n is no base64": {"n": "!" * 342},
    "n is padded": {"n": base64url(b"\xff" * 256) + "=="},
    "n has 512 bits": {"n": base64url(b"\xff" * 64)},
    "n has 16,384 bits": {"n": base64url(b"\xff" * 2048)},
}


def _numbers() -> Iterator[Case]:
    for title, changes in _NUMBERS.items():
        yield _case(f"RSA key whose {title}", _rsa(**changes), source="RFC 9449 4.3, RFC 7518 3.3")
    yield _case(
        "RSA key of the issuer, signed by the client",
        _rsa(),
        "token_binding",
        source="RFC 9449 11.8",
    )


#: Values of claims that are another's, of the wrong kind, or beyond all bounds.
_CLAIMS: dict[str, list[Any]] = {
    "htm": ["", "get", "POST", "*", None, 1, ["GET"], {"GET": 1}, "GET\r\nX-Injected: 1"],
    "iat": ["", None, True, [], {}, -1, 0, 2**63, 1e308, 10**400, -(10**400), "1"],
    "jti": ["", None, 1, True, [], {}, ["x"], "x" * 257],
    "ath": ["", None, 1, [], "x", "\u00e9", "=" * 43, "A" * 43, "A" * 5000],
}


def _always(value: Any) -> Callable[[Forge], Any]:
    return lambda _: value


def _claims() -> Iterator[Case]:
    for claim, values in _CLAIMS.items():
        for number, value in enumerate(values):
            yield _with_claim(f"{claim} is another, {number}", claim, _always(value))
    for title, target in _TARGETS.items():
        yield _with_claim(f"htu is {title}", "htu", target)


#: Addresses that are not that of the request.
_TARGETS: dict[str, Callable[[Forge], Any]] = {
    "the attacker's": lambda f: f.canary,
    "ours as a user name": lambda f: f.url.replace("://", "://admin@"),
    "ours and a port": lambda f: "http://localhost:1/requires_auth",
    "ours with https": lambda f: f.url.replace("http:", "https:"),
    "ours with a path upwards": lambda f: f.url + "/../requires_auth",
    "ours and a slash": lambda f: f.url + "/",
    "ours in capitals": lambda f: f.url.upper(),
    "ours after a space": lambda f: " " + f.url,
    "ours and a newline": lambda f: f.url + "\n",
    "ours and a NUL": lambda f: f.url + "\x00",
    "ours with backslashes": lambda f: f.url.replace("/", "\\"),
    "a path": lambda f: "/requires_auth",
    "without a scheme": lambda f: "//localhost/requires_auth",
    "of another scheme": lambda f: "ftp://localhost/requires_auth",
    "a port of letters": lambda f: "http://localhost:x/",
    "a port of 10,000 digits": lambda f: "http://localhost:" + "1" * 3000,
    "an open bracket": lambda f: "http://[::1/",
    "nothing": lambda f: "",
    "null": lambda f: None,
    "a number": lambda f: 1,
    "half a surrogate pair": lambda f: f.url + "\ud800",
    "in full width": lambda f: f.url.replace("/", "\uff0f"),
}

#: The order of P-256, twice: both numbers of a signature that a sloppy verifier takes for zero.
_N = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551" * 2
_DER = bytes.fromhex("3006020100020100")

#: What else may be sent, given a good proof.
_TEXTS: dict[str, Callable[[str], str]] = {
    "a space": lambda p: " ",
    "a letter": lambda p: "x",
    "two dots": lambda p: "..",
    "NUL": lambda p: "\x00",
    "bytes of latin-1": lambda p: "\xff" * 300,
    "twice": lambda p: f"{p},{p}",
    "twice, with a space": lambda p: f"{p}, {p}",
    "after a comma": lambda p: f",{p}",
    "before a space": lambda p: f"{p} ",
    "before !!!!": lambda p: f"{p}!!!!",
    "before ==": lambda p: f"{p}==",
    "of four parts": lambda p: f"{p}.x",
    "of five parts": lambda p: f"{p}.x.x",
    "of 8,001 letters": lambda p: "a" * 8001,
    "of 300,000 letters": lambda p: "a" * 300_000,
    "of 8,000 dots": lambda p: "." * 8000,
    "after Bearer": lambda p: f"Bearer {p}",
    "in quotes": lambda p: f'"{p}"',
    "with a zero signature": lambda p: f"{p.rpartition('.')[0]}.{base64url(bytes(64))}",
    "with a signature of n": lambda p: f"{p.rpartition('.')[0]}.{base64url(bytes.fromhex(_N))}",
    "with a signature in DER": lambda p: f"{p.rpartition('.')[0]}.{base64url(_DER)}",
    "with a long signature": lambda p: f"{p.rpartition('.')[0]}.{base64url(bytes(3000))}",
    "with a header of opened lists": lambda p: f"{part('[' * 5000)}.e30.AAAA",
    "with deep claims": lambda p: ".".join(
        [p.split(".")[0], part('{"a":' + "[" * 99 + "]" * 99 + "}"), "AAAA"]
    ),
    "with claims twice": lambda p: ".".join(
        [p.split(".")[0], part('{"jti":"a","jti":"b"}'), "AAAA"]
    ),
    "with claims of NaN": lambda p: ".".join([p.split(".")[0], part('{"iat":NaN}'), "AAAA"]),
    "with claims in a list": lambda p: ".".join([p.split(".")[0], part("[]"), "AAAA"]),
}


def _sent(change: Callable[[str], str]) -> Proof:
    return lambda forge, key, token: change(key.proof(forge.method, forge.url, token))


def _texts() -> Iterator[Case]:
    """Not one proof, or one that is written in another way."""
    for title, change in _TEXTS.items():
        source = "CVE-2022-21449, RFC 9449 4.3, RFC 7515 2"
        yield _case(f"sent {title}", _sent(change), source=source)


def _schemes() -> Iterator[Case]:
    """The proof is good, and the scheme or the token is not of its kind."""

    def bound(forge: Forge) -> Mapping[str, str]:
        token = forge.signed(claims=forge.claims(cnf=forge.client_key.confirmation))
        return forge.client_key.headers(forge.method, forge.url, token)

    def unbound(forge: Forge) -> Mapping[str, str]:
        return forge.client_key.headers(forge.method, forge.url, forge.good())

    def downgraded(forge: Forge) -> Mapping[str, str]:
        headers = bound(forge)
        return {**headers, "Authorization": headers["Authorization"].replace("DPoP", "Bearer")}

    def without_proof(forge: Forge) -> Mapping[str, str]:
        return {"Authorization": bound(forge)["Authorization"]}

    def of_the_thief(forge: Forge) -> Mapping[str, str]:
        token = forge.signed(claims=forge.claims(cnf=forge.client_key.confirmation))
        return DpopKey().headers(forge.method, forge.url, token)

    def of_another_token(forge: Forge) -> Mapping[str, str]:
        token = forge.signed(claims=forge.claims(cnf=forge.client_key.confirmation, sub="bo"))
        return {**bound(forge), "Authorization": f"DPoP {token}"}

    def twice(forge: Forge) -> Mapping[str, str]:
        headers = bound(forge)
        return {**headers, "Authorization": f"{headers['Authorization']}, Bearer {forge.good()}"}

    yield Case(
        "DPoP with a token that is bound to nothing", "RFC 9449 7.1", "token_binding", unbound
    )
    yield Case("Bearer with a token that is bound", "RFC 9449 7.2", "token_binding", downgraded)
    yield Case("DPoP without a proof", "RFC 9449 7.1", "dpop_proof_invalid", without_proof)
    yield Case("DPoP with the thief's proof", "RFC 9449 4.3", "token_binding", of_the_thief)
    yield Case(
        "DPoP with a proof of another token", "RFC 9449 4.3", "dpop_proof_invalid", of_another_token
    )
    yield Case("DPoP and Bearer", "RFC 9449 7.2", "request_malformed", twice)


CASES = [*_broken(), *_headers(), *_numbers(), *_claims(), *_texts(), *_schemes()]
