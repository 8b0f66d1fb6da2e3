"""Theme: tokens that are from somebody else, for somebody else, or for another purpose. All signed
well, by the issuer."""

from collections.abc import Callable, Iterator
from typing import Any

from app.authz.testing.tokens import ABSENT

from .case import Case, Changes, Forge, with_claims

#: Issuers that are nearly ours: what is added to the name, or done to it.
ISSUERS: dict[str, Callable[[Forge], str]] = {
    "the attacker": lambda f: f.canary,
    "another tenant": lambda f: "https://other-issuer.test/",
    "ours without the slash": lambda f: f.issuer.url.strip("/"),
    "ours with two slashes": lambda f: f.issuer.url + "/",
    "ours with a path": lambda f: f.issuer.url + "tenant/",
    "ours with a path upwards": lambda f: f.issuer.url + "../",
    "ours with a dot": lambda f: f.issuer.url + "./",
    "ours with a query": lambda f: f.issuer.url + "?a=b",
    "ours with a fragment": lambda f: f.issuer.url + "#a",
    "ours with a space": lambda f: f.issuer.url + " ",
    "ours after a space": lambda f: " " + f.issuer.url,
    "ours with a newline": lambda f: f.issuer.url + "\n",
    "ours with a NUL": lambda f: f.issuer.url + "\x00",
    "ours with a soft hyphen": lambda f: f.issuer.url + "\u00ad",
    "ours cut short": lambda f: f.issuer.url[:-3],
    "ours in capitals": lambda f: f.issuer.url.upper(),
    "ours with https": lambda f: f.issuer.url.replace("http:", "https:"),
    "ours without a scheme": lambda f: f.issuer.url.removeprefix("http://"),
    "ours by another name": lambda f: f.issuer.url.replace("127.0.0.1", "localhost"),
    "ours by another number": lambda f: f.issuer.url.replace("127.0.0.1", "2130706433"),
    "ours with a dot at the host": lambda f: f.issuer.url.replace("127.0.0.1", "127.0.0.1."),
    "ours as a user name": lambda f: f"{f.issuer.url.strip('/')}@{f.canary[7:]}",
    "ours with a user name": lambda f: f.issuer.url.replace("://", "://admin@"),
    "ours as a subdomain": lambda f: f"{f.issuer.url.strip('/')}.attacker.test/",
    "ours in a path": lambda f: f.canary + f.issuer.url,
    "ours in full width": lambda f: f.issuer.url.replace(".", "\uff0e"),
    "ours percent-encoded": lambda f: f.issuer.url.replace("127", "%31%32%37"),
    "ours and another": lambda f: f"{f.issuer.url},{f.canary}",
    "a pattern": lambda f: "*",
    "a pattern of a regular expression": lambda f: ".*",
    "a file": lambda f: "file:///etc/passwd",
    "a cloud's metadata": lambda f: "http://169.254.169.254/",
    "gopher": lambda f: f.canary.replace("http:", "gopher:"),
    "a number's text": lambda f: "1",
    "very long": lambda f: f.issuer.url + "a" * 3000,
}


def _named(name: Callable[[Forge], str]) -> Callable[[Forge], Changes]:
    return lambda forge: {"iss": name(forge)}


def _issuers() -> Iterator[Case]:
    source = "CVE-2024-53861, RFC 8414 3.3, RFC 8725 3.8"
    for title, name in ISSUERS.items():
        yield with_claims(f"iss is {title}", source, "token_issuer", _named(name))
    for title, value in {"missing": ABSENT, "nothing": "", "a text": "x"}.items():
        yield with_claims(f"iss is plainly {title}", source, "token_issuer", {"iss": value})


