"""Keeps what a client has sent out of the log line and the answer that gunicorn makes of a request
that it cannot read: `Authorization Bearer xyz`, its colon forgotten, is such a line."""

from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, Any, Any, BaseException], None]


def discreet(handle_error: Handler) -> Handler:
    """Return a worker's `handle_error` that repeats nothing of the request."""

    def handle(_request: Any, client: Any, address: Any, error: BaseException) -> None:
        if type(error).__module__ == "gunicorn.http.errors":
            error = _nameless(type(error))
        # Without the request: its address has the query.
        handle_error(None, client, address, error)

    return handle


def _nameless(kind: type[BaseException]) -> BaseException:
    """Return an exception of a kind, so that it gets the same status, that says nothing more."""

    class Nameless(kind):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            """Leave the arguments out that the kind asks for."""

        def __str__(self) -> str:
            return kind.__name__

    return Nameless()
