"""What a command needs of the app in which it runs."""

import click
from flask import current_app

from ..enforcement import Enforcement
from ..tokens.authenticator import Authenticator


def authenticator() -> Authenticator | None:
    """Return the authenticator of this process, or None if the app authenticates callers itself.

    It has fetched nothing yet.
    """
    enforcement: Enforcement = current_app.extensions["authz"]
    if not enforcement.callers.reads_tokens:
        click.echo("This app authenticates callers itself: no token is looked at.", err=True)
        return None
    return enforcement.callers.authenticator
