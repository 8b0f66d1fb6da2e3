"""oidc-client-ts, on a page of its own, signs in at the tenant."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .bundles import client_page
from .place import Place
from .signing_in import continue_as
from .troubles import Troubles

pytestmark = pytest.mark.slow

ROLES = "https://menu-api.demo.com/roles"

#: What opens and uses the API: a new item with the token of the one who is signed in.
CREATE = """async ([url, authorization]) => (await fetch(`${url}/items`, {
  method: "POST",
  headers: { authorization, "content-type": "application/json" },
  body: JSON.stringify({ item: {
    name: "Soup", price: 4.5, description: "Hot", image: "https://example.com/soup.png" } }),
})).status"""

#: Asks for tokens as the library does, with a refresh token that it no longer uses.
REFRESH = """async ([url, refresh_token]) => {
  const body = new URLSearchParams({
    grant_type: "refresh_token", client_id: "dashboard", refresh_token });
  const answer = await fetch(`${url}/oauth/token`, { method: "POST", body });
  return [answer.status, (await answer.json()).error];
}"""

SIGN_IN = "scope => { manager.signinRedirect({ scope }) }"
SIGN_OUT = "() => { manager.signoutRedirect() }"
RENEW = "async () => (await manager.signinSilent()).access_token"


@pytest.fixture(scope="module")
def origin(packages: Path, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is."""
    with client_page("oidc", packages, place, tmp_path_factory.mktemp("oidc")) as url:
        yield url


@pytest.fixture
def client(page: Page, origin: str) -> Page:
    """The page, where nobody is signed in."""
    page.goto(origin)
    expect(page.get_by_role("status")).to_have_text("nobody")
    return page


def sign_in(client: Page, name: str = "admin", scope: str = "openid profile email") -> None:
    """Sign in as somebody."""
    client.evaluate(SIGN_IN, scope)
    continue_as(client, name)
    expect(client.get_by_role("status")).to_have_text(name.title())


@pytest.mark.parametrize(
    ("name", "roles", "status"), [("admin", ["menu-admin"], 201), ("diner", [], 403)]
)
def test_it_learns_who_signs_in_and_gets_a_token_of_theirs(
    client: Page, place: Place, troubles: Troubles, name: str, roles: list[str], status: int
) -> None:
    """From the ID token, whose signature and nonce it checks, and from /userinfo. The access token
    opens the API as far as the one who has signed in may go."""
    if status == 403:
        troubles.expect(r"POST .*/items: 403")
    sign_in(client, name)
    profile = client.evaluate("async () => (await manager.getUser()).profile")
    assert profile["sub"] == f"auth0|{name}"
    assert profile["email"] == f"{name}@example.com"
    assert profile["email_verified"] is True
    assert profile[ROLES] == roles
    token = client.evaluate("async () => (await manager.getUser()).access_token")
    assert client.evaluate(CREATE, [place.api_url, f"Bearer {token}"]) == status


def test_it_renews_in_a_frame_while_the_tenant_knows_the_person(client: Page) -> None:
    """With prompt=none: nobody sees anything of it."""
    sign_in(client)
    first = client.evaluate("async () => (await manager.getUser()).access_token")
    assert client.evaluate(RENEW) not in (first, None)


def test_it_is_told_that_nobody_is_signed_in(client: Page) -> None:
    """Not kept waiting: prompt=none answers with login_required."""
    error = client.evaluate("() => manager.signinSilent().catch((error) => error.error)")
    assert error == "login_required"


def test_each_refresh_token_is_used_once(client: Page, place: Place, troubles: Troubles) -> None:
    """One that is used again is taken for stolen: neither thief nor owner goes on."""
    troubles.expect(r"POST .*/oauth/token: 40[013]")
    sign_in(client, scope="openid profile email offline_access")
    read = "async () => (await manager.getUser()).refresh_token"
    first = client.evaluate(read)
    client.evaluate(RENEW)
    second = client.evaluate(read)
    assert None not in (first, second)
    assert first != second
    for token in (first, second):
        _, error = client.evaluate(REFRESH, [place.tenant_url, token])
        assert error == "invalid_grant"


def test_it_signs_out_at_the_tenant_too(client: Page, origin: str) -> None:
    """The page comes back, and the tenant asks who it is before anybody can go on."""
    sign_in(client)
    client.evaluate(SIGN_OUT)
    client.wait_for_url(f"{origin}/**")
    expect(client.get_by_role("status")).to_have_text("nobody")
    client.evaluate(SIGN_IN, "openid")
    expect(client.get_by_role("heading", name="Sign in")).to_be_visible()


def test_it_revokes_its_refresh_token(client: Page, place: Place, troubles: Troubles) -> None:
    troubles.expect(r"POST .*/oauth/token: 40[013]")
    sign_in(client, scope="openid profile offline_access")
    token = client.evaluate("async () => (await manager.getUser()).refresh_token")
    client.evaluate("manager.revokeTokens(['refresh_token'])")
    _, error = client.evaluate(REFRESH, [place.tenant_url, token])
    assert error == "invalid_grant"
