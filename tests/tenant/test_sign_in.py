"""Signing in at the tenant: from an application, through its page, and back with tokens."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from app.tenant.accounts import Accounts
from app.tenant.pages.sessions import LIFETIME

from .browser import Browser, answer_in, authorization, refresh_form
from .running import AUDIENCE, NOW, OTHER_AUDIENCE, RunningTenant


def test_an_admin_signs_in(browser: Browser, tenant: RunningTenant) -> None:
    """The application gets a code, and for it tokens in the shape of Auth0's."""
    redirect = browser.sign_in("admin")
    assert redirect.status_code == 303
    answer = answer_in(redirect)
    assert answer["state"] == "state-of-the-application"
    assert answer["iss"] == tenant.issuer
    tokens = browser.exchange(answer["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 86400
    assert tokens["scope"] == "openid profile email offline_access"
    access = tenant.verify(tokens["access_token"]).claims
    assert access == {
        "iss": tenant.issuer,
        "sub": "auth0|admin",
        "aud": [AUDIENCE, f"{tenant.issuer}userinfo"],
        "azp": "dashboard",
        "scope": "openid profile email offline_access",
        "permissions": ["create:items", "update:items", "delete:items"],
        "iat": NOW,
        "exp": NOW + 86400,
    }
    identity = tenant.verify(tokens["id_token"]).claims
    assert identity.pop("sid")
    assert identity.pop("at_hash")
    assert identity == {
        "iss": tenant.issuer,
        "sub": "auth0|admin",
        "aud": "dashboard",
        "iat": NOW,
        "exp": NOW + 36000,
        "auth_time": NOW,
        "nonce": "nonce-of-the-application",
        "name": "Admin",
        "nickname": "admin",
        "updated_at": "2026-11-01T00:00:00.000Z",
        "email": "admin@example.com",
        "email_verified": True,
        "https://menu-api.demo.com/roles": ["menu-admin"],
    }


def test_userinfo_tells_who_the_token_is_of(browser: Browser, tenant: RunningTenant) -> None:
    """With the token for the API as with the opaque one."""
    for audience in (AUDIENCE, None):
        tokens = Browser(tenant).tokens("diner", audience=audience)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert tenant.get("userinfo", headers=headers).json() == {
            "sub": "auth0|diner",
            "name": "Diner",
            "nickname": "diner",
            "updated_at": "2026-11-01T00:00:00.000Z",
            "email": "diner@example.com",
            "email_verified": True,
        }


def test_who_is_signed_in_is_not_asked_again(browser: Browser) -> None:
    browser.sign_in("diner")
    assert answer_in(browser.authorize())["code"]
    assert answer_in(browser.authorize(prompt="none"))["code"]


def test_without_a_session_a_silent_request_is_refused(browser: Browser) -> None:
    answer = answer_in(browser.authorize(prompt="none"))
    assert (answer["error"], answer["state"]) == ("login_required", "state-of-the-application")


def test_a_new_account_has_no_role(browser: Browser, tenant: RunningTenant) -> None:
    code = answer_in(browser.sign_up("Ann <b>", "Ann@Example.com"))["code"]
    tokens = browser.exchange(code).json()
    identity = tenant.verify(tokens["id_token"]).claims
    assert identity["https://menu-api.demo.com/roles"] == []
    assert (identity["name"], identity["email"]) == ("Ann <b>", "ann@example.com")
    page = Browser(tenant)
    text = page.follow(page.authorize()).text
    assert "Continue as ann@example.com" in text
    assert "<b>" not in text


def test_a_session_lasts_a_week(browser: Browser, tenant: RunningTenant) -> None:
    browser.sign_in()
    tenant.clock.move(LIFETIME - 1)
    assert answer_in(browser.authorize(prompt="none"))["code"]
    tenant.clock.move(1)
    assert answer_in(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["login", "select_account", "create", "login consent"])
def test_an_application_may_want_a_new_sign_in(browser: Browser, prompt: str) -> None:
    """And gets it with the answer to the form, not in a circle."""
    browser.sign_in("diner", prompt=prompt)
    page = browser.follow(browser.authorize(prompt=prompt))
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("max_age", "seconds", "asked"), [("60", 59, False), ("60", 60, True), ("0", 0, True)]
)
def test_an_application_may_want_a_recent_sign_in(
    browser: Browser, tenant: RunningTenant, max_age: str, seconds: int, asked: bool
) -> None:
    """The ID token says when it was (OpenID Connect Core, section 3.1.2.1)."""
    browser.sign_in()
    tenant.clock.move(seconds)
    answer = browser.authorize(max_age=max_age)
    assert answer.headers["Location"].startswith("/u/login") is asked
    if not asked:
        tokens = browser.exchange(answer_in(answer)["code"]).json()
        assert tenant.verify(tokens["id_token"]).claims["auth_time"] == NOW
    silent = answer_in(browser.authorize(max_age=max_age, prompt="none"))
    assert silent.get("error") == ("login_required" if asked else None)


def test_sessions_are_named_in_id_tokens(tenant: RunningTenant) -> None:
    """One name for a session at all clients, another for each session; none is a cookie."""
    browser = Browser(tenant)
    first = tenant.verify(browser.tokens()["id_token"]).claims["sid"]
    again = browser.exchange(answer_in(browser.authorize())["code"]).json()
    assert tenant.verify(again["id_token"]).claims["sid"] == first
    assert tenant.verify(Browser(tenant).tokens()["id_token"]).claims["sid"] != first
    assert first not in browser.session.cookies.values()


def test_the_cookie_is_for_the_tenant_alone(browser: Browser, tenant: RunningTenant) -> None:
    """No script reads it, no foreign page sends it along, and each sign-in has its own. Browsers do
    not part cookies by port, so its name does."""
    first, second = (
        browser.sign_in(prompt="login", name=name).headers["Set-Cookie"]
        for name in ("admin", "diner")
    )
    name, _, rest = first.partition("=")
    assert name == f"menu-tenant-{urlsplit(tenant.issuer).port}"
    assert {part.strip() for part in rest.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert first.split(";")[0] != second.split(";")[0]
    old = Browser(tenant)
    old.session.cookies.set(name, rest.partition(";")[0])
    assert answer_in(old.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("name", ["prompt", "state", "nonce", "scope", "audience"])
def test_a_request_may_lack_what_is_not_needed(browser: Browser, name: str) -> None:
    missing: dict[str, Any] = {name: None}
    answer = answer_in(browser.sign_in(**missing))
    assert browser.exchange(answer["code"]).status_code == 200
    assert ("state" in answer) is (name != "state")


@pytest.mark.parametrize(
    ("scope", "granted", "has_id_token"),
    [
        (None, None, False),
        ("", None, False),
        ("unknown read:metrics", None, False),
        ("openid", "openid", True),
        ("openid openid create:items x", "openid create:items", True),
        ("create:items", "create:items", False),
    ],
)
def test_what_the_user_has_is_granted(
    browser: Browser,
    tenant: RunningTenant,
    scope: str | None,
    granted: str | None,
    has_id_token: bool,
) -> None:
    """The rest is left out, and said so (RFC 6749, section 3.3). What the user may do stands in the
    token all the same, as in Auth0's."""
    tokens = browser.tokens(scope=scope)
    claims = tenant.verify(tokens["access_token"]).claims
    assert tokens.get("scope") == claims.get("scope") == granted
    assert ("id_token" in tokens) is has_id_token
    assert claims["permissions"] == ["create:items", "update:items", "delete:items"]
    with_userinfo = [AUDIENCE, f"{tenant.issuer}userinfo"]
    assert claims["aud"] == (with_userinfo if has_id_token else AUDIENCE)


def test_a_diner_is_granted_nothing_of_the_menu(browser: Browser, tenant: RunningTenant) -> None:
    tokens = browser.tokens("diner", scope="openid create:items")
    assert tokens["scope"] == "openid"
    assert tenant.verify(tokens["access_token"]).claims["permissions"] == []
    roles = tenant.verify(tokens["id_token"]).claims["https://menu-api.demo.com/roles"]
    assert roles == []


def test_without_an_audience_the_token_is_opaque(browser: Browser) -> None:
    """As Auth0's is; it grants nothing at any API."""
    tokens = browser.tokens(audience=None, scope="openid create:items")
    assert "." not in tokens["access_token"]
    assert tokens["scope"] == "openid"


def test_any_of_the_audiences_may_be_asked_for(browser: Browser, tenant: RunningTenant) -> None:
    """And is remembered for what comes later."""
    tokens = browser.tokens(audience=OTHER_AUDIENCE)
    again = tenant.post_token(data=refresh_form(tokens["refresh_token"])).json()
    for answer in (tokens, again):
        assert tenant.verify(answer["access_token"]).claims["aud"][0] == OTHER_AUDIENCE


@pytest.mark.parametrize("audience", ["", "https://unknown.example", f"{AUDIENCE}/"])
def test_an_unknown_audience_is_refused_as_auth0_does(browser: Browser, audience: str) -> None:
    """The application is told, in Auth0's words."""
    answer = answer_in(browser.authorize(audience=audience))
    assert answer["error"] == "access_denied"
    assert answer["error_description"] == f"Service not found: {audience}"


def test_the_tenants_own_api_is_not_for_people(browser: Browser, tenant: RunningTenant) -> None:
    answer = answer_in(browser.authorize(audience=f"{tenant.issuer}api/v2/"))
    assert answer["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": ""}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "other"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "9" * 10}, "invalid_request"),
        ({"max_age": ""}, "invalid_request"),
        ({"dpop_jkt": "short"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_told_to_the_application(
    browser: Browser, tenant: RunningTenant, changes: dict[str, str | None], error: str
) -> None:
    """With its state and with our name (RFC 9207), before anybody is asked anything."""
    answer = answer_in(browser.authorize(**changes))
    assert answer["error"] == error
    assert answer["state"] == "state-of-the-application"
    assert answer["iss"] == tenant.issuer
    assert "code" not in answer


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example/callback"},
        {"state": "\x00"},
        {"state": "\r\nSet-Cookie: a=b"},
        {"state": "\u00e9"},
        {"state": "s" * 5000},
        {"scope": 'openid"'},
        {"response_type": 'code"'},
        {"audience": "a\\b"},
    ],
)
def test_what_cannot_be_told_to_the_application_is_told_to_the_person(
    browser: Browser, changes: dict[str, str | None]
) -> None:
    """Who sent it, or what it says, cannot be trusted: nobody is sent anywhere."""
    for path in ("authorize", "u/login", "u/signup"):
        response = browser.get(f"{path}?{urlencode(authorization(**changes))}")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Location" not in response.headers
        assert "This cannot go on" in response.text
        assert "evil.example" not in response.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "code_challenge", "prompt"])
