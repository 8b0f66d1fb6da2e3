"""Around everything else: an id for each request, and what is to be told of it at its end.

A WSGI wrapper and not two hooks of Flask's: it sees every answer, those that are made outside of
Flask among them, and costs less.
"""

import re
from collections.abc import Iterable, Sequence
from random import getrandbits
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from flask import Request, has_request_context, request

from app.authz.verdicts import Verdict, verdict_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"

#: Where a request's id lies in its WSGI environment.
REQUEST_ID = "menu.request_id"

#: Where the code of an error's answer lies there.
_CODE = "menu.code"

#: An id that a caller or a proxy may choose. It goes into headers and logs as it is.
_ID = re.compile(r"[A-Za-z0-9._-]{1,128}").fullmatch

#: The methods that are told apart. Any other text would be the caller's.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: Stands for a method or a route that is none of ours.
OTHER = "-"


class Outcome(NamedTuple):
    """What came of a request. Nothing in it is a text of the caller's but the checked id."""

    method: str
    #: The rule, not the path.
    route: str
    status: int
    #: Seconds until the answer was made; the time to send it comes on top.
    duration: float
    request_id: str
    #: None if no guard has seen the request.
    verdict: Verdict | None
    #: That of an error's answer; empty for other answers, and for those of no code of ours.
    code: str


class Report(Protocol):
    """Is told of each request when its answer is made. It must neither wait nor raise."""

    def __call__(self, outcome: Outcome, /) -> None: ...


class Observed:
    """A WSGI application whose requests have an id and are reported."""

    def __init__(self, app: "WSGIApplication", reports: Sequence[Report]) -> None:
        self._app = app
        self._reports = reports

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        began = perf_counter()
        request_id = environ.get("HTTP_X_REQUEST_ID", "")
        if not _ID(request_id):
            request_id = f"{getrandbits(128):032x}"  # nosec B311
        environ[REQUEST_ID] = request_id
        status, seen = 500, None

        def start(line: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            nonlocal status, seen
            status = int(line[:3])
            # Werkzeug leaves it there, and Flask removes it when the request is over.
            seen = environ.get("werkzeug.request")
            headers.append((HEADER, request_id))
            return start_response(line, headers, error)

        try:
            return self._app(environ, start)
        finally:
            duration = perf_counter() - began
            outcome = _outcome(environ, seen, status, duration, request_id)
            for report in self._reports:
                report(outcome)


def _outcome(
    environ: "WSGIEnvironment",
    seen: Request | None,
    status: int,
    duration: float,
    request_id: str,
) -> Outcome:
    """:param seen: None for an answer that was made outside of Flask."""
    method = environ["REQUEST_METHOD"]
    rule = None if seen is None else seen.url_rule
    verdict = None if seen is None else verdict_of(seen)
    return Outcome(
        method if method in METHODS else OTHER,
        OTHER if rule is None else rule.rule,
        status,
        duration,
        request_id,
        verdict,
        environ.get(_CODE) or (verdict.code if verdict else ""),
    )


def note_code(code: str) -> None:
    """Note the code of the error that answers the current request. What guards refuse has noted its
    own (see `verdict_of`)."""
    request.environ[_CODE] = code


def current_request_id() -> str | None:
    """Return the id of the current request; None outside of requests."""
    return request.environ.get(REQUEST_ID) if has_request_context() else None
