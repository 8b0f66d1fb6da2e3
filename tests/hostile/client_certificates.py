"""Theme: tokens that are bound to a certificate, and what may be passed on for it (RFC 8705)."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping

from app.authz.testing import ClientCertificate
from app.authz.testing.keys import base64url

from .case import Case, Forge, Make

#: What may come as `Client-Cert`, given the right certificate. The first is another's.
CERTIFICATES: dict[str, Callable[[ClientCertificate], str]] = {
    "another's": lambda c: ClientCertificate().header,
    "another's in PEM": lambda c: ClientCertificate().escaped_pem,
    "the right one and another": lambda c: f"{c.header}, {ClientCertificate().header}",
    "another and the right one": lambda c: f"{ClientCertificate().header}, {c.header}",
    "the right one twice": lambda c: f"{c.header}, {c.header}",
    "the right one twice in PEM": lambda c: c.escaped_pem * 2,
    "the right one without colons": lambda c: c.header.strip(":"),
    "the right one with one colon": lambda c: c.header[1:],
    "the right one with a parameter": lambda c: f"{c.header};a=b",
    "the right one after a space": lambda c: f" {c.header}",
    "the right one cut short": lambda c: c.header[:-5] + ":",
    "the right one with one letter more": lambda c: c.header[:-1] + "A:",
    "the right one in base64url": lambda c: f":{base64url(c.der)}:",
    "the right one in hex": lambda c: c.der.hex(),
    "the right one's hash": lambda c: c.confirmation["x5t#S256"],
    "the right one's hash as bytes": lambda c: (
        f":{b64encode(c.confirmation['x5t#S256'].encode()).decode()}:"
    ),
    "PEM of another label": lambda c: c.escaped_pem.replace("CERTIFICATE", "PUBLIC%20KEY"),
    "PEM with text before it": lambda c: "Subject%3A%20CN%0A" + c.escaped_pem,
    "PEM in quotes": lambda c: f'"{c.escaped_pem}"',
    "an address": lambda c: "http://127.0.0.1:1/cert",
    "NONE": lambda c: "NONE",
    "nothing": lambda c: "",
    "colons": lambda c: "::",
    "many colons": lambda c: ":" * 5000,
    "base64 of nothing": lambda c: ":=:",
    "spaces in PEM": lambda c: "-----BEGIN CERTIFICATE-----" + " " * 5000,
    "escapes without an end": lambda c: "%" * 5000,
    "bytes of latin-1": lambda c: "\xff" * 5000,
    "NUL": lambda c: "\x00",
    "CRLF": lambda c: "\r\n",
    "300,000 letters": lambda c: f":{'A' * 300_000}:",
    "JSON": lambda c: json.dumps({"x5t#S256": c.confirmation["x5t#S256"]}),
}


def _with_certificate(make: Callable[[ClientCertificate], str]) -> Make:
    def headers(forge: Forge) -> Mapping[str, str]:
        certificate = forge.client_certificate
        token = forge.signed(claims=forge.claims(cnf=certificate.confirmation))
        return {"Authorization": f"Bearer {token}", "Client-Cert": make(certificate)}

    return headers


def _certificates() -> Iterator[Case]:
    for title, make in CERTIFICATES.items():
        source = "RFC 8705 3, RFC 9440 2"
        yield Case(f"certificate: {title}", source, "token_binding", _with_certificate(make))


CASES = [*_certificates()]