def test_a_repeated_parameter_is_refused(browser: Browser, name: str) -> None:
    """RFC 6749, section 3.1: none more than once, even with the same value."""
    request = authorization(prompt="login")
    query = f"{urlencode(request)}&{urlencode({name: request[name]})}"
    assert browser.get(f"authorize?{query}").status_code == 400


def test_a_request_may_be_posted(browser: Browser) -> None:
    """OpenID Connect Core, section 3.1.2.1; any page may, as it may send people by a link."""
    page = browser.follow(browser.post("authorize", authorization(), origin="https://app.example"))
    assert answer_in(browser.submit(page, account="auth0|diner"))["code"]
    assert answer_in(browser.post("authorize", authorization(), origin=None))["code"]


@pytest.mark.parametrize("page", ["u/login", "u/signup"])
@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1:5173", "http://127.0.0.1"]
)
def test_a_form_of_another_page_signs_nobody_in(
    browser: Browser, page: str, origin: str | None
) -> None:
    """Not even one of another port of this machine, whose cookies are the same."""
    form = {"account": "auth0|admin", "name": "Eve", "email": "eve@example.com"}
    response = browser.post(f"{page}?{urlencode(authorization())}", form, origin=origin)
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers
    assert answer_in(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("account", [None, "", "admin", "auth0|nobody", "\x00", "a" * 10_000])
def test_an_unknown_account_is_asked_again(browser: Browser, account: str | None) -> None:
    page = browser.follow(browser.authorize())
    form = {} if account is None else {"account": account}
    assert "Continue as diner" in browser.follow(browser.submit(page, **form)).text


def test_a_hinted_account_stands_first(browser: Browser) -> None:
    text = browser.follow(browser.authorize(login_hint="diner@example.com")).text
    assert text.index("Continue as diner") < text.index("Continue as admin")


def test_an_application_may_send_people_to_sign_up(browser: Browser) -> None:
    """With the address that it knows of them."""
    page = browser.follow(browser.authorize(screen_hint="signup", login_hint='a"@b.example'))
    assert "Create account" in page.text
    assert 'value="a&#34;@b.example"' in page.text


def test_a_wrong_address_is_told_at_its_field(browser: Browser) -> None:
    """What was typed is still there."""
    page = browser.follow(browser.authorize(screen_hint="signup"))
    again = browser.submit(page, name="Ann", email="no address")
    assert again.status_code == 422
    assert 'role="alert"' in again.text
    assert 'value="Ann"' in again.text
    assert 'value="no address"' in again.text
    assert answer_in(browser.submit(again, name="Ann", email="ann@example.com"))["code"]


def test_an_account_can_be_had_once(browser: Browser, tenant: RunningTenant) -> None:
    browser.sign_up("Ann", "ann@example.com")
    other = Browser(tenant).sign_up("Bob", "ANN@example.com")
    assert other.status_code == 422
    assert "There is an account" in other.text


def test_the_same_address_makes_the_same_subject(browser: Browser, tenant: RunningTenant) -> None:
    """What was granted to it in the files is there again after a restart."""
    code = answer_in(browser.sign_up("Ann", "Ann@Example.com"))["code"]
    subject = tenant.verify(browser.exchange(code).json()["access_token"]).claims["sub"]
    assert subject == Accounts().sign_up("Other", "ann@example.com").subject


def test_the_answer_keeps_the_addresss_own_query(browser: Browser) -> None:
    answer = browser.sign_in(redirect_uri="http://localhost:1/cb?a=1&b=%2F")
    assert answer.headers["Location"].startswith("http://localhost:1/cb?a=1&b=%2F&code=")


@pytest.mark.parametrize(
    ("client", "redirect_uri", "is_good"),
    [
        ("postman", "https://oauth.pstmn.io/v1/callback", True),
        ("postman", "https://oauth.pstmn.io/v1/browser-callback", True),
        ("postman", "https://oauth.pstmn.io/v1/callback?a", False),
        ("postman", "https://oauth.pstmn.io/", False),
        ("dashboard", "https://oauth.pstmn.io/v1/callback", False),
    ],
)
def test_postman_has_addresses_of_its_own(
    browser: Browser, client: str, redirect_uri: str, is_good: bool
) -> None:
    response = browser.authorize(client_id=client, redirect_uri=redirect_uri)
    assert response.status_code == (302 if is_good else 400)
