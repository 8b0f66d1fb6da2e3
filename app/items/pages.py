"""Pages of the menu as they go out, kept for as long as the menu stays as it is.

Whether it has is asked of the database for each answer: another process may have changed it.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from app.authz.expiring import ExpiringMap

from . import store
from .paging import Page, next_link
from .rendering import etag, menu_body

#: How many pages a process keeps, and the longest, in bytes, that it keeps: 8 MiB in all.
KEPT = 32
LONGEST = 256 * 1024

#: Seconds for which a page is kept. Whoever changes items by hand, and not the menu's version, sees
#: it after that.
KEPT_FOR = 10.0


class RenderedPage(NamedTuple):
    """A page, ready to be sent."""

    body: bytes
    etag: str
    #: The `Link` to the page after it; None for the last one.
    link: str | None


class Pages:
    """The pages of one app's menu.

    :param timer: a steady clock, in seconds.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._kept = ExpiringMap[Page, tuple[int, RenderedPage]](KEPT, timer)

    def rendered(self, page: Page) -> RenderedPage:
        """Return a page as it is now. Needs a request context."""
        # Before the items: if they change in between, what is kept is newer than it is taken for.
        version = store.version()
        kept = self._kept.get(page)
        if kept is not None and kept[0] == version:
            return kept[1]
        rendered = _render(page)
        if version is not None and len(rendered.body) <= LONGEST:
            self._kept.put(page, (version, rendered), KEPT_FOR)
        return rendered


def _render(page: Page) -> RenderedPage:
    # One more than asked for tells whether another page follows.
    rows = store.page(page.after, page.limit + 1)
    shown = rows[: page.limit]
    body = menu_body(shown)
    link = next_link(page, last_id=shown[-1].id) if len(rows) > len(shown) else None
    return RenderedPage(body, etag(body), link)
