"""The one log line that tells an operator why a request was refused."""

import logging
import reprlib

from .errors import AuthzError, TokenMissing

log = logging.getLogger(__name__)

#: Writes values that may be the caller's: quoted, and bounded in length and depth.
_quote = reprlib.Repr()
_quote.maxstring = _quote.maxother = 200
_quote.maxlist = _quote.maxtuple = 10
_quote.maxlevel = 3


def log_refusal(error: AuthzError, method: str, route: str) -> None:
    """Write the line.

    :param method: the request's method.
    :param route: the route's rule: not the path, which is the caller's.
    """
    parts = [f"{error.code}: {error.reason}"]
    if error.wanted is not None or error.found is not None:
        parts.append(f"wanted {quoted(error.wanted)}, found {quoted(error.found)}")
    if error.cure:
        parts.append(error.cure)
    # A warning is seen even where nobody has configured logging. Without credentials: every visit.
    level = logging.INFO if isinstance(error, TokenMissing) else logging.WARNING
    line = printable(f"refused {method} {route}: {'; '.join(parts)}")
    log.log(level, "%s", line, extra={"code": error.code, "method": method, "route": route})


def quoted(value: object) -> str:
    """Write a value as a literal, bounded in length: it cannot imitate the line around it."""
    # Most are short texts, or none, and `Repr` takes four times as long for them.
    if value is None or (isinstance(value, str) and len(value) < _quote.maxstring):
        text = repr(value)
        if len(text) <= _quote.maxstring:
            return text
    return _quote.repr(value)


def printable(line: str) -> str:
    """Escape what could begin another line or move a terminal's cursor. A reason may be an app's
    own text, with its caller's words in it."""
    if line.isascii() and line.isprintable():
        return line
    plain = line.encode("ascii", "backslashreplace").decode("ascii")
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in plain)
