"""Authorization codes: good once, for who asked, for a minute."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.tenant.grants.codes import LIFETIME

from .browser import REDIRECT_URI, Browser, answer_in, exchange_form, refresh_form
from .running import RunningTenant

SECRET = "postman-development-secret"


@pytest.fixture
def code(browser: Browser) -> str:
    """A code for the dashboard."""
    return answer_in(browser.sign_in())["code"]


@pytest.mark.parametrize("kind", ["data", "json"])
def test_a_code_is_exchanged_once(tenant: RunningTenant, code: str, kind: str) -> None:
    """A form and JSON are answered alike."""
    first = tenant.post_token(**{kind: exchange_form(code)})
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    second = tenant.post_token(**{kind: exchange_form(code)})
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_a_code_that_comes_again_ends_what_came_of_it(tenant: RunningTenant, code: str) -> None:
    """Two have it, and one of them should not (RFC 6749, section 4.1.2)."""
    refresh_token = tenant.post_token(data=exchange_form(code)).json()["refresh_token"]
    assert tenant.post_token(data=exchange_form(code)).status_code == 400
    response = tenant.post_token(data=refresh_form(refresh_token))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def test_an_opaque_token_ends_with_its_code(tenant: RunningTenant, browser: Browser) -> None:
    code = answer_in(browser.sign_in(audience=None))["code"]
    token = tenant.post_token(data=exchange_form(code)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert tenant.get("userinfo", headers=headers).status_code == 200
    assert tenant.post_token(data=exchange_form(code)).status_code == 400
    assert tenant.get("userinfo", headers=headers).status_code == 401


def test_of_many_exchanges_at_once_one_succeeds(tenant: RunningTenant, code: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        exchanges = [pool.submit(tenant.post_token, data=exchange_form(code)) for _ in range(16)]
    statuses = sorted(exchange.result().status_code for exchange in exchanges)
    assert statuses == [200, *[400] * 15]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": None}, "invalid_request"),
        ({"code": ""}, "invalid_grant"),
        ({"code": "another"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5173/"}, "invalid_grant"),
        ({"redirect_uri": REDIRECT_URI.replace("127.0.0.1", "localhost")}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "v" * 44}, "invalid_grant"),
        ({"code_verifier": "v" * 4000}, "invalid_request"),
    ],
)
def test_a_code_of_somebody_else_is_refused(
    tenant: RunningTenant, code: str, changes: dict[str, str | None], error: str
) -> None:
    """Who lacks the verifier, or names another address, did not ask for it."""
    response = tenant.post_token(data=exchange_form(**{"code": code, **changes}))
    assert (response.status_code, response.json()["error"]) == (400, error)


def test_a_code_is_its_clients(tenant: RunningTenant, browser: Browser) -> None:
    """Neither of two clients gets anything for the other's."""
    codes = [
        answer_in(browser.sign_in())["code"],
        answer_in(browser.authorize(client_id="postman"))["code"],
    ]
    swapped = [
        exchange_form(codes[0], client_id="postman", client_secret=SECRET),
        exchange_form(codes[1]),
    ]
    for form in swapped:
        response = tenant.post_token(data=form)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_a_client_with_a_secret_must_show_it(
    tenant: RunningTenant, browser: Browser, secret: str | None
) -> None:
    """The code is not used up by that."""
    code = answer_in(browser.sign_in(client_id="postman"))["code"]
    form = exchange_form(code, client_id="postman", client_secret=secret)
    response = tenant.post_token(data=form)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert tenant.post_token(data=form | {"client_secret": SECRET}).status_code == 200


def test_the_secret_may_come_in_the_header(tenant: RunningTenant, browser: Browser) -> None:
    """As Postman sends it unless it is told otherwise."""
    code = answer_in(browser.sign_in(client_id="postman"))["code"]
    form = exchange_form(code, client_id=None)
    assert tenant.post_token(data=form, auth=("postman", SECRET)).status_code == 200


@pytest.mark.parametrize("client", ["postman-diner", "menu-api"])
def test_nobody_signs_in_at_a_client_for_machines(browser: Browser, client: str) -> None:
    """The application is told, at its address."""
    answer = answer_in(browser.authorize(client_id=client))
    assert answer["error"] == "unauthorized_client"


def test_a_public_client_gets_no_token_for_itself(tenant: RunningTenant) -> None:
    form = {"grant_type": "client_credentials", "client_id": "dashboard", "audience": "a"}
    assert tenant.post_token(data=form).json()["error"] == "invalid_client"


@pytest.mark.parametrize(("seconds", "status"), [(LIFETIME - 1, 200), (LIFETIME, 400)])
def test_a_code_lives_for_a_minute(
    tenant: RunningTenant, code: str, seconds: int, status: int
) -> None:
    tenant.clock.move(seconds)
    assert tenant.post_token(data=exchange_form(code)).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "v" * 42},
        {"code_challenge": "v" * 44},
        {"code_challenge": "v" * 42 + "."},
    ],
)
@pytest.mark.parametrize("client", ["dashboard", "postman"])
def test_a_request_without_a_challenge_is_refused(
    browser: Browser, client: str, changes: dict[str, str | None]
) -> None:
    """For clients with a secret as well, and `plain` is none (RFC 9700, section 2.1.1)."""
    answer = answer_in(browser.authorize(**{"client_id": client, **changes}))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "state-of-the-application"
