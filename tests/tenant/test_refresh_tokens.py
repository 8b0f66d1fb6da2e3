"""Refresh tokens: each is good once, and an old one ends them all."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from app.tenant.grants.refresh_tokens import LIFETIME
from app.tenant.grants.sign_in import SignIn
from app.tenant.users import USERS

from .browser import Browser, refresh_form
from .running import NOW, RunningTenant

SECRET = "postman-development-secret"


@pytest.fixture
def refresh_token(tenant: RunningTenant) -> str:
    """A refresh token of the admin at the dashboard."""
    return str(Browser(tenant).tokens()["refresh_token"])


def refreshed(tenant: RunningTenant, token: str, **changes: str | None) -> requests.Response:
    """Exchange a refresh token."""
    return tenant.post_token(data=refresh_form(token, **changes))


def assert_unknown(response: requests.Response) -> None:
    """Check the answer to a token that is not good, which is Auth0's."""
    assert response.status_code == 400
    assert response.json() == {
        "error": "invalid_grant",
        "error_description": "Unknown or invalid refresh token.",
    }


def revoked(tenant: RunningTenant, **options: object) -> requests.Response:
    """Send a request for the end of a token."""
    return requests.post(f"{tenant.issuer}oauth/revoke", timeout=10, **options)  # type: ignore[arg-type]


def test_a_refresh_gives_new_tokens_of_the_same_sign_in(
    tenant: RunningTenant, refresh_token: str
) -> None:
    """With an ID token of the same session, without the nonce's request being repeated."""
    tenant.clock.move(3600)
    answer = refreshed(tenant, refresh_token).json()
    access, identity = (tenant.verify(answer[name]).claims for name in ("access_token", "id_token"))
    assert access["exp"] == tenant.clock() + 86400
    assert access["scope"] == answer["scope"] == "openid profile email offline_access"
    assert (access["sub"], access["azp"]) == ("auth0|admin", "dashboard")
    assert identity["auth_time"] == tenant.clock() - 3600
    assert identity["iat"] == tenant.clock()
    assert answer["refresh_token"] != refresh_token
    assert refreshed(tenant, answer["refresh_token"]).status_code == 200


def test_a_token_that_was_used_ends_them_all(tenant: RunningTenant, refresh_token: str) -> None:
    """Somebody has a copy; nobody can tell who (RFC 9700, section 4.14)."""
    second = refreshed(tenant, refresh_token).json()["refresh_token"]
    third = refreshed(tenant, second).json()["refresh_token"]
    for token in (refresh_token, third, second):
        assert_unknown(refreshed(tenant, token))


def test_of_many_refreshes_at_once_one_succeeds_and_none_lasts(
    tenant: RunningTenant, refresh_token: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        refreshes = [pool.submit(refreshed, tenant, refresh_token) for _ in range(16)]
    answers = [refresh.result() for refresh in refreshes]
    (good,) = [answer for answer in answers if answer.status_code == 200]
    assert_unknown(refreshed(tenant, good.json()["refresh_token"]))


def test_threads_that_take_turns_anywhere_get_one_token_in_all() -> None:
    """A sign-in by itself, where nothing but its lock keeps threads apart."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(300):
                sign_in = SignIn(USERS["admin"], "dashboard", "openid", None, None, "sid", NOW)
                token = sign_in.new_refresh_token()
                following = list(pool.map(sign_in.exchange, [token] * 8))
                assert len([each for each in following if each]) == 1
                assert sign_in.has_ended
    finally:
        sys.setswitchinterval(interval)


def test_other_sign_ins_go_on(tenant: RunningTenant, refresh_token: str) -> None:
    other = Browser(tenant).tokens()["refresh_token"]
    refreshed(tenant, refresh_token)
    assert_unknown(refreshed(tenant, refresh_token))
    assert refreshed(tenant, other).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(LIFETIME - 1, 200), (LIFETIME, 400)])
def test_a_sign_in_can_be_refreshed_for_a_month(
    tenant: RunningTenant, refresh_token: str, seconds: int, status: int
) -> None:
    """From the sign-in on, however often it was refreshed meanwhile."""
    tenant.clock.move(seconds // 2)
    token = refreshed(tenant, refresh_token).json()["refresh_token"]
    tenant.clock.move(seconds - seconds // 2)
    assert refreshed(tenant, token).status_code == status


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "." * 100, "a" * 4000])
def test_another_text_is_no_token(tenant: RunningTenant, text: str) -> None:
    assert_unknown(refreshed(tenant, text))


def test_a_guess_at_a_token_ends_it(tenant: RunningTenant, refresh_token: str) -> None:
    """Its first part is as secret as the second, so who knows it has seen a token."""
    assert_unknown(refreshed(tenant, f"{refresh_token.partition('.')[0]}.guess"))
    assert_unknown(refreshed(tenant, refresh_token))


def test_a_token_is_its_clients(tenant: RunningTenant, refresh_token: str) -> None:
    """It is not used up by another client."""
    other = refreshed(tenant, refresh_token, client_id="postman", client_secret=SECRET)
    assert (other.status_code, other.json()["error"]) == (400, "invalid_grant")
    assert refreshed(tenant, refresh_token, client_id=None).status_code == 401
    assert refreshed(tenant, refresh_token).status_code == 200


def test_a_client_with_a_secret_must_show_it(tenant: RunningTenant) -> None:
    browser = Browser(tenant)
    answer = browser.sign_in(client_id="postman").headers["Location"]
    code = answer.partition("code=")[2].partition("&")[0]
    tokens = browser.exchange(code, client_id="postman", client_secret=SECRET).json()
    form = refresh_form(tokens["refresh_token"], client_id="postman")
    assert tenant.post_token(data=form).json()["error"] == "invalid_client"
    assert tenant.post_token(data=form | {"client_secret": SECRET}).status_code == 200


def test_only_who_asks_for_offline_access_gets_one(tenant: RunningTenant) -> None:
    assert "refresh_token" not in Browser(tenant).tokens(scope="openid profile")


@pytest.mark.parametrize(
    ("scope", "status", "granted"),
    [
        ("openid", 200, "openid"),
        ("openid create:items", 400, None),
        ("", 200, "openid profile email offline_access"),
    ],
)
def test_a_refresh_may_ask_for_less(
    tenant: RunningTenant, refresh_token: str, scope: str, status: int, granted: str | None
) -> None:
    """But never for more; what is refused is not used up."""
    answer = refreshed(tenant, refresh_token, scope=scope)
    assert (answer.status_code, answer.json().get("scope")) == (status, granted)
    if status == 400:
        assert answer.json()["error"] == "invalid_scope"
        assert refreshed(tenant, refresh_token).status_code == 200


def test_what_the_user_may_do_now_is_granted(tenant: RunningTenant) -> None:
    """Not what it was at the sign-in."""
    tokens = Browser(tenant).tokens(scope="openid offline_access create:items delete:items")
    assert tokens["scope"] == "openid offline_access create:items delete:items"
    tenant.permissions.change(USERS["admin"], [], ["delete:items"])
    answer = refreshed(tenant, tokens["refresh_token"]).json()
    assert answer["scope"] == "openid offline_access create:items"
    claims = tenant.verify(answer["access_token"]).claims
    assert claims["permissions"] == ["create:items", "update:items"]


@pytest.mark.parametrize("kind", ["data", "json"])
def test_a_client_ends_its_token(tenant: RunningTenant, refresh_token: str, kind: str) -> None:
    """Any of a sign-in ends all of it (RFC 7009, section 2.1)."""
    latest = refreshed(tenant, refresh_token).json()["refresh_token"]
    form = {"client_id": "dashboard", "token": refresh_token, "token_type_hint": "refresh_token"}
    assert revoked(tenant, **{kind: form}).status_code == 200
    assert_unknown(refreshed(tenant, latest))
    assert revoked(tenant, **{kind: form}).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "dashboard"}, 400, "invalid_request"),
        ({"client_id": "nobody", "token": "a"}, 401, "invalid_client"),
        ({"token": "a"}, 401, "invalid_client"),
        ({"client_id": "postman", "token": "a"}, 401, "invalid_client"),
        ({"client_id": "dashboard", "token": "unknown"}, 200, None),
        ({"client_id": "dashboard", "token": "a", "token_type_hint": "other"}, 200, None),
    ],
)
def test_a_revocation_is_answered(
    tenant: RunningTenant, form: dict[str, str], status: int, error: str | None
) -> None:
    """A token that is unknown is as good as ended (RFC 7009, section 2.2)."""
    response = revoked(tenant, data=form)
    assert (response.status_code, response.json().get("error")) == (status, error)


def test_a_client_ends_no_token_of_another(tenant: RunningTenant, refresh_token: str) -> None:
    form = {"client_id": "postman", "client_secret": SECRET, "token": refresh_token}
    assert revoked(tenant, data=form).status_code == 400
    assert refreshed(tenant, refresh_token).status_code == 200
