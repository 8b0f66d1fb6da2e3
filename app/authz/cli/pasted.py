"""A token as people hand it to a command: pasted from a log, in quotes, broken into lines."""

import re
import sys
from collections.abc import Callable

import click

#: Characters that are read at most. No token comes near it.
MAX_INPUT = 100_000

_QUOTES = "\"'`"
_HEADER = re.compile(r"authorization\s*:\s*", re.IGNORECASE)
_SCHEME = re.compile(r"(?:bearer|dpop)(?:\s+|$)", re.IGNORECASE)

#: What surrounds a token, and how to take it off, in the order in which that is done.
_AROUND: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("quotes", lambda text: text.strip(_QUOTES)),
    ("the header's name", lambda text: _without(_HEADER, text)),
    ("the scheme", lambda text: _without(_SCHEME, text)),
    ("quotes", lambda text: text.strip(_QUOTES)),
    ("line breaks", lambda text: "".join(map(str.strip, re.split(r"[\r\n]", text)))),
)


def _without(beginning: re.Pattern[str], text: str) -> str:
    found = beginning.match(text)
    return text[found.end() :] if found else text


def read(argument: str) -> str:
    """Return the token that an argument is, or that standard input holds if the argument is `-`.

    What does not belong to it is taken off, and standard error says what that was.

    :raises click.UsageError: if nobody would take it for a token.
    """
    text = argument
    if argument == "-":
        given = sys.stdin.buffer.read(MAX_INPUT + 1)
        # Some shells begin what they pipe with a byte order mark.
        text = given.decode("utf-8-sig", "backslashreplace")
    else:
        click.echo(
            "Others on this machine can see the arguments of a command, and shells keep them:"
            " with - in place of the token it is read from standard input.",
            err=True,
        )
    if len(text) > MAX_INPUT:
        raise click.UsageError("That is too long to be a token.")
    return _bare(text.strip())


def _bare(text: str) -> str:
    taken: list[str] = []
    for what, take_off in _AROUND:
        rest = take_off(text)
        if rest != text:
            taken.append(what)
        text = rest
    if taken:
        names = ", ".join(dict.fromkeys(taken))
        click.echo(f"Not part of the token, and passed over: {names}.", err=True)
    return text
