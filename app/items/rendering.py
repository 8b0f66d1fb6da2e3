"""Items as they go out: JSON text, and the tag that names exactly that text."""

import json
from collections.abc import Iterable
from hashlib import blake2b

from .store import ItemRow


def item_body(row: ItemRow) -> bytes:
    """Return the JSON of an item."""
    return _json(_item(row))


def menu_body(rows: Iterable[ItemRow]) -> bytes:
    """Return the JSON of a menu: an object of items by id, in the order given."""
    return _json({row.id: _item(row) for row in rows})


def etag(body: bytes) -> str:
    """Return a strong validator of a body, without its quotes (RFC 9110, section 8.8.3).

    It is made of the bytes alone, so every worker and machine makes the same one.
    """
    return blake2b(body, digest_size=16).hexdigest()


def _item(row: ItemRow) -> dict[str, object]:
    item_id, name, price_cents, description, image = row
    return {
        "id": item_id,
        "name": name,
        "price": _price(price_cents),
        "description": description,
        "image": image,
    }


def _price(cents: int) -> float:
    # The float nearest to so short a decimal prints as that decimal.
    units, hundredths = divmod(cents, 100)
    return cents / 100 if hundredths else units


def _json(content: object) -> bytes:
    # Flask's `jsonify` would sort the ids as text: "10" before "2".
    return json.dumps(content, separators=(",", ":")).encode()
