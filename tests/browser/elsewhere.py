"""Another provider than the tenant, by others: `tests/interop/people.mjs`."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from .place import AUDIENCE


@contextmanager
def provider(folder: Path, port: int, origin: str) -> Iterator[None]:
    """Run it as long as the block lasts.

    :param folder: where its program is, with its packages.
    :param origin: of the page that signs people in at it.
    """
    with subprocess.Popen(
        ["node", "people.mjs", str(port), AUDIENCE, origin],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout
        assert b"listening" in process.stdout.readline()
        yield


def sign_in_elsewhere(page: Page, name: str) -> None:
    """Do what its pages ask for: any name, any password, and a yes."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
