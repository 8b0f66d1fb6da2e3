"""Whatever is sent, the tenant answers that it was wrong, not that it is broken.

Where all is sent percent-encoded, HTTP between the two would add nothing but time.
"""

import random
from urllib.parse import quote_from_bytes, urlencode

import pytest
import requests

from app.tenant.application import MAX_BODY

from .browser import Browser, authorization, exchange_form, refresh_form
from .running import RunningTenant

FORM = "application/x-www-form-urlencoded"

VALUES = [
    b"",
    b"\x00",
    b"a\x00b",
    b"\r\nSet-Cookie: a=b",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc3\xa9",
    b"%",
    b"%25%00",
    b'"',
    b"\\",
    b"'",
    b"{{7*7}}",
    b"../../etc/passwd",
    b"9" * 400,
    b"-1",
    b"1e999",
    b"[]",
    b"a" * 4_000,
    b"a" * 8_000,
    b" " * 100,
    b"none none none",
]

PATHS = ["authorize", "u/login", "u/signup", "v2/logout", "oidc/logout"]
NAMES = [
    *authorization(prompt="a", max_age="a", dpop_jkt="a", login_hint="a", response_mode="a"),
    *("screen_hint", "returnTo", "id_token_hint", "post_logout_redirect_uri", "other"),
]


def with_value(request: dict[str, str], name: str, value: bytes) -> str:
    """Return a query or a form in which one parameter is these bytes."""
    rest = {key: text for key, text in request.items() if key != name}
    return f"{urlencode(rest)}&{name}={quote_from_bytes(value, safe='')}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("authorize", name) for name in NAMES),
        *(("u/login", name) for name in ("client_id", "redirect_uri", "state", "login_hint")),
        *(("v2/logout", name) for name in ("client_id", "returnTo")),
        *(("oidc/logout", name) for name in ("id_token_hint", "post_logout_redirect_uri", "state")),
    ],
)
def test_hostile_parameters_of_pages(tenant: RunningTenant, path: str, name: str) -> None:
    """In the query and in a form, from our own page and from another."""
    client, address = tenant.application.test_client(), tenant.issuer + path
    elsewhere = {"Origin": "http://127.0.0.1:1"}
    for value in VALUES:
        text = with_value(authorization(), name, value)
        response = client.get(f"{address}?{text}")
        assert response.status_code < 500, value
        assert "\n" not in "".join(response.headers.values())
        posted = client.post(address, data=text, content_type=FORM, headers=elsewhere)
        assert posted.status_code < 500, value


@pytest.mark.parametrize("name", ["account", "name", "email"])
def test_hostile_fields_of_forms(browser: Browser, name: str) -> None:
    """Who is signed up by one is shown to the next."""
    good = {"account": "a", "name": "Ann", "email": "ann@example.com"}
    origin = {"Origin": browser.tenant.issuer.rstrip("/")}
    client = browser.tenant.application.test_client()
    for path in ("u/login", "u/signup"):
        address = f"{browser.tenant.issuer}{path}?{urlencode(authorization())}"
        for value in VALUES:
            body = with_value(good, name, value)
            response = client.post(address, data=body, content_type=FORM, headers=origin)
            assert response.status_code < 500, value
    assert browser.follow(browser.authorize()).status_code == 200


@pytest.mark.parametrize(
    "form",
    [exchange_form("a"), refresh_form("a"), {"token": "a", "client_id": "dashboard"}],
    ids=["code", "refresh token", "revocation"],
)
def test_hostile_parameters_of_applications(tenant: RunningTenant, form: dict[str, str]) -> None:
    """Never a token."""
    client = tenant.application.test_client()
    for path in ("oauth/token", "oauth/revoke"):
        for name in (*form, "scope", "client_secret", "token_type_hint", "audience"):
            for value in VALUES:
                body = with_value(form, name, value)
                response = client.post(tenant.issuer + path, data=body, content_type=FORM)
                assert response.status_code < 500, (path, name, value)
                assert "access_token" not in response.text


@pytest.mark.parametrize("path", [*PATHS, "oauth/token", "oauth/revoke", "userinfo"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"a=" + b"a" * MAX_BODY),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; name=\xff"),
        ("multipart/form-data", b"--a"),
        ("application/json", b"["),
        ("text/html; charset=\xff", b"\xff"),
    ],
)
def test_hostile_bodies(tenant: RunningTenant, path: str, kind: str, body: bytes) -> None:
    origin = tenant.issuer.rstrip("/").encode()
    headers = {"Content-Type": kind.encode("latin-1"), "Origin": origin}
    response = requests.post(tenant.issuer + path, data=body, headers=headers, timeout=10)
    assert response.status_code < 500


def test_hostile_cookies(tenant: RunningTenant) -> None:
    """Texts that are no session."""
    name = Browser(tenant).sign_in().headers["Set-Cookie"].partition("=")[0]
    for value in (b"", b"\x01", b"\xff", b"a" * 8_000, b'"', b";;;", b"a=b=c"):
        headers = {"Cookie": name.encode() + b"=" + value}
        path = f"authorize?{urlencode(authorization(prompt='none'))}"
        response = tenant.get(path, headers=headers, allow_redirects=False)
        assert "error=login_required" in response.headers["Location"]


def test_random_queries(tenant: RunningTenant) -> None:
    """Of any bytes, many names at once."""
    client, chance = tenant.application.test_client(), random.Random(6)
    for _ in range(200):
        pairs = [
            f"{chance.choice(NAMES)}={quote_from_bytes(chance.randbytes(chance.randrange(8)))}"
            for _ in range(chance.randrange(12))
        ]
        query = f"{urlencode(authorization())}&{'&'.join(pairs)}"
        assert client.get(f"{tenant.issuer}{chance.choice(PATHS)}?{query}").status_code < 500
