"""A token as people hand it to a command: pasted from a log, in quotes, broken into lines."""

import re
import sys

import click

#: Characters that are read at most. No token comes near it.
MAX_INPUT = 100_000

_QUOTES = re.compile(r"""^["'`]+|["'`]+$""")
#: What surrounds a token, and how to say so, in the order in which it is taken off.
_AROUND: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("quotes", _QUOTES),
    ("the header's name", re.compile(r"^authorization\s*:\s*", re.IGNORECASE)),
    ("the scheme", re.compile(r"^(?:bearer|dpop)(?:\s+|$)", re.IGNORECASE)),
    ("quotes", _QUOTES),
    ("line breaks", re.compile(r"\s*[\r\n]\s*")),
)


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
    for what, pattern in _AROUND:
        rest = pattern.sub("", text)
        if rest != text:
            taken.append(what)
        text = rest
    if taken:
        names = ", ".join(dict.fromkeys(taken))
        click.echo(f"Not part of the token, and passed over: {names}.", err=True)
    return text
