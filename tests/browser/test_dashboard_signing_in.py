"""Signing in to the dashboard, and out of it."""

import pytest
from playwright.sync_api import expect

from .dashboard import Dashboard
from .place import Place
from .signing_in import continue_as, fill_account
from .troubles import Troubles

pytestmark = pytest.mark.slow


def test_an_admin_may_change_the_menu(dashboard: Dashboard) -> None:
    dashboard.sign_in("admin")
    expect(dashboard.items).to_have_count(3)
    for name in ("Add item", "Edit Burger", "Delete Tea"):
        expect(dashboard.button(name)).to_be_visible()


def test_a_diner_only_reads(dashboard: Dashboard) -> None:
    dashboard.sign_in("diner")
    expect(dashboard.items).to_have_count(3)
    expect(dashboard.button("Add item")).to_have_count(0)
    expect(dashboard.button("Edit Burger")).to_have_count(0)


@pytest.mark.parametrize(("name", "role"), [("admin", "Menu admin"), ("diner", "Diner")])
def test_the_profile_says_who_is_signed_in(dashboard: Dashboard, name: str, role: str) -> None:
    dashboard.sign_in(name)
    dashboard.page.get_by_role("link", name="Profile").click()
    main = dashboard.page.get_by_role("main")
    for text in (name.title(), f"{name}@example.com", role, "Session ends"):
        expect(main).to_contain_text(text)


def test_somebody_new_signs_up(dashboard: Dashboard) -> None:
    """And may read, no more."""
    page = dashboard.page
    dashboard.button("Sign up").click()
    fill_account(page, "Nora New", "nora@example.com")
    expect(dashboard.button("Sign out")).to_be_visible()
    expect(dashboard.button("Add item")).to_have_count(0)
    page.get_by_role("link", name="Profile").click()
    expect(page.get_by_role("main")).to_contain_text("nora@example.com")


def test_signing_out_signs_out_at_the_tenant_too(dashboard: Dashboard) -> None:
    """Whoever uses the browser next has to choose an account."""
    dashboard.sign_in("admin")
    dashboard.button("Sign out").click()
    expect(dashboard.button("Sign in")).to_be_visible()
    expect(dashboard.button("Add item")).to_have_count(0)
    dashboard.button("Sign in").click()
    expect(dashboard.heading("Sign in")).to_be_visible()


def test_a_reload_does_not_sign_out(dashboard: Dashboard) -> None:
    """The page asks the tenant again in a frame that nobody sees."""
    dashboard.sign_in("admin")
    dashboard.page.reload()
    expect(dashboard.button("Sign out")).to_be_visible()
    expect(dashboard.button("Add item")).to_be_visible()


def test_no_token_is_stored(dashboard: Dashboard) -> None:
    """Where a script that got into the page could find it later."""
    dashboard.sign_in("admin")
    stored = dashboard.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "eyJ" not in stored


def test_a_person_comes_back_to_the_page_they_were_on(dashboard: Dashboard) -> None:
    dashboard.open("/profile")
    dashboard.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    continue_as(dashboard.page, "diner")
    expect(dashboard.heading("Profile")).to_be_visible()
    expect(dashboard.page.get_by_role("main")).to_contain_text("diner@example.com")


@pytest.mark.parametrize("query", ["?error=access_denied&state=x", "?code=x&state=x"])
def test_an_answer_that_was_not_asked_for_is_refused(dashboard: Dashboard, query: str) -> None:
    """Else a link could sign a person in as somebody else (RFC 6749, section 10.12)."""
    dashboard.open(f"/callback{query}&error_description=Call%200900")
    expect(dashboard.heading("You are not signed in")).to_be_visible()
    expect(dashboard.page.get_by_role("main")).not_to_contain_text("0900")


def test_a_tenant_that_does_not_answer_is_explained(
    dashboard: Dashboard, place: Place, troubles: Troubles
) -> None:
    """The menu can be read all the same."""
    dashboard.sign_in("admin")
    troubles.expect("ERR_CONNECTION_REFUSED")
    dashboard.page.clock.install()
    with place.silent_tenant():
        dashboard.page.reload()
        expect(dashboard.items).to_have_count(3)
        troubles.wait()
        dashboard.page.clock.fast_forward("00:15")
        expect(dashboard.button("Sign in")).to_be_visible()
