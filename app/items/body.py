"""The body of a request: strict JSON, and the item wrapped in it."""

import json
from decimal import Decimal
from typing import Any

from flask import request
from marshmallow import ValidationError
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

from app.authz.tokens.parts import refuse_constant, unique

#: Largest body that is read, in bytes, whether it is sent with its length or in chunks.
MAX_BODY = 64 * 1024


def wrapped_item() -> dict[str, Any]:
    """Return the object under `item` in the request's body, its fields not yet checked.

    :raises UnsupportedMediaType: if the body is not `application/json`.
    :raises RequestEntityTooLarge: if it is larger than `MAX_BODY`.
    :raises RequestTimeout: if it takes longer to arrive than the server waits.
    :raises BadRequest: if it is not valid JSON.
    :raises ValidationError: if it is JSON of another shape.
    """
    body = _json_body()
    if not isinstance(body, dict):
        raise ValidationError({"item": ["The body must be an object that holds the item."]})
    unknown = {name: ["Unknown field."] for name in body if name != "item"}
    if unknown:
        raise ValidationError(unknown)
    item = body.get("item")
    if not isinstance(item, dict):
        raise ValidationError({"item": ["Must be an object."]})
    return item


def _json_body() -> object:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return _DECODER.decode(_bytes().decode())
    except (ValueError, ArithmeticError, RecursionError) as error:
        # Beyond wrong text: an exponent past Decimal's, nesting past the interpreter's stack.
        raise BadRequest from error


def _bytes() -> bytes:
    # Not with Werkzeug's stream: it takes twice as long, and cuts a body that is sent in chunks at
    # its limit, silently.
    length = request.content_length
    if length is None:
        # In chunks: one byte more than is wanted shows the excess. Where they end, only a server
        # knows that says so.
        size = MAX_BODY + 1 if request.environ.get("wsgi.input_terminated") else 0
    elif length > MAX_BODY:
        raise RequestEntityTooLarge
    else:
        size = length
    try:
        body: bytes = request.environ["wsgi.input"].read(size)
    except TimeoutError as error:
        raise RequestTimeout from error
    except Exception as error:
        # Each server has its own for what it cannot read, and for a client that is gone.
        raise BadRequest from error
    if len(body) > MAX_BODY:
        raise RequestEntityTooLarge
    if length is not None and len(body) < length:
        raise BadRequest
    return body


_DECODER = json.JSONDecoder(
    # A float would round the price before anyone has seen it.
    parse_float=Decimal,
    # NaN and Infinity.
    parse_constant=refuse_constant,
    object_pairs_hook=unique,
)
