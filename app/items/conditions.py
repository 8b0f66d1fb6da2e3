"""Conditional requests (RFC 9110, section 13): answers with an `ETag`, changes that compare it."""

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed
from werkzeug.http import quote_etag

from .rendering import etag, item_body
from .store import ItemRow, Precondition


def answer(body: bytes, status: int = 200) -> Response:
    """Answer with a JSON body and its `ETag`. As `tagged`."""
    return tagged(body, etag(body), status)


def tagged(body: bytes, tag: str, status: int = 200) -> Response:
    """Answer with a JSON body and this `ETag`; a read whose `If-None-Match` names it gets 304.

    :raises PreconditionFailed: if it is a read whose `If-Match` does not name it.
    """
    headers = {"ETag": quote_etag(tag), "Cache-Control": "public, no-cache"}
    response = Response(body, status, headers, content_type="application/json")
    if request.method in ("GET", "HEAD") and _is_conditional():
        _require_match(tag)
        if request.if_none_match.contains_weak(tag):
            response.status_code = 304
    return response


def precondition() -> Precondition | None:
    """Return what the request demands of the item that it changes; None if it demands nothing.

    What is returned raises `PreconditionFailed` if the item is another.
    """
    return _require_current if _is_conditional() else None


def _require_current(row: ItemRow) -> None:
    tag = etag(item_body(row))
    _require_match(tag)
    if request.if_none_match.contains_weak(tag):
        raise PreconditionFailed


def _is_conditional() -> bool:
    environ = request.environ
    return "HTTP_IF_MATCH" in environ or "HTTP_IF_NONE_MATCH" in environ


def _require_match(tag: str) -> None:
    # An `If-Match` that is empty or cannot be read names nothing: it is not taken for its absence.
    if "If-Match" in request.headers and not request.if_match.contains(tag):
        raise PreconditionFailed
