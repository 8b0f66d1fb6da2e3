"""Conditional requests (RFC 9110, section 13): answers with an `ETag`, changes that compare it."""

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed

from .rendering import etag, item_body
from .store import ItemRow


def answer(body: bytes, status: int = 200) -> Response:
    """Answer with a JSON body and its `ETag`; a read whose `If-None-Match` names it gets 304.

    :raises PreconditionFailed: if it is a read whose `If-Match` does not name it.
    """
    tag = etag(body)
    response = Response(body, status, content_type="application/json")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "public, no-cache"
    if request.method in ("GET", "HEAD"):
        _require_match(tag)
        if request.if_none_match.contains_weak(tag):
            response.status_code = 304
    return response


def require_current(row: ItemRow) -> None:
    """Let the request change an item only if the item is as the request's conditions say.

    :raises PreconditionFailed: if it is not.
    """
    tag = etag(item_body(row))
    _require_match(tag)
    if request.if_none_match.contains_weak(tag):
        raise PreconditionFailed


def _require_match(tag: str) -> None:
    # An `If-Match` that is empty or cannot be read names nothing: it is not taken for its absence.
    if "If-Match" in request.headers and not request.if_match.contains(tag):
        raise PreconditionFailed
