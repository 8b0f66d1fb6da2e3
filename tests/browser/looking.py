"""How a page is looked at: by axe for those who cannot see it, by width, and from the keyboard."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

#: Widths in CSS pixels: a phone, a tablet, a laptop.
WIDTHS = (360, 768, 1280)

#: Presses of the tab key after which something counts as out of reach.
_REACH = 50

_AXE = "async () => (await axe.run()).violations"
_FITS = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@cache
def _axe(packages: Path) -> str:
    return (packages / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page: Page, packages: Path) -> list[str]:
    """Return what axe finds wrong in a page as it is now: the rule, and where.

    :param packages: the folder with the installed packages.
    """
    # Not by a script element, which the page's own policy forbids.
    page.evaluate(_axe(packages))
    return [
        f"{found['id']} ({found['help']}): {node['html']}"
        for found in page.evaluate(_AXE)
        for node in found["nodes"]
    ]


def fits(page: Page) -> bool:
    """Tell whether nobody has to scroll a page sideways."""
    return bool(page.evaluate(_FITS))


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until something has the focus, as who has no mouse does."""
    for _ in range(_REACH):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    expect(wanted).to_be_focused(timeout=1)
