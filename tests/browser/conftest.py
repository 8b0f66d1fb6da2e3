"""A browser, and what it is pointed at: the API and its tenant as real processes.

All of it lasts for the tests of this folder, not for the whole run: Playwright's event loop would
be in the way of others'.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.servers.node import installed

# A copy of the project as a deployment has it.
from tests.serving.conftest import ROOT, checkout
from tests.serving.running import PATIENCE

from .chromium import chromium
from .dashboard import Dashboard, build
from .place import Place, a_place
from .site import served
from .troubles import Troubles

PICTURES = Path(__file__).parent / "pictures"

expect.set_options(timeout=PATIENCE * 1000)

__all__ = ["checkout"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser; each test has a profile of its own in it."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def ports() -> tuple[int, ...]:
    """Of the API and of the tenant; free ones, since none are named."""
    return ()


@pytest.fixture(scope="package")
def place(
    ports: tuple[int, ...],
    checkout: Path,
    migrated: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """The API and the tenant. What a test changes in them but for the menu, it puts back."""
    with a_place(tmp_path_factory.mktemp("place"), checkout, migrated, *ports) as started:
        yield started


@pytest.fixture(scope="package")
def packages() -> Path:
    """The folder of the programs by others."""
    return installed(Path(__file__).parent, "nothing was tried with clients by others")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile without cookies."""
    with browser.new_context() as made:
        made.set_default_timeout(PATIENCE * 1000)
        yield made


@pytest.fixture
def troubles(context: BrowserContext) -> Iterator[Troubles]:
    """What went wrong in the pages. A test fails if anything did that it has not expected."""
    collected = Troubles(context)
    yield collected
    collected.check()


@pytest.fixture
def page(context: BrowserContext, troubles: Troubles) -> Page:
    """A page that is still empty."""
    return context.new_page()


@pytest.fixture(scope="package")
def project() -> Path:
    """The sources of the dashboard, with what they need."""
    return installed(ROOT / "dashboard", "the dashboard was not tried")


@pytest.fixture(scope="package")
def dashboard_origin(
    project: Path, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where the dashboard of the place is."""
    folder = tmp_path_factory.mktemp("dashboard")
    build(project, folder, VITE_AUTH0_DOMAIN=place.tenant_url, VITE_API_URL=place.api_url)
    with served(folder) as origin:
        yield origin


@pytest.fixture
def pictures(context: BrowserContext) -> None:
    """Pictures of the menu in the place of those that lie elsewhere."""

    def show(route: Route) -> None:
        drawn = PICTURES / f"{Path(urlsplit(route.request.url).path).stem}.svg"
        found = drawn if drawn.exists() else PICTURES / "tea-sm.svg"
        route.fulfill(path=found, content_type="image/svg+xml")

    context.route("https://cdn.auth0.com/**", show)


@pytest.fixture
def dashboard(page: Page, place: Place, pictures: None, dashboard_origin: str) -> Dashboard:
    """The dashboard with the three first items, as somebody sees it who has not signed in."""
    place.fill_menu()
    opened = Dashboard(page, dashboard_origin).open()
    expect(opened.items).to_have_count(3)
    return opened


@pytest.fixture
def admin(page: Page, place: Place, pictures: None, dashboard_origin: str) -> Dashboard:
    """The same, with an admin signed in."""
    place.fill_menu()
    opened = Dashboard(page, dashboard_origin).come_as("admin", place.sessions)
    expect(opened.items).to_have_count(3)
    return opened
