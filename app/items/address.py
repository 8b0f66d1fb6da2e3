"""The id of an item as it stands in an address."""

from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

from .models import MAX_ID


class ItemIdConverter(BaseConverter):
    """Matches a positive whole number in its one spelling; any other text is no address (404).

    Werkzeug's own `int` also takes leading zeros, the digits of every script, and any length.
    """

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id.

        :raises NotFound: if it is larger than any id. Werkzeug's `ValidationError` would be
            answered with 405: other methods of the same rule would seem to have an address.
        """
        item_id = int(value)
        if item_id > MAX_ID:
            raise NotFound
        return item_id
