"""What an item may hold."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, Range

from .models import DESCRIPTION_LENGTH, IMAGE_LENGTH, MAX_ID, NAME_LENGTH

MAX_PRICE = 1_000_000

#: Control characters but tab and newline, and lone surrogates, which no encoding can carry.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

#: What no address may hold unescaped (RFC 3986, appendix A); letters of any script may stand in it.
_NOT_ADDRESS = re.compile(r'[\s\x00-\x1f\x7f-\x9f"<>\\^`{|}\ud800-\udfff]')

_HUNDREDTH = Decimal("0.01")
#: As many digits as the highest price has; a digit that would be lost is an error.
_EXACT = Context(prec=9, traps=[Inexact, InvalidOperation])


def plain_text(value: str) -> None:
    """Refuse characters that are no text."""
    if _NOT_TEXT.search(value):
        raise ValidationError("Must not hold control characters but tab and newline.")


def not_blank(value: str) -> None:
    """Refuse a text of nothing but white space."""
    if not value.strip():
        raise ValidationError("Must not be blank.")


def http_address(value: str) -> None:
    """Refuse what is not an absolute http(s) address with a host and without a user."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise ValidationError("Must be an http or https address.") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or "@" in parts.netloc
        or _NOT_ADDRESS.search(value)
    ):
        raise ValidationError("Must be an http or https address.")


class Price(fields.Field[int]):
    """A JSON number with at most two decimals, loaded as whole cents.

    It is never rounded: more decimals are an error, unless they are zeros. The body must have been
    read with `parse_float=Decimal`.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own form
        "invalid": "Must be a number.",
        "range": f"Must be from 0 to {MAX_PRICE}.",
        "decimals": "Must have at most two decimals.",
    }

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        # True is an int to Python, but no number to JSON.
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise self.make_error("invalid")
        if not 0 <= value <= MAX_PRICE:
            raise self.make_error("range")
        try:
            return int(Decimal(value).quantize(_HUNDREDTH, context=_EXACT) * 100)
        except Inexact as error:
            raise self.make_error("decimals") from error


class WholeNumber(fields.Integer):
    """A JSON number without decimals but zeros: to JSON, 2.0 and 2 are one number."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any
    ) -> int:
        # Nothing larger is made an int: an exponent could ask for a million digits.
        if isinstance(value, Decimal) and 0 <= value <= MAX_ID and value == int(value):
            value = int(value)
        return super()._deserialize(value, attr, data, **more)


class ItemSchema(Schema):
    """The fields of an item, all required and no others, loaded as columns of the table."""

    name = fields.String(required=True, validate=[Length(1, NAME_LENGTH), plain_text, not_blank])
    price = Price(required=True, attribute="price_cents")
    description = fields.String(
        required=True, validate=[Length(max=DESCRIPTION_LENGTH), plain_text]
    )
    image = fields.String(required=True, validate=[Length(max=IMAGE_LENGTH), http_address])


class IdentifiedItemSchema(ItemSchema):
    """An item that says which one it is."""

    id = WholeNumber(strict=True, required=True, validate=Range(1, MAX_ID))
