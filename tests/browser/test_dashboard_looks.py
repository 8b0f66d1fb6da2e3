"""How the dashboard looks: to axe, on a phone, in the dark, and from the keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from .dashboard import Dashboard
from .looking import WIDTHS, fits, tab_to, violations

pytestmark = pytest.mark.slow


def menu(dashboard: Dashboard) -> None:
    """Read the menu, with nobody signed in."""


def menu_as_admin(dashboard: Dashboard) -> None:
    """Read it as one who may change it, who has just done so."""
    dashboard.sign_in("admin")
    dashboard.delete("Tea")
    expect(dashboard.status).to_contain_text("Tea is deleted")


def form_with_mistakes(dashboard: Dashboard) -> None:
    """Fill the form in wrongly."""
    dashboard.sign_in("admin")
    dashboard.add(name="", price="cheap", image="soup.png")
    expect(dashboard.form.locator("[aria-invalid=true]")).to_have_count(3)


def question(dashboard: Dashboard) -> None:
    """Be asked whether to delete an item."""
    dashboard.sign_in("admin")
    dashboard.button("Delete Burger").click()
    expect(dashboard.form).to_be_visible()


def profile(dashboard: Dashboard) -> None:
    """Look at the own profile."""
    dashboard.sign_in("diner")
    dashboard.page.get_by_role("link", name="Profile").click()
    expect(dashboard.heading("Profile")).to_be_visible()


def nobodys_profile(dashboard: Dashboard) -> None:
    """Look at a profile with nobody signed in."""
    dashboard.open("/profile")
    expect(dashboard.heading("Nobody is signed in")).to_be_visible()


def refused_answer(dashboard: Dashboard) -> None:
    """Come back with an answer that was not asked for."""
    dashboard.open("/callback?code=x&state=x")
    expect(dashboard.heading("You are not signed in")).to_be_visible()


def no_page(dashboard: Dashboard) -> None:
    """Go to an address that is none."""
    dashboard.open("/nowhere")
    expect(dashboard.heading("Not found")).to_be_visible()


VIEWS: list[Callable[[Dashboard], None]] = [
    menu,
    menu_as_admin,
    form_with_mistakes,
    question,
    profile,
    nobodys_profile,
    refused_answer,
    no_page,
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_no_view_has_a_barrier(
    dashboard: Dashboard, packages: Path, view: Callable[[Dashboard], None]
) -> None:
    """By axe, in light and in dark, and nobody scrolls sideways."""
    view(dashboard)
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        dashboard.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(dashboard.page, packages) == []
    for width in WIDTHS:
        dashboard.page.set_viewport_size({"width": width, "height": 800})
        assert fits(dashboard.page)


def test_long_words_do_not_make_a_page_wider(dashboard: Dashboard) -> None:
    dashboard.page.set_viewport_size({"width": 360, "height": 800})
    dashboard.sign_in("admin").add(name="Rindfleisch" * 15, description="https://" + "x" * 300)
    expect(dashboard.status).to_contain_text("is saved")
    assert fits(dashboard.page)


def test_an_admin_can_do_without_a_mouse(dashboard: Dashboard) -> None:
    """From signing in to a new item, an edited one, and one less."""
    page, keys = dashboard.page, dashboard.page.keyboard
    tab_to(page, dashboard.button("Sign in"))
    keys.press("Enter")
    tab_to(page, page.get_by_role("button", name="Continue as admin"))
    keys.press("Enter")
    expect(dashboard.button("Add item")).to_be_visible()
    tab_to(page, dashboard.button("Add item"))
    keys.press("Enter")
    for text in ("Soup", "4.50", "Hot", "https://cdn.auth0.com/soup.png"):
        keys.type(text)
        keys.press("Tab")
    tab_to(page, dashboard.button("Save"))
    keys.press("Enter")
    expect(dashboard.status).to_contain_text("Soup is saved")
    tab_to(page, dashboard.button("Edit Tea"))
    keys.press("Enter")
    expect(dashboard.field("Name")).to_be_focused()
    keys.press("End")
    keys.type(" of the day")
    keys.press("Enter")
    expect(dashboard.item("Tea of the day")).to_be_visible()
    tab_to(page, dashboard.button("Delete Burger"))
    keys.press("Enter")
    tab_to(page, dashboard.form.get_by_role("button", name="Delete"))
    keys.press("Enter")
    expect(dashboard.item("Burger")).to_have_count(0)


def test_a_keyboard_stays_in_the_form(dashboard: Dashboard) -> None:
    """What lies below it cannot be reached, and afterwards the focus is where it was."""
    dashboard.sign_in("admin")
    dashboard.button("Edit Tea").click()
    expect(dashboard.field("Name")).to_be_focused()
    # Once around, by way of the browser's own buttons.
    for _ in range(7):
        dashboard.page.keyboard.press("Tab")
        assert not dashboard.page.evaluate("() => !!document.activeElement.closest('main')")
    expect(dashboard.field("Name")).to_be_focused()
    dashboard.page.keyboard.press("Escape")
    expect(dashboard.button("Edit Tea")).to_be_focused()


_WORDS_END = """(button) => {
  const words = document.createRange()
  words.selectNodeContents(button)
  return words.getBoundingClientRect().right
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_header_ends_where_the_page_does(admin: Dashboard, width: int) -> None:
    """In the words of its last button, whose edge is not seen."""
    admin.page.set_viewport_size({"width": width, "height": 800})
    page = admin.page.locator(".cards").bounding_box()
    assert page
    words_end = admin.button("Sign out").evaluate(_WORDS_END)
    assert words_end == pytest.approx(page["x"] + page["width"], abs=1)


def test_a_focus_is_seen(dashboard: Dashboard) -> None:
    button = dashboard.button("Sign in")
    tab_to(dashboard.page, button)
    outline = "(element) => getComputedStyle(element).outlineStyle"
    assert button.evaluate(outline) != "none"


def test_the_first_link_skips_the_header(dashboard: Dashboard) -> None:
    """The first press of the tab key offers it."""
    dashboard.page.keyboard.press("Tab")
    link = dashboard.page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.page.get_by_role("main")).to_be_focused()
