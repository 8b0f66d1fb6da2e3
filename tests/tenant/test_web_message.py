"""Answers as a message to the page that asked, in a frame or as a pop-up."""

import json
import re

import pytest
import requests

from .browser import REDIRECT_URI, Browser, answer_in
from .running import RunningTenant

ORIGIN = "http://127.0.0.1:5173"


def message_in(response: requests.Response) -> tuple[dict[str, str], str]:
    """Return what is told, and the origin that it is told to."""
    assert response.status_code == 200
    match = re.search(r"response: (\{.*\})\},\s+(\".*\")\n", response.text)
    assert match
    return json.loads(match[1]), json.loads(match[2])


def silently(browser: Browser, **changes: str | None) -> requests.Response:
    """Ask in a hidden frame who is signed in."""
    return browser.authorize(**{"prompt": "none", "response_mode": "web_message", **changes})


def test_a_code_is_told_to_the_page_that_asked(browser: Browser, tenant: RunningTenant) -> None:
    """To its origin, whatever else it has open."""
    browser.sign_in()
    answer, origin = message_in(silently(browser))
    assert origin == ORIGIN
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("state-of-the-application", tenant.issuer)
    assert browser.exchange(answer["code"]).status_code == 200


def test_that_nobody_is_signed_in_is_told_too(browser: Browser) -> None:
    answer, _ = message_in(silently(browser))
    assert answer["error"] == "login_required"
    assert answer["state"] == "state-of-the-application"


def test_a_wrong_request_is_told_too(browser: Browser) -> None:
    answer, _ = message_in(silently(browser, audience="https://unknown.example"))
    assert answer["error"] == "access_denied"


def test_a_pop_up_signs_in_with_a_page(browser: Browser) -> None:
    """Without `prompt=none` somebody is asked; what comes of it is told to who opened it."""
    page = browser.follow(browser.authorize(response_mode="web_message"))
    answer, origin = message_in(browser.submit(page, account="auth0|diner"))
    assert browser.exchange(answer["code"]).status_code == 200
    assert origin == ORIGIN


@pytest.mark.parametrize(
    ("redirect_uri", "ancestors"),
    [
        (REDIRECT_URI, ORIGIN),
        ("https://localhost/cb?a=1", "https://localhost"),
        # A policy cannot name it.
        ("http://[::1]:5173/", "http:"),
    ],
)
def test_it_is_shown_in_that_page_only(browser: Browser, redirect_uri: str, ancestors: str) -> None:
    """And runs the one script that it has."""
    response = silently(browser, redirect_uri=redirect_uri)
    policy = response.headers["Content-Security-Policy"]
    nonce = re.search(r'<script nonce="([\w-]+)">', response.text)
    assert nonce
    assert f"frame-ancestors {ancestors}" in policy.split("; ")
    assert f"script-src 'nonce-{nonce[1]}'" in policy.split("; ")
    assert "X-Frame-Options" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert nonce[1] not in silently(browser).text


@pytest.mark.parametrize(
    "state", ["</script><script>alert(1)</script>", '"', "\\", "'};alert(1)//"]
)
def test_nothing_of_a_request_becomes_script(browser: Browser, state: str) -> None:
    response = silently(browser, state=state)
    assert message_in(response)[0]["state"] == state
    assert response.text.count("<script") == response.text.count("</script") == 1


def test_a_page_of_the_web_is_told_nothing(browser: Browser) -> None:
    """Postman's own address takes redirects, and no messages."""
    browser.sign_in()
    response = silently(
        browser, client_id="postman", redirect_uri="https://oauth.pstmn.io/v1/callback"
    )
    assert answer_in(response)["error"] == "invalid_request"
