"""What the routes of the menu do."""

from app.items.models import MAX_ID
from app.items.paging import MAX_LIMIT

from .operation import (
    CACHE_CONTROL,
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    Object,
    Operation,
    answer,
    header,
)

_FIELDS = {
    "name": "Burger",
    "price": 5.99,
    "description": "Tasty",
    "image": "https://cdn.auth0.com/blog/whatabyte/burger-sm.png",
}
_BURGER = {"id": 1, **_FIELDS}
_VALIDATORS = {"ETag": ETAG, "Cache-Control": CACHE_CONTROL}
_ITEM = {"$ref": "#/components/schemas/Item"}

_ITEM_ID: Object = {
    "name": "item_id",
    "in": "path",
    "required": True,
    "description": "The item's id, without leading zeros.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
    "example": 1,
}
_LINKS: Object = {
    name: {"operationId": name, "parameters": {"item_id": "$response.body#/id"}}
    for name in ("getItem", "replaceItem", "deleteItem")
}
#: What is wrong, by field.
_INVALID: dict[int, Object] = {422: {"errors": {"price": ["Must have at most two decimals."]}}}
_BAD_LIMIT: dict[int, Object] = {
    422: {"errors": {"limit": [f"Must be a whole number from 1 to {MAX_LIMIT}."]}}
}


def _query(name: str, description: str, lowest: int, highest: int, default: int) -> Object:
    limits = {"minimum": lowest, "maximum": highest, "default": default}
    schema = {"type": "integer", **limits}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _body(schema: str, example: object) -> Object:
    """Return the Request Body Object of a wrapped item."""
    wrapped = {
        "type": "object",
        "required": ["item"],
        "properties": {"item": {"$ref": f"#/components/schemas/{schema}"}},
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": wrapped, "example": {"item": example}}}
    return {"required": True, "content": content}


def _replacing(name: str, summary: str, body: Object, *parameters: Object) -> Operation:
    return Operation(
        name=name,
        summary=summary,
        tag="menu",
        parameters=(*parameters, IF_MATCH, IF_NONE_MATCH),
        body=body,
        answers={200: answer("The item as it is now.", _ITEM, _BURGER, _VALIDATORS)},
        refusals=(400, 404, 408, 412, 413, 415, 422),
        members=_INVALID,
        database="changes",
    )


#: By endpoint and method.
OPERATIONS = {
    ("items.menu", "GET"): Operation(
        name="getMenu",
        summary="Read a page of the menu",
        tag="menu",
        parameters=(
            _query("limit", "Most items on the page.", 1, MAX_LIMIT, MAX_LIMIT),
            _query("after", "The page begins behind this id.", 0, MAX_ID, 0),
            IF_MATCH,
            IF_NONE_MATCH,
        ),
        answers={
            200: answer(
                "The items by id, the lowest first.",
                {
                    "type": "object",
                    "propertyNames": {"pattern": "^[1-9][0-9]*$"},
                    "additionalProperties": _ITEM,
                },
                {"1": _BURGER},
                {
                    **_VALIDATORS,
                    "Link": header(
                        "The page that follows (RFC 8288), if one does.",
                        '</items?limit=2&after=2>; rel="next"',
                        required=False,
                    ),
                },
            ),
            304: NOT_MODIFIED,
        },
        refusals=(412, 422),
        members=_BAD_LIMIT,
        database="reads",
    ),
    ("items.item", "GET"): Operation(
        name="getItem",
        summary="Read an item",
        tag="menu",
        parameters=(_ITEM_ID, IF_MATCH, IF_NONE_MATCH),
        answers={200: answer("The item.", _ITEM, _BURGER, _VALIDATORS), 304: NOT_MODIFIED},
        refusals=(404, 412),
        database="reads",
    ),
    ("items.create", "POST"): Operation(
        name="createItem",
        summary="Put a new item on the menu",
        tag="menu",
        body=_body("NewItem", _FIELDS),
        answers={
            201: {
                **answer(
                    "The item, with the id that the menu has chosen.",
                    _ITEM,
                    _BURGER,
                    {**_VALIDATORS, "Location": header("Where the item is.", "/items/1")},
                ),
                "links": _LINKS,
            }
        },
        refusals=(400, 408, 413, 415, 422),
        members=_INVALID,
        database="changes",
    ),
    ("items.replace_named", "PUT"): _replacing(
        "replaceNamedItem", "Replace the item that the body names", _body("KnownItem", _BURGER)
    ),
    ("items.replace", "PUT"): _replacing(
        "replaceItem",
        "Replace the item at this address",
        _body("AddressedItem", _FIELDS),
        _ITEM_ID,
    ),
    ("items.delete", "DELETE"): Operation(
        name="deleteItem",
        summary="Take an item off the menu",
        tag="menu",
        parameters=(_ITEM_ID, IF_MATCH, IF_NONE_MATCH),
        answers={204: {"description": "The item is gone."}},
        refusals=(404, 412),
        database="changes",
    ),
}
