"""The schemas of the items as JSON Schema: what apispec cannot see in them is said here."""

from collections.abc import Callable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields
from marshmallow.validate import Length, Range

from app.authz.openapi import PROBLEM
from app.items.schemas import (
    MAX_PRICE,
    IdentifiedItemSchema,
    ItemSchema,
    Price,
    http_address,
    not_blank,
    plain_text,
)

Object = dict[str, Any]

#: Control characters but tab and newline, for the inside of a character class.
_CONTROL = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f"
#: White space that is no control character, as Python has it; `\s` means something else to each.
_SPACE = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
#: What no address holds unescaped.
_UNSAFE = rf'\t\n{_CONTROL}{_SPACE}"<>\\^`{{|}}'
#: Characters that stand for `/`, `?`, `#`, `@` or `:` to Python's `urlsplit`, and for nobody else.
_ALIKE = (
    r"\u2047-\u2049\u2100\u2101\u2105\u2106\u2a74\ufe13\ufe16\ufe55\ufe56\ufe5f\ufe6b"
    r"\uff03\uff0f\uff1a\uff1f\uff20"
)
_HOST = rf"[^{_UNSAFE}{_ALIKE}/?#@:\[\]]+"
_PORT = "[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"

#: What each validator that is a function means. The later of a field's validators goes before.
_MEANINGS: dict[Callable[..., Any], Object] = {
    plain_text: {"pattern": rf"^[^{_CONTROL}]*$"},
    # Beside `plain_text`, whose pattern it takes in.
    not_blank: {"pattern": rf"^[^{_CONTROL}]*[^\t\n{_CONTROL}{_SPACE}][^{_CONTROL}]*$"},
    http_address: {
        # No format: `uri` is ASCII only, and `iri` leaves out characters that are taken here.
        "description": "An http or https address, of a host.",
        "pattern": rf"^[Hh][Tt][Tt][Pp][Ss]?://{_HOST}(:({_PORT})?)?([/?#][^{_UNSAFE}]*)?$",
    },
}


def described_spec(version: str, **options: Any) -> APISpec:
    """Make a document that holds the schemas, ready for the paths."""
    plugin = MarshmallowPlugin()
    spec = APISpec(version=version, openapi_version="3.1.0", plugins=[plugin], **options)
    converter: Any = plugin.converter  # which the document has made
    converter.map_to_openapi_type(Price, "number", None)
    converter.add_attribute_function(_price)
    converter.add_attribute_function(_by_function)
    known = converter.schema2jsonschema(IdentifiedItemSchema())
    new = converter.schema2jsonschema(ItemSchema())
    spec.components.schema("Problem", PROBLEM)
    spec.components.schema("Item", _stored(known))
    spec.components.schema("NewItem", _with_ignored_id(new))
    spec.components.schema("KnownItem", known)
    spec.components.schema("AddressedItem", _with_optional_id(known))
    return spec


def _price(_: object, field: fields.Field[Any], **__: object) -> Object:
    if not isinstance(field, Price):
        return {}
    return {"minimum": 0, "maximum": MAX_PRICE, "multipleOf": 0.01}


def _by_function(_: object, field: fields.Field[Any], **__: object) -> Object:
    """Say what apispec passes over: the validators that are functions.

    :raises KeyError: if there is one whose meaning nobody has written down above.
    """
    found: Object = {}
    for validator in field.validators:
        if not isinstance(validator, Length | Range):
            found |= _MEANINGS[validator]
    return found


def _stored(item: Object) -> Object:
    """Return the schema of an item that is answered. Its `image` may be one that the pattern for
    requests leaves out: an IPv6 address."""
    image = {k: v for k, v in item["properties"]["image"].items() if k != "pattern"}
    return {**item, "properties": {**item["properties"], "image": image}}


def _with_ignored_id(item: Object) -> Object:
    ignored = {"description": "Ignored, whatever it is: the menu chooses the id."}
    return {**item, "properties": {**item["properties"], "id": ignored}}


def _with_optional_id(item: Object) -> Object:
    same = {**item["properties"]["id"], "description": "If it is there: the id of the address."}
    required = [name for name in item["required"] if name != "id"]
    return {**item, "required": required, "properties": {**item["properties"], "id": same}}
