"""What the dashboard makes of an API that says no, or nothing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from .dashboard import Dashboard
from .place import Place
from .signing_in import continue_as
from .troubles import Troubles

pytestmark = pytest.mark.slow

#: Of the burger, as somebody else makes it.
THEIRS = {
    "name": "Big burger",
    "price": 7.99,
    "description": "Tasty",
    "image": "https://cdn.auth0.com/blog/whatabyte/burger-sm.png",
}


@pytest.fixture
def refused(admin: Dashboard, place: Place, troubles: Troubles) -> Dashboard:
    """The same, and the API refuses the access token from now on."""
    admin.delete("Pizza")
    expect(admin.status).to_contain_text("Pizza is deleted")
    place.revoke(admin.token)
    troubles.expect("/items.*: 401")
    return admin


def test_a_refused_token_is_renewed_and_nobody_sees_it(refused: Dashboard) -> None:
    refused.edit("Tea", price="2.50")
    expect(refused.status).to_contain_text("Tea is saved")
    expect(refused.item("Tea")).to_contain_text("$2.50")
    expect(refused.alert).to_have_count(0)


def test_after_the_end_of_a_session_nothing_typed_is_lost(
    refused: Dashboard, place: Place, troubles: Troubles
) -> None:
    """The menu shows what the API has, and the form waits for its author to sign in again."""
    troubles.expect("/oauth/token: 40[013]")
    with place.silent_tenant():
        pass
    refused.edit("Tea", name="Chai", price="3.50")
    expect(refused.alert).to_contain_text("Your session has ended")
    expect(refused.field("Name")).to_have_value("Chai")
    assert "$1.99" in (refused.page.locator("article", has_text="Tea").text_content() or "")
    refused.form.get_by_role("button", name="Sign in").click()
    continue_as(refused.page, "admin")
    expect(refused.field("Name")).to_have_value("Chai")
    expect(refused.field("Price")).to_have_value("3.50")
    refused.save()
    expect(refused.item("Chai")).to_contain_text("$3.50")


@pytest.fixture
def no_deleting(place: Place) -> Iterator[None]:
    """Admin has lost a permission, and keeps the role."""
    change = ("tenant", "permissions", "--of", "admin")
    place.flask(*change, "--revoke", "delete:items")
    yield
    place.flask(*change, "--grant", "delete:items")


def test_a_missing_permission_is_explained(
    no_deleting: None, admin: Dashboard, troubles: Troubles
) -> None:
    """The item is there again: the menu never shows what the API has refused."""
    troubles.expect("DELETE .*: 403")
    admin.delete("Pizza")
    expect(admin.alert).to_contain_text("You may not do this")
    expect(admin.item("Pizza")).to_be_visible()


def test_what_somebody_else_has_changed_is_shown(
    admin: Dashboard, place: Place, troubles: Troubles
) -> None:
    """Nobody's change is lost unseen; saving again is meant."""
    troubles.expect("PUT .*/items/1: 412")
    admin.button("Edit Burger").click()
    admin.fill(description="Juicy")
    assert place.send("PUT", "/items/1", place.others_token, item=THEIRS).ok
    admin.save()
    expect(admin.alert).to_contain_text("Somebody else has changed this item")
    expect(admin.form).to_contain_text("Big burger")
    expect(admin.field("Description")).to_have_value("Juicy")
    admin.save()
    expect(admin.status).to_contain_text("Burger is saved")
    admin.page.reload()
    expect(admin.item("Burger")).to_contain_text("Juicy")


def test_on_a_phone_fields_are_in_sight_below_what_somebody_else_has_changed(
    admin: Dashboard, place: Place, troubles: Troubles
) -> None:
    """Above the buttons, which stay at the bottom."""
    troubles.expect("PUT .*/items/1: 412")
    admin.page.set_viewport_size({"width": 360, "height": 800})
    admin.button("Edit Burger").click()
    admin.fill(description="Juicy")
    assert place.send("PUT", "/items/1", place.others_token, item=THEIRS).ok
    admin.save()
    expect(admin.alert).to_contain_text("Somebody else has changed this item")
    field, button = admin.field("Price").bounding_box(), admin.button("Cancel").bounding_box()
    assert field
    assert button
    assert field["y"] + field["height"] < button["y"] < 800