#: Audiences that are nearly ours.
AUDIENCES: dict[str, Any] = {
    "missing": ABSENT,
    "nothing": "",
    "an empty list": [],
    "a list of nothing": [""],
    "another": "https://other.test",
    "a list of others": ["https://other.test", "https://third.test"],
    "ours with a slash": "https://api.test/",
    "ours cut short": "https://api.tes",
    "ours and more": "https://api.test.other",
    "ours in a longer one": "https://attacker.test/https://api.test",
    "ours in capitals": "HTTPS://API.TEST",
    "ours in capitals in part": "https://API.test",
    "ours with a space": "https://api.test ",
    "ours with a newline": "https://api.test\n",
    "ours with a NUL": "https://api.test\x00",
    "ours with http": "http://api.test",
    "ours without a scheme": "api.test",
    "ours twice in a text": "https://api.test https://api.test",
    "ours and another in a text": "https://api.test,https://other.test",
    "ours in JSON": '["https://api.test"]',
    "ours with a zero-width space": "https://api.test\u200b",
    "ours with a Cyrillic a": "https://\u0430pi.test",
    "a pattern": "*",
    "a pattern with our scheme": "https://*",
    "the letters of ours": list("https://api.test"),
    "the client": "my-client",
}


#: Ours is in them, and they are of the wrong kind.
MALFORMED_AUDIENCES: dict[str, Any] = {
    "ours in a list in a list": [["https://api.test"]],
    "ours beside a number": ["https://api.test", 1],
    "ours beside a null": ["https://api.test", None],
    "ours as a name": {"https://api.test": True},
    "ours in an object": {"aud": "https://api.test"},
}


def _audiences() -> Iterator[Case]:
    source = "CVE-2026-114618, CVE-2022-23541, RFC 8725 3.9"
    for title, value in AUDIENCES.items():
        yield with_claims(f"aud is {title}", source, "token_audience", {"aud": value})
    for title, value in MALFORMED_AUDIENCES.items():
        yield with_claims(f"aud is {title}", source, "token_malformed", {"aud": value})


#: What the claims that only ID tokens have may hold.
ID_TOKEN_VALUES: dict[str, Any] = {"a text": "x", "nothing": "", "null": None, "a list": []}

#: Bindings that nobody meets who sends the token as Bearer, or that nobody here can check.
CONFIRMATIONS: dict[str, dict[str, Any]] = {
    "of a key": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
    "of a certificate": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"},
    "of a whole key": {"jwk": {"kty": "oct", "k": "AAAA"}},
    "of an address": {"jku": "https://attacker.test/jwks"},
    "of a key's name": {"kid": "first"},
    "of an encrypted key": {"jwe": "a.b.c.d.e"},
    "of a key and a certificate": {"jkt": "x", "x5t#S256": "x"},
    "of no key": {"jkt": ""},
    "of no certificate": {"x5t#S256": ""},
    "of a certificate, by SHA-1": {"x5t": "AAAA"},
    "of a key, misspelt": {"JKT": "x"},
    "of nothing": {},
}


def _other_tokens() -> Iterator[Case]:
    """Tokens that the issuer signs for something else (RFC 8725, sections 2.8 and 3.12)."""
    for name in ("nonce", "at_hash", "c_hash"):
        for title, value in ID_TOKEN_VALUES.items():
            yield with_claims(
                f"{name} is {title}",
                "OpenID Connect Core 2, RFC 8725 2.8",
                "token_is_id_token",
                {name: value},
            )
    yield with_claims(
        "an ID token",
        "OpenID Connect Core 2, RFC 8725 2.8",
        "token_is_id_token",
        {"aud": "my-client", "nonce": "n", "permissions": ABSENT},
    )
    yield with_claims(
        "an ID token without a nonce",
        "OpenID Connect Core 2, RFC 8725 3.9",
        "token_audience",
        {"aud": "my-client", "permissions": ABSENT},
    )
    for title, value in CONFIRMATIONS.items():
        yield with_claims(f"cnf {title}", "RFC 7800 3.1", "token_binding", {"cnf": value})


CASES = [*_issuers(), *_audiences(), *_other_tokens()]
