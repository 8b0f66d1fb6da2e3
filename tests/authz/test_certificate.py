"""Certificate-bound tokens (RFC 8705): what a proxy passes on, held to what the token names."""

from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authz.errors import TokenBinding
from app.authz.testing import ClientCertificate
from app.authz.tokens.certificate import MAX_HEADER_LENGTH, check, thumbprint_of

CERTIFICATE = ClientCertificate()
THUMBPRINT = CERTIFICATE.confirmation["x5t#S256"]

#: RFC 8705, appendix A: a certificate, and its thumbprint.
PEM = """-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
"""
PEM_THUMBPRINT = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"


@pytest.mark.parametrize("safe", ["", "/", "+/="], ids=["nginx", "Envoy", "AWS"])
def test_the_example_of_the_rfc_passes(safe: str) -> None:
    """Proxies differ in what they escape. A plus is a plus: this is no form."""
    check(quote(PEM, safe=safe), PEM_THUMBPRINT)


@pytest.mark.parametrize("header", [CERTIFICATE.header, CERTIFICATE.escaped_pem])
def test_the_certificate_of_the_token_passes(header: str) -> None:
    check(header, THUMBPRINT)


def test_both_forms_are_one_certificate() -> None:
    assert thumbprint_of(CERTIFICATE.header) == thumbprint_of(CERTIFICATE.escaped_pem)


@pytest.mark.parametrize("header", [ClientCertificate().header, ClientCertificate().escaped_pem])
def test_another_certificate_is_refused(header: str) -> None:
    with pytest.raises(TokenBinding):
        check(header, THUMBPRINT)


def test_no_certificate_is_refused() -> None:
    with pytest.raises(TokenBinding):
        check(None, THUMBPRINT)


_BODY = CERTIFICATE.header.strip(":")


@pytest.mark.parametrize(
    "header",
    [
        "",
        ":",
        "::",
        "(null)",
        _BODY,
        f":{_BODY}",
        f"{_BODY}:",
        f": {_BODY}:",
        f":{_BODY}:;a=1",
        f":{_BODY}: ",
        f":{_BODY}:, :{_BODY}:",
        f":{_BODY}=:",
        f":{_BODY[:-1]}:",
        ":AB==:",
        f":{_BODY[:9]} {_BODY[9:]}:",
        f":{_BODY[:9]}!{_BODY[9:]}:",
        f'"{_BODY}"',
        f":{_BODY.replace('/', '_').replace('+', '-')}-:",
        CERTIFICATE.escaped_pem * 2,
        f"{CERTIFICATE.escaped_pem},{CERTIFICATE.escaped_pem}",
        f"x{CERTIFICATE.escaped_pem}",
        f"{CERTIFICATE.escaped_pem}x",
        CERTIFICATE.escaped_pem.replace("CERTIFICATE", "PUBLIC%20KEY"),
        CERTIFICATE.escaped_pem.replace("-----END", "%ff-----END"),
        CERTIFICATE.escaped_pem.replace("-----END", "A-----END"),
        quote(CERTIFICATE.escaped_pem),
        f'Hash={THUMBPRINT};Cert="{CERTIFICATE.escaped_pem}"',
        f":{b64encode(CERTIFICATE.pem.encode()).decode()}:",
        THUMBPRINT,
    ],
    # Its text is another in each run, and two test processes must agree on the names of tests.
    ids=lambda _: "header",
)
def test_a_broken_header_is_no_certificate(header: str) -> None:
    with pytest.raises(TokenBinding):
        check(header, THUMBPRINT)


def test_what_follows_the_certificate_makes_it_another() -> None:
    """Nothing is parsed, so nothing is passed over either."""
    header = f":{b64encode(CERTIFICATE.der + b'more').decode()}:"
    with pytest.raises(TokenBinding):
        check(header, THUMBPRINT)


@pytest.mark.parametrize(
    "text",
    [":" + "A" * MAX_HEADER_LENGTH + ":", " " * 1_000_000, "%" * 99_999],
    ids=["base64", "spaces", "percent signs"],
)
def test_a_long_header_is_not_read(text: str) -> None:
    with pytest.raises(TokenBinding, match="long"):
        check(text, THUMBPRINT)


@pytest.mark.parametrize(
    "given",
    ["", "a", THUMBPRINT.lower(), THUMBPRINT + "=", "\u00e9", "\ud800"],
    ids=["empty", "short", "lower case", "padded", "no ASCII", "half a pair"],
)
def test_a_token_that_names_no_hash_matches_nothing(given: str) -> None:
    with pytest.raises(TokenBinding):
        check(CERTIFICATE.header, given)


@settings(max_examples=100, deadline=None, database=None)
@given(st.text() | st.from_regex(r":[A-Za-z0-9+/=]{0,60}:", fullmatch=True))
def test_no_text_is_the_certificate(text: str) -> None:
    """And none raises anything but the refusal."""
    with pytest.raises(TokenBinding):
        check(text, THUMBPRINT)