def test_their_version_can_be_taken(admin: Dashboard, place: Place, troubles: Troubles) -> None:
    troubles.expect("PUT .*/items/1: 412")
    admin.button("Edit Burger").click()
    admin.fill(description="Juicy")
    assert place.send("PUT", "/items/1", place.others_token, item=THEIRS).ok
    admin.save()
    admin.button("Use their version").click()
    expect(admin.field("Name")).to_have_value("Big burger")
    expect(admin.field("Description")).to_have_value("Tasty")


def test_an_item_that_somebody_has_changed_is_not_deleted_unseen(
    admin: Dashboard, place: Place, troubles: Troubles
) -> None:
    troubles.expect("DELETE .*/items/1: 412")
    admin.button("Delete Burger").click()
    expect(admin.form).to_be_visible()
    assert place.send("PUT", "/items/1", place.others_token, item=THEIRS).ok
    admin.form.get_by_role("button", name="Delete").click()
    expect(admin.alert).to_contain_text("Burger is not deleted")
    expect(admin.item("Big burger")).to_contain_text("$7.99")


def test_what_was_typed_for_a_deleted_item_is_kept(
    admin: Dashboard, place: Place, troubles: Troubles
) -> None:
    troubles.expect("PUT .*/items/3: 404")
    admin.button("Edit Tea").click()
    admin.fill(name="Chai")
    assert place.send("DELETE", "/items/3", place.others_token).ok
    admin.save()
    expect(admin.alert).to_contain_text("deleted meanwhile")
    admin.save()
    expect(admin.item("Chai")).to_be_visible()
    expect(admin.item("Tea")).to_have_count(0)


def test_a_busy_api_is_asked_again(admin: Dashboard, place: Place, troubles: Troubles) -> None:
    """The person is told, and has nothing to do."""
    troubles.expect("PUT .*/items/3: 503")
    with place.locked_menu():
        admin.edit("Tea", price="2.50")
        expect(admin.status).to_contain_text("Trying again in")
        expect(admin.item("Tea")).to_contain_text("Saving")
    expect(admin.status).to_contain_text("Tea is saved")
    expect(admin.item("Tea")).to_contain_text("$2.50")


def test_a_dead_api_loses_nothing_typed(admin: Dashboard, place: Place, troubles: Troubles) -> None:
    """Nor does the menu go on showing what was not saved."""
    troubles.expect("PUT .*/items/3: net::ERR_CONNECTION_REFUSED")
    admin.button("Edit Tea").click()
    admin.fill(name="Chai")
    with place.dead_api():
        admin.save()
        expect(admin.alert).to_contain_text("cannot be reached")
        expect(admin.field("Name")).to_have_value("Chai")
        assert admin.page.locator("article", has_text="Chai").count() == 0
    admin.save()
    expect(admin.status).to_contain_text("Chai is saved")


@pytest.mark.parametrize("status", [429, 500])
def test_other_refusals_are_explained_too(
    admin: Dashboard, troubles: Troubles, status: int
) -> None:
    """With what the API said, and the form as it was."""
    troubles.expect(f"POST .*/items: {status}")

    def refuse(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        headers = {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "retry-after",
            "retry-after": "60",
        }
        return route.fulfill(status=status, headers=headers, json={"status": status})

    admin.page.route(re.compile("/items$"), refuse)
    admin.add()
    expect(admin.alert).to_be_visible()
    expect(admin.field("Name")).to_have_value("Soup")
    assert admin.page.locator("article", has_text="Soup").count() == 0
