"""What browsers are told to make of the tenant's pages."""

from urllib.parse import urlencode

import pytest
import requests

from .browser import REDIRECT_URI, Browser, authorization
from .running import RunningTenant

PAGES = {
    "login": f"u/login?{urlencode(authorization())}",
    "signup": f"u/signup?{urlencode(authorization())}",
    "error": "authorize",
    "signed out": "v2/logout",
}


def policy(response: requests.Response) -> dict[str, str]:
    """Return the directives of a page's policy."""
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {name: rest for name, _, rest in (each.partition(" ") for each in directives)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing(browser: Browser, name: str) -> None:
    """A style sheet and a picture of the tenant's own are all."""
    response = browser.get(PAGES[name])
    directives = policy(response)
    assert directives["default-src"] == directives["base-uri"] == "'none'"
    assert directives["style-src"] == directives["img-src"] == "'self'"
    assert "script-src" not in directives
    assert not any(word in response.text for word in ("<script", "style=", "onload", "http-equiv"))
    for path in ("u/assets/tenant.css", "u/assets/tenant.svg"):
        assert f'"/{path}"' in response.text
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_shown_in_no_other(browser: Browser, name: str) -> None:
    """Nobody clicks on it without seeing it."""
    response = browser.get(PAGES[name])
    assert policy(response)["frame-ancestors"] == "'none'"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_tenant_is(browser: Browser, name: str) -> None:
    """A banner, so that nobody takes it for the real one."""
    text = browser.get(PAGES[name]).text
    assert "Local tenant for development." in text
    assert "there are no passwords" in text
    assert '<html lang="en">' in text


@pytest.mark.parametrize(
    ("redirect_uri", "source"),
    [
        (REDIRECT_URI, "http://127.0.0.1:5173"),
        ("http://127.9.9.9:1/", "http://127.9.9.9:1"),
        ("http://[::1]:1/", "http:"),
    ],
)
def test_a_form_leads_to_the_application(browser: Browser, redirect_uri: str, source: str) -> None:
    """A browser holds the redirects after a form to the policy as well, also those within the
    application, which may have another port."""
    response = browser.follow(browser.authorize(redirect_uri=redirect_uri))
    sources = policy(response)["form-action"].split()
    assert {"'self'", source, "http://127.0.0.1:*", "http://localhost:*"} <= set(sources)
    assert "*" not in sources


@pytest.mark.parametrize("path", ["", "nowhere", "u/assets/other", "u/assets/../sign_in.py"])
def test_what_there_is_not_is_not_found(browser: Browser, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 404
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onclick='", "{{ 7*7 }}"],
)
def test_nothing_of_a_name_becomes_html(browser: Browser, tenant: RunningTenant, name: str) -> None:
    """It stands on the page as it was typed."""
    browser.sign_up(name, f"o'br&ien`{{{len(name)}}}@example.com")
    text = Browser(tenant).follow(Browser(tenant).authorize()).text
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "' onclick='" not in text
    assert "49" not in text
    assert "Continue as o&#39;br&amp;ien`" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "<script>alert(1)</script>"),
        ("redirect_uri", "javascript:alert(1)//<script>"),
        ("response_type", "<script>alert(1)</script>"),
        ("state", "<script>alert(1)</script>"),
        ("login_hint", '"><script>alert(1)</script>'),
    ],
)
@pytest.mark.parametrize("path", ["authorize", "u/login", "u/signup"])
def test_nothing_of_a_request_becomes_html(
    browser: Browser, path: str, name: str, value: str
) -> None:
    response = browser.get(f"{path}?{urlencode(authorization(**{name: value}))}")
    assert "<script" not in response.text
