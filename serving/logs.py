"""How log lines look: JSON, one object a line, or text for a person.

The line that each request gets is written elsewhere, for speed: see `app/observe/lines.py`.
"""

import logging
import sys
from collections.abc import Callable
from typing import Any, Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

Format = Literal["json", "console"]

#: Returns the id of the request that the current thread or greenlet is about; None without one.
RequestId = Callable[[], str | None]

#: What a record may carry beyond its text: the members that the guard layer's refusals have.
EXTRA = ("code", "method", "route")


def set_up(form: Format, level: int, request_id: RequestId) -> None:
    """Send everything that this process logs to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(form, request_id))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    # Flask-Alembic has given them handlers of their own, which would write each line twice.
    for name in ("alembic", "sqlalchemy"):
        logging.getLogger(name).handlers.clear()
    # Of the development server: each request has a line of its own, without the query.
    logging.getLogger("werkzeug").addFilter(_is_no_request)


def formatter(form: Format, request_id: RequestId = lambda: None) -> logging.Formatter:
    """Return what turns a log record into a line, or into a few where a person reads them."""

    def add_request_id(_: Any, __: str, event: EventDict) -> EventDict:
        found = request_id()
        if found is not None:
            event["request_id"] = found
        return event

    processors: list[Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.CallsiteParameterAdder(
            [structlog.processors.CallsiteParameter.PROCESS]
        ),
        add_request_id,
    ]
    if form == "json":
        # Local variables hold tokens, so none is written.
        frames = ExceptionDictTransformer(show_locals=False)
        processors += [
            structlog.stdlib.ExtraAdder(EXTRA),
            structlog.processors.ExceptionRenderer(frames),
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ]
    else:
        processors += [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,
                timestamp_key="time",
            ),
        ]
    return structlog.stdlib.ProcessorFormatter(processors=processors)


def _is_no_request(record: logging.LogRecord) -> bool:
    return '"%s" %s %s' not in str(record.msg)
