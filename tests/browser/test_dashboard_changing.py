"""An admin changes the menu in the dashboard."""

import re

import pytest
from playwright.sync_api import expect

from .dashboard import Dashboard
from .troubles import Troubles

pytestmark = pytest.mark.slow

WORDS = re.compile(r"\w+ \w+")


def test_an_item_is_added(admin: Dashboard) -> None:
    """And it is still there for whoever reads the menu next."""
    admin.add(price="4,5")
    expect(admin.status).to_contain_text("Soup is saved")
    admin.page.reload()
    expect(admin.item("Soup")).to_contain_text("$4.50")
    expect(admin.item("Soup")).to_contain_text("Hot")


def test_an_item_is_edited(admin: Dashboard) -> None:
    """The form begins with what is there."""
    admin.button("Edit Tea").click()
    expect(admin.field("Name")).to_have_value("Tea")
    expect(admin.field("Price")).to_have_value("1.99")
    admin.fill(name="Green tea", price="2.19")
    admin.save()
    expect(admin.status).to_contain_text("Green tea is saved")
    admin.page.reload()
    expect(admin.item("Green tea")).to_contain_text("$2.19")
    expect(admin.item("Tea")).to_have_count(0)


def test_an_item_is_deleted(admin: Dashboard) -> None:
    admin.delete("Pizza")
    expect(admin.status).to_contain_text("Pizza is deleted")
    admin.page.reload()
    expect(admin.items).to_have_count(2)
    expect(admin.item("Pizza")).to_have_count(0)


def test_nothing_is_deleted_by_mistake(admin: Dashboard) -> None:
    """The question is asked first, and Enter and Escape both leave everything as it is."""
    for key in ("Enter", "Escape"):
        admin.button("Delete Pizza").click()
        expect(admin.form).to_contain_text("Pizza")
        admin.page.keyboard.press(key)
        expect(admin.form).to_have_count(0)
        expect(admin.button("Delete Pizza")).to_be_focused()
    admin.page.reload()
    expect(admin.item("Pizza")).to_be_visible()


def test_a_form_that_is_given_up_changes_nothing(admin: Dashboard) -> None:
    admin.button("Edit Burger").click()
    admin.fill(name="Nothing")
    admin.button("Cancel").click()
    admin.button("Edit Burger").click()
    expect(admin.field("Name")).to_have_value("Burger")


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Name", " "),
        ("Price", "1.999"),
        ("Image address", "javascript:alert(1)"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin: Dashboard, label: str, text: str) -> None:
    """To a screen reader as well, and the field has the focus."""
    admin.add(**{label.split()[0].lower(): text})
    field = admin.field(label)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(WORDS)
    expect(admin.form.locator("[aria-invalid=true]")).to_have_count(1)
    admin.page.keyboard.press("Escape")
    expect(admin.items).to_have_count(3)


def test_what_the_api_refuses_is_said_at_its_field(admin: Dashboard, troubles: Troubles) -> None:
    """The form is there again with all that was typed, and nothing is left on the menu."""
    troubles.expect("POST .*/items: 422")
    admin.add(name="n" * 201)
    field = admin.field("Name")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("n" * 201)
    expect(field).to_have_accessible_description(WORDS)
    expect(admin.field("Price")).to_have_value("4.50")
    expect(admin.items).to_have_count(3)


def test_several_mistakes_are_said_at_once(admin: Dashboard) -> None:
    admin.add(name="", price="", image="")
    expect(admin.form.locator("[aria-invalid=true]")).to_have_count(3)
    admin.fill(name="Soup", price="4.50", image="https://cdn.auth0.com/soup.png")
    expect(admin.form.locator("[aria-invalid=true]")).to_have_count(0)
    admin.save()
    expect(admin.status).to_contain_text("Soup is saved")
