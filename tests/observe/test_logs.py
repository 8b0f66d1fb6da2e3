"""How other lines look."""

import json
import logging
import sys

import pytest

from serving import logs


def record(text: str, *arguments: object, **more: object) -> logging.LogRecord:
    error = sys.exc_info() if sys.exc_info()[0] else None
    made = logging.LogRecord("menu.test", logging.WARNING, "file", 1, text, arguments, error)
    vars(made).update(more)
    return made


def failing(token: str) -> None:
    raise LookupError(f"nothing for {len(token)} characters")


def test_a_record_is_one_object() -> None:
    line = logs.formatter("json", lambda: "mine").format(
        record("a %s\nb", "\x1b[2J\u2028", code="c")
    )
    assert "\n" not in line
    assert line.isascii()
    members = json.loads(line)
    assert members.pop("time").endswith("Z")
    assert members.pop("process")
    assert members == {
        "event": "a \x1b[2J\u2028\nb",
        "level": "warning",
        "logger": "menu.test",
        "request_id": "mine",
        "code": "c",
    }


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_holds_no_values(form: logs.Format) -> None:
    """Local variables are tokens and bodies."""
    try:
        failing("needle")
    except LookupError:
        line = logs.formatter(form).format(record("it failed"))
    assert "nothing for 6 characters" in line
    assert "failing" in line
    assert "needle" not in line.replace('failing("needle")', "")


def test_the_development_server_writes_no_query() -> None:
    """It has a line of its own for each request, with the address as it was sent."""
    line = '127.0.0.1 - - [1/Jan/2030 00:00:00] "%s" %s %s'
    assert not logs._is_no_request(record(line, "GET /items?access_token=x HTTP/1.1", 200, "-"))
    assert logs._is_no_request(record(" * Running on http://127.0.0.1:7000"))
