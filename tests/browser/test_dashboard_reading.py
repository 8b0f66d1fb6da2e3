"""The dashboard for somebody who only reads."""

import pytest
from playwright.sync_api import Page, expect

from .dashboard import Dashboard
from .place import Place
from .troubles import Troubles

pytestmark = pytest.mark.slow


def test_it_shows_the_menu_without_a_way_to_change_it(dashboard: Dashboard) -> None:
    expect(dashboard.items).to_have_count(3)
    expect(dashboard.item("Burger")).to_contain_text("$5.99")
    expect(dashboard.item("Burger")).to_contain_text("Tasty")
    expect(dashboard.button("Sign in")).to_be_visible()
    expect(dashboard.button("Add item")).to_have_count(0)
    expect(dashboard.page.get_by_role("button", name="Burger")).to_have_count(0)


def test_pictures_are_shown(dashboard: Dashboard) -> None:
    picture = dashboard.item("Burger").locator("img")
    expect(picture).to_have_js_property("complete", True)
    expect(picture).to_be_visible()


def test_without_pictures_something_stands_in_their_place(
    page: Page, place: Place, dashboard_origin: str, troubles: Troubles
) -> None:
    """No broken picture is seen where the network ends."""
    troubles.expect(r"cdn\.auth0\.com.*ERR_NAME_NOT_RESOLVED")
    place.fill_menu()
    dashboard = Dashboard(page, dashboard_origin).open()
    expect(dashboard.items).to_have_count(3)
    troubles.wait()
    expect(dashboard.item("Burger").locator("img")).to_have_count(0)
    expect(dashboard.item("Burger").locator("svg").first).to_be_visible()


def test_what_others_wrote_is_text(dashboard: Dashboard, place: Place) -> None:
    """Else whoever may add an item could act for everybody who reads it."""
    name = "<img src=x onerror=alert(1)>"
    item = {"name": name, "price": 1, "description": name, "image": "http://127.0.0.1:9/x.png"}
    assert place.send("POST", "/items", place.others_token, item=item).status_code == 201
    dashboard.page.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body=""))
    dashboard.page.reload()
    expect(dashboard.item(name)).to_be_visible()


def test_a_dead_api_is_explained_and_can_be_tried_again(
    dashboard: Dashboard, place: Place, troubles: Troubles
) -> None:
    troubles.expect("ERR_CONNECTION_REFUSED")
    with place.dead_api():
        dashboard.page.reload()
        expect(dashboard.alert).to_contain_text("cannot be reached")
    dashboard.button("Try again").click()
    expect(dashboard.items).to_have_count(3)


def test_an_address_that_is_none_leads_back(dashboard: Dashboard) -> None:
    dashboard.open("/nowhere")
    expect(dashboard.heading("Not found")).to_be_visible()
    dashboard.page.get_by_role("link", name="Read the menu").click()
    expect(dashboard.items).to_have_count(3)
