"""What goes wrong in a page without a person noticing."""

import re
import time

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

from tests.serving.running import PATIENCE

#: The console says of a refused request again what the answer says itself.
_REPEATED = "Failed to load resource: "

#: The page itself gave the request up, as it does when a person goes elsewhere.
_GIVEN_UP = "net::ERR_ABORTED"


class Troubles:
    """Collects the errors of all pages of a context: those of the console, uncaught exceptions,
    requests that failed or were refused."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._found: list[str] = []
        self._expected: list[str] = []
        context.on("console", self._read)
        context.on("weberror", self._catch)
        context.on("requestfailed", self._miss)
        context.on("response", self._refuse)

    def expect(self, *patterns: str) -> None:
        """Allow what matches one of these, and ask for it to happen: a test that is about a trouble
        says which."""
        self._expected += patterns

    def wait(self) -> None:
        """Wait until all that is expected has happened."""
        deadline = time.monotonic() + PATIENCE
        while self._missing and time.monotonic() < deadline:
            # Events come in while the browser is waited for.
            self._context.pages[0].wait_for_timeout(20)
        self.check()

    def check(self) -> None:
        """Fail if something went wrong that was not expected, or did not that was."""
        unexpected = [
            text for text in self._found if not any(re.search(p, text) for p in self._expected)
        ]
        assert not unexpected, "\n".join(unexpected)
        assert not self._missing, f"did not happen: {self._missing}"

    @property
    def _missing(self) -> list[str]:
        return [p for p in self._expected if not any(re.search(p, t) for t in self._found)]

    def _read(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_REPEATED):
            self._found.append(f"console {message.type}: {message.text}")

    def _catch(self, error: WebError) -> None:
        self._found.append(f"uncaught: {error.error}")

    def _miss(self, request: Request) -> None:
        if request.failure != _GIVEN_UP:
            self._found.append(f"{request.method} {request.url}: {request.failure}")

    def _refuse(self, response: Response) -> None:
        if response.status >= 400:
            self._found.append(f"{response.request.method} {response.url}: {response.status}")
