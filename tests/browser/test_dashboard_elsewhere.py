"""The dashboard with another OpenID provider, by settings only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.servers.node import installed
from tests.serving.conftest import ROOT
from tests.serving.running import free_port

from .dashboard import Dashboard, build
from .elsewhere import provider, sign_in_elsewhere
from .place import AUDIENCE, Place, a_place
from .site import served
from .troubles import Troubles

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port() -> int:
    """Where the provider listens."""
    return free_port()


@pytest.fixture(scope="module")
def place(
    port: int, checkout: Path, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """An API that trusts the provider."""
    folder = tmp_path_factory.mktemp("elsewhere")
    issuer = f"http://127.0.0.1:{port}"
    with a_place(folder, checkout, migrated, other_issuer=issuer) as started:
        yield started


@pytest.fixture(scope="module")
def dashboard_origin(
    project: Path, port: int, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Where a dashboard is that signs people in at the provider."""
    folder = tmp_path_factory.mktemp("dashboard")
    settings = {
        "VITE_OIDC_ISSUER": f"http://127.0.0.1:{port}",
        "VITE_AUTH0_CLIENT_ID": "page",
        "VITE_AUTH0_AUDIENCE": AUDIENCE,
        "VITE_API_URL": place.api_url,
    }
    build(project, folder, **settings)
    programs = installed(ROOT / "tests" / "interop", "no other provider was tried")
    with served(folder) as origin, provider(programs, port, origin):
        yield origin


def sign_in(dashboard: Dashboard, name: str) -> None:
    """Sign in as somebody."""
    dashboard.button("Sign in").click()
    sign_in_elsewhere(dashboard.page, name)
    expect(dashboard.button("Sign out")).to_be_visible()


@pytest.fixture
def signed_in(dashboard: Dashboard, troubles: Troubles) -> Dashboard:
    """The dashboard with somebody signed in as admin."""
    # The provider's own pages ask for a font.
    troubles.expect(r"fonts\.googleapis\.com")
    sign_in(dashboard, "admin")
    return dashboard


def test_who_signs_in_there_changes_the_menu(signed_in: Dashboard) -> None:
    """The controls show for everybody, since the provider says nothing of roles."""
    signed_in.add()
    expect(signed_in.status).to_contain_text("Soup is saved")


def test_the_api_has_the_last_word(dashboard: Dashboard, troubles: Troubles) -> None:
    troubles.expect(r"fonts\.googleapis\.com", "POST .*/items: 403")
    sign_in(dashboard, "diner")
    dashboard.add()
    expect(dashboard.alert).to_contain_text("You may not do this")
    expect(dashboard.items).to_have_count(3)


def test_a_reload_finds_the_person_again(signed_in: Dashboard) -> None:
    """With prompt=none, in a frame."""
    signed_in.page.reload()
    expect(signed_in.button("Add item")).to_be_visible()
    signed_in.page.get_by_role("link", name="Profile").click()
    main = signed_in.page.get_by_role("main")
    expect(main).to_contain_text("Somebody called admin")
    expect(main).to_contain_text("admin@elsewhere.test")


def test_a_refused_token_is_renewed(signed_in: Dashboard, place: Place, troubles: Troubles) -> None:
    signed_in.delete("Pizza")
    expect(signed_in.status).to_contain_text("Pizza is deleted")
    place.revoke(signed_in.token)
    troubles.expect("PUT .*/items/3: 401")
    signed_in.edit("Tea", price="2.50")
    expect(signed_in.status).to_contain_text("Tea is saved")


def test_signing_out_signs_out_there_too(signed_in: Dashboard) -> None:
    signed_in.button("Sign out").click()
    signed_in.page.get_by_role("button", name="Yes, sign me out").click()
    expect(signed_in.button("Sign in")).to_be_visible()
    signed_in.button("Sign in").click()
    expect(signed_in.page.get_by_placeholder("Enter any login")).to_be_visible()
