"""What one entry of the corpus is, and what entries are made with.

Tokens need the time and an issuer that runs, so an entry holds how to make its header. Names are
stable: they are the ids of the tests.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.authz.testing import ClientCertificate, DpopKey, FakeIssuer, TokenFactory
from app.authz.testing.keys import base64url
from app.authz.testing.tokens import changed

from .keys import SeededKey, rs256

#: Members of a header or claims that take the place of others; `ABSENT` leaves one out.
Changes = Mapping[str, Any]

#: What makes the headers of a request. Their characters are those of latin-1, as WSGI has them.
Make = Callable[["Forge"], Mapping[str, str]]


class Forge:
    """What an attacker has: valid tokens, the issuer's public key, a key and a server of its own.
    And what only a test has: the issuer's private key, to sign what an issuer never would.

    :param canary: address of the attacker's server, with a slash at its end.
    :param method: of the requests that are forged.
    :param url: their address.
    """

    def __init__(
        self,
        issuer: FakeIssuer,
        tokens: TokenFactory,
        canary: str,
        method: str = "GET",
        url: str = "http://localhost/requires_auth",
    ) -> None:
        assert isinstance(issuer.signing_key, SeededKey)
        self.issuer = issuer
        self.tokens = tokens
        self.canary = canary
        self.method = method
        self.url = url
        #: The issuer's key.
        self.key = issuer.signing_key
        #: The attacker's.
        self.thief = SeededKey("thief", seed=16)
        #: What an honest client holds, whose tokens were stolen.
        self.client_key = DpopKey(clock=lambda: tokens.claims()["iat"])
        self.client_certificate = ClientCertificate()

    def header(self, **changes: Any) -> dict[str, Any]:
        return self.tokens.header(**changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        return changed(self.tokens.claims(("create:items",)), changes)

    def good(self) -> str:
        """Return a token that opens every door."""
        return self.signed()

    def parts(self) -> list[str]:
        """Return the three parts of a good token."""
        return self.good().split(".")

    def signed(self, header: Any = None, claims: Any = None, key: SeededKey | None = None) -> str:
        """Return a token that is signed well. What is a text or bytes is taken as it is."""
        signed = self.unsigned(header, claims)
        return f"{signed}.{base64url(rs256(key or self.key, signed.encode()))}"

    def unsigned(self, header: Any = None, claims: Any = None) -> str:
        """Return the first two parts of a token, joined."""
        header = self.header() if header is None else header
        claims = self.claims() if claims is None else claims
        return f"{part(header)}.{part(claims)}"

    def with_signature(self, sign: Callable[[bytes], bytes], **header: Any) -> str:
        """Return a good token but for a few members of the header and a signature of any kind."""
        signed = self.unsigned(self.header(**header))
        return f"{signed}.{base64url(sign(signed.encode()))}"


def part(value: Any) -> str:
    """Encode one part of a token."""
    if not isinstance(value, str | bytes):
        value = json.dumps(value)
    return base64url(value.encode() if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile request, and the answer that it must get."""

    #: Unique, in ASCII.
    name: str
    #: Where the idea was published: a CVE, a section of an RFC, an item of BCP 225 (RFC 8725).
    source: str
    #: `code` of the answer.
    code: str
    #: Makes what it sends.
    headers: Make

    @property
    def status(self) -> int:
        return 400 if self.code == "request_malformed" else 401


def header(name: str, source: str, code: str, value: Callable[[Forge], str] | str) -> Case:
    """Return a case whose whole `Authorization` header is given."""
    make = value if callable(value) else lambda _: value
    return Case(name, source, code, lambda forge: {"Authorization": make(forge)})


def token(name: str, source: str, code: str, make: Callable[[Forge], str]) -> Case:
    """Return a case whose token is given."""
    return header(name, source, code, lambda forge: f"Bearer {make(forge)}")


def with_header(
    name: str, source: str, code: str, changes: Changes | Callable[[Forge], Changes]
) -> Case:
    """Return a case whose token is signed by the issuer, with a few members of its header changed.

    :param changes: the members, or what makes them.
    """

    def make(forge: Forge) -> str:
        return forge.signed(header=forge.header(**_made(changes, forge)))

    return token(name, source, code, make)


def with_claims(
    name: str, source: str, code: str, changes: Changes | Callable[[Forge], Changes]
) -> Case:
    """Return a case whose token is signed by the issuer, with a few of its claims changed."""

    def make(forge: Forge) -> str:
        return forge.signed(claims=forge.claims(**_made(changes, forge)))

    return token(name, source, code, make)


def _made(changes: Changes | Callable[[Forge], Changes], forge: Forge) -> Changes:
    return changes(forge) if callable(changes) else changes


def with_member(members: Changes, text: str) -> str:
    """Return a JSON object with one more member, which is text that no encoder would write."""
    return f"{json.dumps(dict(members))[:-1]}, {text}}}"
