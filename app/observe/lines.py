"""The log line of each request.

Written by hand: structlog takes six times as long for it (docs/decisions.md).
"""

import json
import logging
import os
import sys
import time
from contextlib import suppress
from functools import lru_cache

from app.observe.requests import Outcome
from serving.logs import Format

#: How the routes of probes begin.
PROBES = "/health/"


class Lines:
    """Writes a line for each request to standard error.

    :param form: JSON for a program, or text for a person.
    :param level: lines are written if this level of logging lets `INFO` through, or for probes that
        have nothing to complain of `DEBUG`.
    """

    def __init__(self, form: Format, level: int) -> None:
        self._written = _as_json if form == "json" else _as_text
        self._level = level

    def write(self, outcome: Outcome) -> None:
        """Write the line. Where it cannot be written, the request goes on all the same."""
        level = logging.DEBUG if _is_quiet(outcome.route, outcome.status) else logging.INFO
        if level < self._level:
            return
        # A full disk, or nobody to read it: there is no place left to say so.
        with suppress(OSError, ValueError):
            sys.stderr.write(self._written(outcome))


def _is_quiet(route: str, status: int) -> bool:
    """Tell probes that find all well: every few seconds, from whoever watches the server."""
    return status < 400 and route.startswith(PROBES)


def _as_json(outcome: Outcome) -> str:
    method, route, status, duration, request_id, verdict, code = outcome
    now = time.time()
    more = f', "code": "{code}"' if code else ""
    if verdict is not None:
        subject = verdict.subject
        if subject is not None:
            more = f'{more}, "subject": "{subject}"'
    # Each text in it is checked, ours, or escaped: the line is JSON, whatever was asked for.
    return (
        f'{{"time": "{_second(int(now))}.{int(now * 1e6) % 1_000_000:06d}Z",'
        f' {_fixed(method, route, status)}, "duration": {duration:.6f},'
        f' "request_id": "{request_id}"{more}, "process": {os.getpid()}}}\n'
    )


def _as_text(outcome: Outcome) -> str:
    method, route, status, duration, request_id, verdict, code = outcome
    subject = (verdict and verdict.subject) or ""
    parts = [method, route, str(status), f"{duration * 1000:.1f} ms", request_id]
    parts += [part for part in (code, subject[:12]) if part]
    return f"{_second(int(time.time()))}Z {' '.join(parts)}\n"


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


@lru_cache(maxsize=1024)
def _fixed(method: str, route: str, status: int) -> str:
    """Return the members that many requests have in common."""
    level = "error" if status >= 500 else "debug" if _is_quiet(route, status) else "info"
    return (
        f'"level": "{level}", "event": "request", "method": "{method}",'
        f' "route": {json.dumps(route)}, "status": {status}'
    )
