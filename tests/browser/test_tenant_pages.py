"""The tenant's pages, as a person meets them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .authorization import Client, asking_client
from .looking import WIDTHS, fits, tab_to, violations
from .place import Place
from .signing_in import continue_as, sign_up
from .troubles import Troubles

pytestmark = pytest.mark.slow

#: A name that would run if a page took it for HTML.
SCRIPT = "<img src=x onerror=alert(1)>"

#: The pages by name, each with the way there from the address of the sign-in.
PAGES: dict[str, Callable[[Page, Client], object]] = {
    "accounts": lambda page, client: page.goto(client.authorize()),
    "new account": lambda page, client: page.goto(client.authorize(screen_hint="signup")),
    "refusal": lambda page, client: page.goto(client.authorize(client_id="stranger")),
    "sign out": lambda page, client: leave_half(page, client),
    "signed out": lambda page, client: page.goto(f"{client.place.tenant_url}/v2/logout"),
}


def leave_half(page: Page, client: Client) -> None:
    """Be asked whether to sign out, for a client that says nothing of whom."""
    page.goto(client.authorize())
    continue_as(page, "diner")
    client.answer(page)
    page.goto(f"{client.place.tenant_url}/oidc/logout")


@pytest.fixture(scope="module")
def client(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Whoever sends people to the tenant."""
    with asking_client(place, tmp_path_factory.mktemp("client")) as served:
        yield served


@pytest.fixture
def accounts(page: Page, client: Client) -> Page:
    """The page that asks a person for the account."""
    page.goto(client.authorize())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_barrier(
    page: Page, client: Client, packages: Path, troubles: Troubles, name: str, scheme: str
) -> None:
    """By axe, and nobody scrolls sideways; all of them say what this tenant is."""
    if name == "refusal":
        troubles.expect("/authorize.*: 400")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
    PAGES[name](page, client)
    assert violations(page, packages) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)
    expect(page.get_by_role("banner")).to_contain_text("Local tenant for development")


def test_a_person_signs_in_without_a_mouse(accounts: Page, client: Client) -> None:
    tab_to(accounts, accounts.get_by_role("button", name="Continue as admin"))
    accounts.keyboard.press("Enter")
    answer = client.answer(accounts)
    assert answer["state"] == "mine"
    assert answer["code"]


def test_a_person_signs_up_without_a_mouse(accounts: Page, client: Client) -> None:
    tab_to(accounts, accounts.get_by_role("link", name="Create an account"))
    accounts.keyboard.press("Enter")
    tab_to(accounts, accounts.get_by_label("Name"))
    accounts.keyboard.type("Keyla")
    accounts.keyboard.press("Tab")
    accounts.keyboard.type("keyla@example.com")
    accounts.keyboard.press("Enter")
    assert client.answer(accounts)["code"]


def test_pages_work_without_scripts(browser: Browser, client: Client) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(client.authorize())
        sign_up(page, "Scripta", "scripta@example.com")
        assert client.answer(page)["code"]


def test_a_new_account_can_be_chosen_by_its_address(accounts: Page, client: Client) -> None:
    """Once it is signed out; until then nobody is asked."""
    sign_up(accounts, "Nova", "nova@example.com")
    client.answer(accounts)
    accounts.goto(client.authorize(state="again"))
    assert client.answer(accounts)["state"] == "again"
    accounts.goto(f"{client.place.tenant_url}/v2/logout")
    accounts.goto(client.authorize())
    continue_as(accounts, "nova@example.com")
    client.answer(accounts)


def test_a_name_is_no_script(accounts: Page, client: Client) -> None:
    """It stands in the page of all accounts as it was written."""
    sign_up(accounts, SCRIPT, "script@example.com")
    client.answer(accounts)
    accounts.goto(client.authorize(prompt="login"))
    expect(accounts.get_by_text(SCRIPT)).to_be_visible()


def test_a_refused_account_keeps_what_was_typed(accounts: Page, troubles: Troubles) -> None:
    """The mistake is told to a screen reader at its field."""
    troubles.expect("POST .*/u/signup.*: 422")
    sign_up(accounts, "Admin", "admin@example.com")
    expect(accounts.get_by_role("alert")).to_be_visible()
    field = accounts.get_by_label("E-mail")
    expect(field).to_have_value("admin@example.com")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_no_other_page_shows_the_sign_in_in_a_frame(
    page: Page, client: Client, troubles: Troubles
) -> None:
    """Where it could be made to look like something else to click on."""
    troubles.expect("/u/login.*: net::ERR_BLOCKED_BY_RESPONSE|frame-ancestors")
    page.goto(client.origin)
    page.evaluate(
        "(src) => { document.body.append(Object.assign(document.createElement('iframe'), {src})) }",
        client.authorize(),
    )
    troubles.wait()
    assert all(frame.get_by_role("button").count() == 0 for frame in page.frames)


def test_a_form_of_another_page_signs_nobody_in(
    page: Page, client: Client, troubles: Troubles
) -> None:
    """Else a page could have a person act as somebody of its choice."""
    troubles.expect("POST .*/u/login.*: 403")
    page.goto(client.origin)
    page.goto(client.authorize())
    address = page.url
    page.goto(client.origin)
    page.evaluate(
        """(action) => {
          const form = Object.assign(document.createElement("form"), { action, method: "post" });
          form.append(Object.assign(document.createElement("input"), {
            name: "account", value: "auth0|admin" }));
          document.body.append(form);
          form.submit();
        }""",
        address,
    )
    page.wait_for_url(address)
    page.goto(client.authorize(prompt="none"))
    assert client.answer(page)["error"] == "login_required"
