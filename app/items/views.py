"""The routes of the menu."""

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from marshmallow import ValidationError
from werkzeug.exceptions import NotFound

from app.authz import public, requires_permission

from . import store
from .body import wrapped_item
from .conditions import answer, precondition, tagged
from .pages import RenderedPage
from .paging import FIRST_PAGE, requested_page
from .rendering import item_body
from .schemas import IdentifiedItemSchema, ItemSchema
from .store import ItemRow

bp = Blueprint("items", __name__)

_new_item = ItemSchema()
_known_item = IdentifiedItemSchema()


@bp.get("/items")
@public
def menu() -> Response:
    """Answer with a page of the menu."""
    page = requested_page(request.args) if request.query_string else FIRST_PAGE
    rendered: RenderedPage = current_app.extensions["menu"].rendered(page)
    response = tagged(rendered.body, rendered.etag)
    if rendered.link:
        response.headers["Link"] = rendered.link
    return response


@bp.get("/items/<item_id:item_id>")
@public
def item(item_id: int) -> Response:
    """Answer with an item."""
    return answer(item_body(_found(store.get(item_id))))


@bp.post("/items")
@requires_permission("create:items")
def create() -> Response:
    """Put a new item on the menu; the menu chooses its id."""
    sent = wrapped_item()
    sent.pop("id", None)
    row = store.add(_new_item.load(sent))
    response = answer(item_body(row), 201)
    response.headers["Location"] = url_for("items.item", item_id=row.id)
    return response


@bp.put("/items")
@requires_permission("update:items")
def replace_named() -> Response:
    """Replace the item that the body names."""
    values = _known_item.load(wrapped_item())
    return _replaced(values.pop("id"), values)


@bp.put("/items/<item_id:item_id>")
@requires_permission("update:items")
def replace(item_id: int) -> Response:
    """Replace the item at this address; the body may repeat its id."""
    sent = wrapped_item()
    if "id" not in sent:
        return _replaced(item_id, _new_item.load(sent))
    values = _known_item.load(sent)
    if values.pop("id") != item_id:
        raise ValidationError({"id": ["Differs from the id in the address."]})
    return _replaced(item_id, values)


@bp.delete("/items/<item_id:item_id>")
@requires_permission("delete:items")
def delete(item_id: int) -> tuple[str, int]:
    """Take an item off the menu."""
    if not store.remove(item_id, precondition()):
        raise NotFound
    return "", 204


def _replaced(item_id: int, values: dict[str, Any]) -> Response:
    return answer(item_body(_found(store.replace(item_id, values, precondition()))))


def _found(row: ItemRow | None) -> ItemRow:
    if row is None:
        raise NotFound
    return row
