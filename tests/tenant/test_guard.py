"""What the API's guard makes of the tenant's tokens."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, requires_permission
from app.authz.testing import DpopKey, MemoryState

from .browser import Browser, answer_in, exchange_form
from .running import AUDIENCE, OTHER_AUDIENCE, RunningTenant

URL = "http://localhost/items"


@pytest.fixture
def client(tenant: RunningTenant) -> FlaskClient:
    """A client of an API with one view, which knows the tenant by its address alone."""
    app = Flask("api", static_folder=None)
    app.config.update(
        AUTH0_ISSUER_URL=tenant.issuer,
        AUTH0_AUDIENCE=AUDIENCE,
        PUBLIC_URL="http://localhost",
    )
    Authz(clock=tenant.clock).init_app(app, state=MemoryState(tenant.clock))
    app.post("/items")(requires_permission("create:items")(lambda: "created"))
    return app.test_client()


def posted(client: FlaskClient, headers: dict[str, str]) -> tuple[int, str | None]:
    """Ask for what the permission opens, and return status and code."""
    response = client.post("/items", headers=headers)
    return response.status_code, (response.json or {}).get("code")


def bearer(token: str) -> dict[str, str]:
    """Return the header of a request with a token."""
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("name", "answer"), [("admin", (200, None)), ("diner", (403, "permission_missing"))]
)
def test_who_signed_in_may_do_what_their_role_says(
    client: FlaskClient, browser: Browser, name: str, answer: tuple[int, str | None]
) -> None:
    """Whatever the application asked for."""
    assert posted(client, bearer(browser.tokens(name)["access_token"])) == answer


def test_an_id_token_opens_nothing(client: FlaskClient, browser: Browser) -> None:
    """It is for the application, with or without a nonce."""
    with_nonce = browser.tokens()["id_token"]
    code = answer_in(browser.authorize(nonce=None))["code"]
    without = browser.exchange(code).json()["id_token"]
    for token in (with_nonce, without):
        assert posted(client, bearer(token)) == (401, "token_is_id_token")


def test_an_opaque_token_opens_nothing(client: FlaskClient, browser: Browser) -> None:
    """It is what an application gets that has not asked for an audience."""
    token = browser.tokens(audience=None)["access_token"]
    assert posted(client, bearer(token)) == (401, "token_opaque")


def test_a_refresh_token_opens_nothing(client: FlaskClient, browser: Browser) -> None:
    status, _ = posted(client, bearer(browser.tokens()["refresh_token"]))
    assert status == 401


def test_a_token_for_another_api_opens_nothing(client: FlaskClient, browser: Browser) -> None:
    token = browser.tokens(audience=OTHER_AUDIENCE)["access_token"]
    assert posted(client, bearer(token)) == (401, "token_audience")


def test_a_bound_token_is_good_with_its_key_only(
    client: FlaskClient, browser: Browser, tenant: RunningTenant
) -> None:
    key = DpopKey(clock=tenant.clock)
    code = answer_in(browser.sign_in())["code"]
    headers = {"DPoP": key.proof("POST", f"{tenant.issuer}oauth/token", "")}
    token = tenant.post_token(data=exchange_form(code), headers=headers).json()["access_token"]
    other = DpopKey(clock=tenant.clock)
    assert posted(client, key.headers("POST", URL, token)) == (200, None)
    assert posted(client, bearer(token)) == (401, "token_binding")
    assert posted(client, other.headers("POST", URL, token)) == (401, "token_binding")
