"""A client that only asks: the request that it sends a person to the tenant with, and what comes
back of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page

from .place import AUDIENCE, Place
from .site import served

_PAGE = """<!doctype html>
<html lang="en"><title>A client</title><link rel="icon" href="data:,"><main>A client</main></html>
"""


@dataclass(frozen=True)
class Client:
    """The client."""

    place: Place
    #: Where its page is.
    origin: str

    def authorize(self, **changes: str) -> str:
        """Return the address to send a person to, with these parameters changed."""
        good = {
            "response_type": "code",
            "client_id": "dashboard",
            "redirect_uri": f"{self.origin}/callback",
            "scope": "openid profile",
            "audience": AUDIENCE,
            "state": "mine",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
        return f"{self.place.tenant_url}/authorize?{urlencode(good | changes)}"

    def answer(self, page: Page) -> dict[str, str]:
        """Wait until the person comes back, and return what the client is told."""
        page.wait_for_url(f"{self.origin}/callback**")
        return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items()}


@contextmanager
def asking_client(place: Place, folder: Path) -> Iterator[Client]:
    """Serve its page as long as the block lasts.

    :param folder: where to put the page.
    """
    (folder / "index.html").write_text(_PAGE)
    with served(folder) as origin:
        yield Client(place, origin)
