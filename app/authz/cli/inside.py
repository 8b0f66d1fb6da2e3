"""What a command needs of the app in which it runs."""

import click
from flask import current_app

from ..enforcement import enforcement_of
from ..tokens.authenticator import Authenticator


def authenticator() -> Authenticator | None:
    """Return the authenticator of this process, or None if the app authenticates callers itself.

    It has fetched nothing yet.
    """
    enforcement = enforcement_of(current_app)
    if not enforcement.callers.reads_tokens:
        click.echo("This app authenticates callers itself: no token is looked at.", err=True)
        return None
    return enforcement.callers.authenticator
