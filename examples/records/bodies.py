"""The bodies of requests, and how they are read."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import BadRequest


def encodable(value: str) -> None:
    """Refuse lone surrogates, which JSON can write and no encoding can carry."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValidationError("Must not hold lone surrogates.") from None


class LoginSchema(Schema):
    """What a login sends. Without scopes the token allows nothing that needs a permission."""

    username = fields.String(required=True, validate=encodable)
    password = fields.String(required=True, validate=encodable)
    scopes = fields.List(fields.String(), load_default=list)


class RecordSchema(Schema):
    """What an edit of a record sends."""

    content = fields.String(required=True, validate=encodable)


def body(schema: Schema) -> dict[str, Any]:
    """Return the body of the current request.

    :raises UnsupportedMediaType: if it does not say that it is JSON.
    :raises BadRequest: if it is no JSON.
    :raises ValidationError: if the schema does not allow what it holds.
    """
    try:
        sent = request.get_json()
    except RecursionError:
        raise BadRequest from None
    loaded: dict[str, Any] = schema.load(sent)
    return loaded
