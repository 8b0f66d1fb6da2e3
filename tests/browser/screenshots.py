"""The pictures of `docs/screenshots/`: `make screenshots`. No test of a run, as its name says."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.serving.conftest import ROOT
from tests.serving.running import accepts

from .dashboard import Dashboard
from .looking import WIDTHS
from .place import Place

FOLDER = ROOT / "docs" / "screenshots"


#: As `make serve` has them, since the pictures show them.
PORTS = (7000, 7001)


@pytest.fixture(scope="package")
def ports() -> tuple[int, ...]:
    """The usual ports, which nobody may use meanwhile."""
    taken = [port for port in PORTS if accepts(port)]
    if taken:
        pytest.exit(f"Port {taken[0]} is taken: stop what serves there (make serve) first.", 1)
    return PORTS


def menu(dashboard: Dashboard, place: Place) -> None:
    """The menu, with nobody signed in."""


def menu_admin(dashboard: Dashboard, place: Place) -> None:
    """The menu as an admin sees it."""
    dashboard.sign_in("admin")


def form_errors(dashboard: Dashboard, place: Place) -> None:
    """A form with mistakes."""
    dashboard.sign_in("admin")
    dashboard.edit("Burger", name="", price="cheap")
    expect(dashboard.field("Name")).to_be_focused()


def profile(dashboard: Dashboard, place: Place) -> None:
    """Who is signed in."""
    dashboard.sign_in("admin")
    dashboard.page.get_by_role("link", name="Profile").click()
    expect(dashboard.heading("Profile")).to_be_visible()


def sign_in(dashboard: Dashboard, place: Place) -> None:
    """Where the tenant asks who it is."""
    dashboard.button("Sign in").click()
    expect(dashboard.heading("Sign in")).to_be_visible()


def docs(dashboard: Dashboard, place: Place) -> None:
    """The API's own page."""
    dashboard.page.goto(f"{place.api_url}/docs")
    expect(dashboard.page.get_by_text("Put a new item on the menu")).to_be_visible()


VIEWS: list[Callable[[Dashboard, Place], None]] = [
    menu,
    menu_admin,
    form_errors,
    profile,
    sign_in,
    docs,
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_a_view(
    dashboard: Dashboard, place: Place, view: Callable[[Dashboard, Place], None]
) -> None:
    """Take its pictures, at three widths."""
    view(dashboard, place)
    for width in WIDTHS:
        take(dashboard.page, view.__name__, width)


def take(page: Page, name: str, width: int) -> None:
    """Take a picture of what is seen without scrolling, when everything has come to rest."""
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready.then(() => {})")
    path = FOLDER / f"{name.replace('_', '-')}-{width}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
