"""auth0-spa-js, on a page of its own, signs in at the tenant as it does at Auth0."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from .bundles import client_page
from .place import AUDIENCE, Place
from .signing_in import continue_as

pytestmark = pytest.mark.slow

#: The ways in which it keeps a person signed in, and whether it binds tokens to a key (RFC 9449).
FRAME: dict[str, bool] = {}
REFRESH = {"useRefreshTokens": True}
WAYS = [FRAME, REFRESH, {"useDpop": True}, REFRESH | {"useDpop": True}]

SIGN_IN = "() => { client.loginWithRedirect() }"
SIGN_IN_BESIDE = "() => { client.loginWithPopup() }"
SIGN_OUT = "() => { client.logout({ logoutParams: { returnTo: location.origin } }) }"
RENEW = "() => client.getTokenSilently({ cacheMode: 'off' })"

#: A new item, with the library's own `fetch`. It asks for a token of no API if none is named.
CREATE = """async ([url, audience]) => {
  const isBound = window.options.useDpop;
  const fetcher = client.createFetcher({ baseUrl: url, ...(isBound && { dpopNonceId: "menu" }) });
  const answer = await fetcher.fetchWithAuth("/items", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ item: {
      name: "Soup", price: 4.5, description: "Hot", image: "https://example.com/soup.png" } }),
  }, { audience });
  return answer.status;
}"""


@pytest.fixture(scope="module")
def origin(packages: Path, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page is."""
    with client_page("auth0", packages, place, tmp_path_factory.mktemp("auth0")) as url:
        yield url


@pytest.fixture
def way() -> dict[str, bool]:
    """Options of the library."""
    return FRAME


@pytest.fixture
def client(context: BrowserContext, page: Page, origin: str, way: dict[str, bool]) -> Page:
    """The page, where nobody is signed in."""
    context.add_init_script(f"window.options = {json.dumps(way)}")
    page.goto(origin)
    expect(page.get_by_role("status")).to_have_text("nobody")
    return page


def sign_in(client: Page) -> None:
    """Sign in as admin."""
    client.evaluate(SIGN_IN)
    continue_as(client, "admin")
    expect(client.get_by_role("status")).to_have_text("Admin")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "+".join(way) or "frame")
def test_it_signs_in_renews_and_calls_the_api(
    context: BrowserContext, client: Page, place: Place, way: dict[str, bool]
) -> None:
    """Renewed twice, for the second time needs what came with the first."""
    asked: list[Request] = []
    context.on("request", lambda request: asked.append(request))
    sign_in(client)
    client.evaluate(RENEW)
    client.evaluate(RENEW)
    assert client.evaluate(CREATE, [place.api_url, AUDIENCE]) == 201
    tokens = [each for each in asked if each.url == f"{place.tenant_url}/oauth/token"]
    used = next(each for each in asked if each.url == f"{place.api_url}/items")
    is_bound = way.get("useDpop", False)
    assert [("dpop" in each.headers) for each in tokens] == [is_bound] * 3
    assert used.headers["authorization"].split()[0] == ("DPoP" if is_bound else "Bearer")


def test_a_reload_finds_the_person_again(client: Page) -> None:
    """The page keeps no token where a script of another could read it; the tenant knows."""
    sign_in(client)
    client.reload()
    expect(client.get_by_role("status")).to_have_text("Admin")


def test_it_signs_in_beside_the_page(client: Page) -> None:
    """In a window of its own, which closes."""
    with client.expect_popup() as opened:
        client.evaluate(SIGN_IN_BESIDE)
    with opened.value.expect_event("close"):
        continue_as(opened.value, "diner")
    client.wait_for_function("async () => (await client.getUser())?.name === 'Diner'")


def test_it_is_told_that_nobody_is_signed_in(client: Page) -> None:
    error = client.evaluate(f"() => ({RENEW})().catch((error) => error.error)")
    assert error == "login_required"


def test_it_signs_out_at_the_tenant_too(client: Page, origin: str) -> None:
    sign_in(client)
    client.evaluate(SIGN_OUT)
    client.wait_for_url(f"{origin}/**")
    expect(client.get_by_role("status")).to_have_text("nobody")
    client.evaluate(SIGN_IN)
    expect(client.get_by_role("heading", name="Sign in")).to_be_visible()


def test_it_asks_for_the_form_of_a_new_account(client: Page) -> None:
    client.evaluate(
        "() => { client.loginWithRedirect({ authorizationParams: { screen_hint: 'signup' } }) }"
    )
    expect(client.get_by_label("E-mail")).to_be_visible()
