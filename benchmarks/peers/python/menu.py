"""The menu of the peers on Flask: items by id, in memory."""

import os
from itertools import islice
from typing import Any

_IMAGES = "https://cdn.auth0.com/blog/whatabyte"
_FIRST = [
    ("Burger", 5.99, "Tasty", f"{_IMAGES}/burger-sm.png"),
    ("Pizza", 2.99, "Cheesy", f"{_IMAGES}/pizza-sm.png"),
    ("Tea", 1.99, "Informative", f"{_IMAGES}/tea-sm.png"),
]
_FIELDS = ("name", "price", "description", "image")

#: Most items in one answer, as in the Menu API.
PAGE = 1000

Item = dict[str, Any]

items: dict[int, Item] = {
    number: {"id": number, **dict(zip(_FIELDS, _FIRST[(number - 1) % 3], strict=True))}
    for number in range(1, int(os.environ.get("ITEMS", "3")) + 1)
}


def page() -> dict[int, Item]:
    """Return the first page of the menu."""
    return dict(islice(items.items(), PAGE))


def replace(number: int, values: Item) -> Item:
    """Put new values in place of an item's and return it.

    :raises KeyError: if there is no such item.
    """
    item: Item = {"id": items[number]["id"], **{name: values[name] for name in _FIELDS}}
    items[number] = item
    return item


def is_item(values: object) -> bool:
    """Tell whether a body holds the fields of an item; Flask has no way of its own."""
    return (
        isinstance(values, dict)
        and _is_text(values.get("name"), 200)
        and values["name"] != ""
        and isinstance(values.get("price"), int | float)
        and values["price"] >= 0
        and _is_text(values.get("description"), 2000)
        and _is_text(values.get("image"), 2000)
        and values["image"].startswith(("https://", "http://"))
    )


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest
