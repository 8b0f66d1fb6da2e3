"""`/docs` in a browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from .place import Place
from .signing_in import continue_as
from .troubles import Troubles

pytestmark = pytest.mark.slow


@pytest.fixture
def docs(page: Page, place: Place) -> Page:
    """The page, as a person finds it who follows the link of the README."""
    place.fill_menu()
    page.goto(f"{place.api_url}/docs")
    return page


def test_every_operation_is_shown(docs: Page) -> None:
    """The policy of the page lets all of it work, and nothing of it is asked for elsewhere."""
    expect(docs.get_by_role("heading", name="Menu API")).to_be_visible()
    for summary in ("Read a page of the menu", "Put a new item on the menu"):
        expect(docs.get_by_text(summary)).to_be_visible()


def test_a_person_reads_the_menu(docs: Page) -> None:
    operation = docs.locator("#operations-menu-getMenu")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table tbody")
    expect(answer.locator(".response-col_status")).to_have_text("200")
    expect(answer).to_contain_text("Burger")


def sign_in(docs: Page, name: str) -> None:
    """Sign in as somebody, for all that the page offers to ask for."""
    docs.get_by_role("button", name="Authorize").first.click()
    dialog = docs.locator(".dialog-ux")
    dialog.get_by_text("select all", exact=True).click()
    with docs.expect_popup() as opened:
        dialog.get_by_role("button", name="Apply given OAuth2 credentials").click()
    with opened.value.expect_event("close"):
        continue_as(opened.value, name)
    expect(dialog.get_by_role("button", name="Remove authorization")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()


def create(docs: Page) -> Locator:
    """Put the example on the menu, and return what the page tells of the answer."""
    operation = docs.locator("#operations-menu-createItem")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table tbody")


def test_who_signs_in_changes_the_menu(docs: Page) -> None:
    """The page is a client of the tenant without a secret; PKCE stands in for it."""
    sign_in(docs, "admin")
    expect(create(docs).locator(".response-col_status")).to_have_text("201")


def test_who_may_not_is_told_so(docs: Page, troubles: Troubles) -> None:
    troubles.expect("POST .*/items: 403")
    sign_in(docs, "diner")
    expect(create(docs)).to_contain_text("permission_missing")


def test_who_has_not_signed_in_is_told_so(docs: Page, troubles: Troubles) -> None:
    troubles.expect("POST .*/items: 401")
    expect(create(docs)).to_contain_text("token_missing")
