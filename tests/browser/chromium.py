"""The browser: Debian's Chromium, or whatever `TEST_CHROMIUM` names, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    # What a page asks of the world outside fails at once, and is seen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def _executable() -> str:
    """Return the path of a Chromium, or skip the test; where all tests are to run, fail."""
    found = os.environ.get("TEST_CHROMIUM") or shutil.which("chromium")
    if found:
        return found
    reason = "Chromium is missing, nothing was tried in a browser: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser as long as the block lasts.

    Playwright's event loop counts as running meanwhile: other code of this thread cannot have one.
    """
    executable = _executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield browser
        browser.close()
