"""Errors that are no refusals, as `application/problem+json`. Refusals the guard layer answers."""

from http import HTTPStatus

from flask import Flask, Response
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app.authz.problems import problem

#: Codes that differ from the name of their status.
_CODES = {400: "request_malformed", 413: "too_large", 500: "internal_error"}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(ValidationError, _answer_invalid)


def _answer_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    code = _CODES.get(status, status.name.lower())
    # `Allow` and its like; the type is that of werkzeug's own page.
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return problem(status, code, f"{status.phrase}.", headers=headers)


def _answer_invalid(error: ValidationError) -> Response:
    detail = "The body is not what this address takes: see errors."
    return problem(422, "invalid", detail, errors=error.messages_dict)
