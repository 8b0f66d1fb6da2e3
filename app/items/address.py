"""The id of an item as it stands in an address."""

from werkzeug.routing import BaseConverter, ValidationError

from .models import MAX_ID


class ItemIdConverter(BaseConverter):
    """Matches a positive whole number in its one spelling; any other text is no address (404).

    Werkzeug's own `int` also takes leading zeros, the digits of every script, and any length.
    """

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id.

        :raises ValidationError: if it is larger than any id.
        """
        item_id = int(value)
        if item_id > MAX_ID:
            raise ValidationError
        return item_id
