"""Signing out, at Auth0's address and at OpenID Connect's."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt

from .browser import Browser, answer_in, refresh_form
from .running import NOW, RunningTenant

BYE = "http://127.0.0.1:5173/bye"


def is_signed_in(browser: Browser) -> bool:
    """Tell whether the browser has a session."""
    return "code" in answer_in(browser.authorize(prompt="none"))


def leave(browser: Browser, path: str, **parameters: str | None) -> Any:
    """Open an address with these parameters, but for those that are None."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return browser.get(f"{path}?{urlencode(given)}")


@pytest.fixture
def tokens(browser: Browser) -> dict[str, Any]:
    """What the dashboard got when the admin signed in."""
    return browser.tokens()


@pytest.mark.parametrize("client", ["dashboard", "postman", None])
def test_auth0s_address_signs_out_and_sends_back(
    browser: Browser, tokens: dict[str, Any], client: str | None
) -> None:
    """The browser forgets its cookie, and the tenant the session."""
    cookies = dict(browser.session.cookies)
    response = leave(browser, "v2/logout", client_id=client, returnTo=BYE)
    assert (response.status_code, response.headers["Location"]) == (302, BYE)
    assert not browser.session.cookies
    browser.session.cookies.update(cookies)
    assert not is_signed_in(browser)


def test_without_an_address_a_page_says_so(browser: Browser, tokens: dict[str, Any]) -> None:
    response = leave(browser, "v2/logout", client_id="dashboard")
    assert response.status_code == 200
    assert "You are signed out" in response.text
    assert not is_signed_in(browser)


@pytest.mark.parametrize("client", ["dashboard", None, "nobody"])
@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "/", "a\x00"]
)
@pytest.mark.parametrize("path", ["v2/logout", "oidc/logout"])
def test_nobody_is_sent_elsewhere(
    browser: Browser, client: str | None, address: str, path: str
) -> None:
    name = "returnTo" if path.startswith("v2") else "post_logout_redirect_uri"
    response = leave(browser, path, client_id=client, **{name: address})
    assert "Location" not in response.headers
    assert response.status_code in (200, 400)


def test_an_unknown_client_is_sent_nowhere(browser: Browser) -> None:
    assert leave(browser, "v2/logout", client_id="nobody", returnTo=BYE).status_code == 400


def test_who_is_not_signed_in_may_sign_out(browser: Browser) -> None:
    assert leave(browser, "v2/logout", client_id="dashboard", returnTo=BYE).status_code == 302
    assert leave(browser, "oidc/logout").status_code == 200


def test_applications_keep_their_tokens(
    browser: Browser, tenant: RunningTenant, tokens: dict[str, Any]
) -> None:
    """As at Auth0: a client ends its own."""
    leave(browser, "v2/logout", client_id="dashboard")
    assert tenant.post_token(data=refresh_form(tokens["refresh_token"])).status_code == 200


@pytest.mark.parametrize("client", ["dashboard", None])
def test_openids_address_takes_an_id_token_for_a_reason(
    browser: Browser, tenant: RunningTenant, tokens: dict[str, Any], client: str | None
) -> None:
    """Also one that has expired (RP-Initiated Logout 1.0, section 2), and gives the state back."""
    tenant.clock.move(100_000)
    response = leave(
        browser,
        "oidc/logout",
        id_token_hint=tokens["id_token"],
        client_id=client,
        post_logout_redirect_uri=f"{BYE}?a=b",
        state="the state",
    )
    assert response.status_code == 302
    target = urlsplit(response.headers["Location"])
    assert parse_qs(target.query) == {"a": ["b"], "state": ["the state"]}
    assert not is_signed_in(browser)


def test_an_application_may_post(browser: Browser, tokens: dict[str, Any]) -> None:
    """RP-Initiated Logout 1.0, section 2."""
    form = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BYE}
    response = browser.post("oidc/logout", form, origin="http://127.0.0.1:5173")
    assert (response.status_code, response.headers["Location"]) == (302, BYE)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("parameters", [{}, {"client_id": "dashboard", "state": "s"}])
def test_without_an_id_token_the_person_is_asked(
    browser: Browser, tokens: dict[str, Any], parameters: dict[str, str]
) -> None:
    """Any page could send them here (section 6)."""
    if parameters:
        parameters = parameters | {"post_logout_redirect_uri": BYE}
    page = leave(browser, "oidc/logout", **parameters)
    assert "Sign out?" in page.text
    assert is_signed_in(browser)
    foreign = browser.post("oidc/logout", parameters, origin="http://127.0.0.1:5173")
    assert "Sign out?" in foreign.text
    assert is_signed_in(browser)
    response = browser.post("oidc/logout", parameters)
    assert response.headers.get("Location") == (f"{BYE}?state=s" if parameters else None)
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "hint", ["a", "a.b.c", "\x00", "access", "plain", "other", "eyJhbGciOltdfQ.e30.AAAA"]
)
def test_another_token_is_no_reason(browser: Browser, tokens: dict[str, Any], hint: str) -> None:
    """Nobody is signed out, nor sent anywhere."""
    plain = browser.exchange(answer_in(browser.authorize(scope=None))["code"]).json()
    given = {
        "access": tokens["access_token"],
        "plain": plain["access_token"],
        "other": _of_another_issuer(browser),
    }
    response = leave(
        browser, "oidc/logout", id_token_hint=given.get(hint, hint), post_logout_redirect_uri=BYE
    )
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert is_signed_in(browser)


def _of_another_issuer(browser: Browser) -> str:
    key = browser.tenant.keys.load().current
    claims = {"iss": "https://tenant.test/", "aud": "dashboard", "sid": "a", "exp": NOW + 60}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def test_an_id_token_of_another_client_is_no_reason(
    browser: Browser, tokens: dict[str, Any]
) -> None:
    response = leave(
        browser,
        "oidc/logout",
        id_token_hint=tokens["id_token"],
        client_id="postman",
        post_logout_redirect_uri=BYE,
    )
    assert response.status_code == 400
    assert is_signed_in(browser)
