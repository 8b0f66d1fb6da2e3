"""Pages of the menu: `limit`, `after`, and the link to what follows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from marshmallow import ValidationError

from .models import MAX_ID

#: Most items on a page, and how many there are unless the request says.
MAX_LIMIT = 1000

_NUMBER = re.compile("[0-9]{1,19}")


@dataclass(frozen=True)
class Page:
    """A part of the menu: at most `limit` items, those with an id above `after`."""

    limit: int
    after: int


#: What is asked for without a query.
FIRST_PAGE = Page(MAX_LIMIT, after=0)


def requested_page(query: Mapping[str, str]) -> Page:
    """Read the page that a query asks for.

    :raises ValidationError: if `limit` or `after` is not a whole number in its range.
    """
    return Page(
        limit=_number(query, "limit", default=MAX_LIMIT, lowest=1, highest=MAX_LIMIT),
        after=_number(query, "after", default=0, lowest=0, highest=MAX_ID),
    )


def next_link(page: Page, last_id: int) -> str:
    """Return the `Link` (RFC 8288) to the page after an item.

    The address is relative: a client reads it against the one it asked, whatever proxies call it.
    """
    address = url_for("items.menu", limit=page.limit, after=last_id)
    return f'<{address}>; rel="next"'


def _number(query: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
        raise ValidationError({name: [f"Must be a whole number from {lowest} to {highest}."]})
    return int(text)
