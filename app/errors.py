"""Every error of the app as `application/problem+json`.

Refusals of the guard layer (`AuthzError`) are answered by that layer itself.
"""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app
from marshmallow import ValidationError
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from app.authz.problems import problem
from app.database import postgresql
from app.database.transactions import OutcomeUnknown, cause_of
from app.observe.requests import note_code

#: Seconds after which a caller may try again when the database failed.
RETRY_AFTER = 5

#: The code and the public text of a status. The text of an exception is never sent.
ANSWERS = {
    400: (
        "request_malformed",
        "The request cannot be read. A body is JSON in UTF-8: names once, finite numbers.",
    ),
    404: ("not_found", "There is nothing at this address, or no item with this id."),
    405: ("method_not_allowed", "This address has other methods: see Allow."),
    408: ("request_timeout", "The body took too long to arrive."),
    412: ("precondition_failed", "The current version is not the one that the request asks for."),
    413: ("too_large", "The body is larger than 64 KB."),
    415: ("unsupported_media_type", "The body must be application/json."),
    422: ("invalid", "The request is understood, but not what it holds: see errors."),
    429: ("rate_limited", "Too many requests. Try again later: see Retry-After."),
    500: ("internal_error", "The server failed. Its log says why."),
}

#: The same of a database that cannot be asked, whose status guards use too.
DATABASE_UNAVAILABLE = (
    "database_unavailable",
    "The database does not answer. Try again later.",
)

#: The same of one that was lost as it committed. It has no `Retry-After`: a change that is sent
#: again may be made twice.
OUTCOME_UNKNOWN = (
    "database_unavailable",
    "The database does not answer. Whether the change was made is not known.",
)


def init_app(app: Flask) -> None:
    """Register the handlers.

    An exception without a handler is logged by Flask, which then asks for the answer to a 500.
    """
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(ValidationError, _answer_invalid)
    for unavailable in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(unavailable, _answer_unavailable)
    app.register_error_handler(OutcomeUnknown, _answer_unknown)
    for mistake in (ProgrammingError, InternalError):
        app.register_error_handler(mistake, _answer_mistake)


def answer(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """Make the answer of an error, whose code the request's log line has too. The parameters are
    those of `problem`."""
    note_code(code)
    return problem(status, code, detail, headers=headers, **members)


def _answer_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    code, detail = ANSWERS.get(status, (status.name.lower(), f"{status.phrase}."))
    # `Allow`, `Retry-After` and their like; the type is that of werkzeug's own page.
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return answer(status, code, detail, headers=headers)


def _answer_invalid(error: ValidationError) -> Response:
    code, detail = ANSWERS[422]
    return answer(422, code, detail, errors=error.messages_dict)


def _answer_unavailable(error: SQLAlchemyError) -> Response:
    current_app.logger.error(
        "database_unavailable: %s (is it reachable, and migrated with `flask db upgrade`?)",
        cause_of(error),
    )
    return answer(503, *DATABASE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER)})


def _answer_unknown(error: OutcomeUnknown) -> Response:
    current_app.logger.error("database_unavailable: no answer to a COMMIT: %s", cause_of(error))
    return answer(503, *OUTCOME_UNKNOWN)


def _answer_mistake(error: DBAPIError) -> Response:
    """Tell a database that is not ready for a statement from a statement that is wrong."""
    if postgresql.sqlstate(error) in postgresql.NOT_READY:
        return _answer_unavailable(error)
    raise error
