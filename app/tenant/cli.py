"""`flask tenant`: show and run the local tenant, rotate its key, print tokens, set permissions."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.tenant.about import about, about_lines
from app.tenant.address import AddressError, foreign, issuer_at, local_issuer
from app.tenant.application import create_tenant
from app.tenant.files import TenantFileError
from app.tenant.keys import KeyFile
from app.tenant.permissions import PermissionFile
from app.tenant.serving import hold_stop_signals, listen, serving, wait_for_stop
from app.tenant.tokens import LIFETIME, TokenIssuer
from app.tenant.users import USERS

#: The client that a token names which nobody signed in for.
_CLIENT_ID = "flask-tenant-token"

#: A permission's characters are those of a scope (RFC 6749, section 3.3).
_PERMISSION = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_SEPARATOR = re.compile(r"[\s,]+")


@click.group("tenant", cls=AppGroup, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print addresses and all as JSON.")
@click.pass_context
@with_appcontext
def tenant_cli(context: click.Context, as_json: bool) -> None:
    """The local stand-in for the Auth0 tenant. Without a command: its addresses, clients, accounts.

    The tenant need not be running.
    """
    if context.invoked_subcommand is not None:
        return
    issuer = issuer_at("127.0.0.1", current_app.config["TENANT_PORT"])
    with _told():
        if as_json:
            click.echo(json.dumps(about(issuer, _audiences(), _permission_file()), indent=2))
        else:
            lines = about_lines(issuer, _audiences(), _permission_file())
            more = "`flask tenant run` serves it; `flask tenant --help` tells of the rest."
            click.echo("\n".join([*lines, "", more]))


@tenant_cli.command("run")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback host.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Instead of TENANT_PORT; 0 takes a free one.",
)
def run(host: str, port: int | None) -> None:
    """Serve the tenant on this machine until Ctrl-C."""
    keys, audiences = _key_file(), _audiences()
    with _told():
        _require_nothing_foreign()
        keys.load()
        listener = listen(host, current_app.config["TENANT_PORT"] if port is None else port)
    issuer = issuer_at(host, listener.getsockname()[1])
    hold_stop_signals()
    with serving(create_tenant(issuer, audiences, keys, _permission_file()), listener):
        _announce(issuer, audiences)
        wait_for_stop()


@tenant_cli.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on, and print its id; old keys stay published."""
    with _told():
        keys = _key_file().rotate()
    click.echo(keys.current.kid)


@tenant_cli.command("token")
@click.option("--as", "name", type=click.Choice(list(USERS)), required=True, help="The user.")
@click.option(
    "--permissions",
    multiple=True,
    metavar="NAMES",
    help="Instead of the user's own: separated by spaces or commas, or repeated.",
)
@click.option("--expires-in", default=LIFETIME, show_default=True, help="Seconds; may be negative.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of a token endpoint.")
def token(name: str, permissions: tuple[str, ...], expires_in: int, as_json: bool) -> None:
    """Print an access token of a user. The tenant need not be running."""
    user = USERS[name]
    with _told():
        names = _permission_names(permissions) if permissions else _permission_file().of(user)
        issuer = TokenIssuer(local_issuer(_configured_issuers()), _key_file())
        made = issuer.for_user(user, _CLIENT_ID, _audiences()[0], names, expires_in)
    answer = {"access_token": made, "token_type": "Bearer", "expires_in": expires_in}
    click.echo(json.dumps(answer) if as_json else made)


@tenant_cli.command("permissions")
@click.option("--of", "name", type=click.Choice(list(USERS)), required=True, help="The user.")
@click.option("--grant", multiple=True, metavar="NAMES", help="Permissions that the user gets.")
@click.option("--revoke", multiple=True, metavar="NAMES", help="Permissions that the user loses.")
def permissions(name: str, grant: tuple[str, ...], revoke: tuple[str, ...]) -> None:
    """Change a user's permissions, and print those that there are then, one a line.

    Names are separated by spaces or commas, or the option is repeated. A running tenant knows at
    once; tokens that were made before go on saying what they say.
    """
    granted, revoked = _permission_names(grant, "--grant"), _permission_names(revoke, "--revoke")
    user, file = USERS[name], _permission_file()
    with _told():
        names = file.change(user, granted, revoked) if granted or revoked else file.of(user)
    for each in names:
        click.echo(each)


@contextmanager
def _told() -> Iterator[None]:
    """Tell the developer what is wrong, without a traceback."""
    try:
        yield
    except (AddressError, TenantFileError) as error:
        raise click.ClickException(str(error)) from error


def _key_file() -> KeyFile:
    return KeyFile(Path(current_app.instance_path) / "tenant-keys.json")


def _permission_file() -> PermissionFile:
    return PermissionFile(Path(current_app.instance_path) / "tenant-permissions.json")


def _configured_issuers() -> str:
    return str(current_app.config.get("AUTH0_ISSUER_URL", ""))


def _audiences() -> list[str]:
    configured = str(current_app.config.get("AUTH0_AUDIENCE", ""))
    audiences = [part.strip() for part in configured.split(",") if part.strip()]
    if not audiences:
        raise click.ClickException("AUTH0_AUDIENCE is not set: set it to the API's identifier.")
    return audiences


def _permission_names(options: tuple[str, ...], hint: str = "--permissions") -> tuple[str, ...]:
    names = [name for option in options for name in _SEPARATOR.split(option) if name]
    for name in names:
        if not _PERMISSION.fullmatch(name):
            raise click.BadParameter(
                "a name holds characters that no permission has.", param_hint=hint
            )
    return tuple(dict.fromkeys(names))


def _require_nothing_foreign() -> None:
    """Refuse to run where tokens of anybody could open more than this machine.

    :raises AddressError: with the setting, and the cure.
    """
    named = {
        "AUTH0_ISSUER_URL": _configured_issuers().split(","),
        "AUTH0_DOMAIN": str(current_app.config.get("AUTH0_DOMAIN") or "").split(","),
        # Every origin is no origin in particular, and the API's default.
        "CORS_ORIGINS": sorted(set(current_app.config.get("CORS_ORIGINS", ())) - {"*"}),
    }
    for setting, addresses in named.items():
        for address in foreign(addresses):
            raise AddressError(
                f"{setting} names {address}, which is not this machine, and the local tenant hands "
                f"tokens to everybody: run it without that setting, or serve without the tenant."
            )


def _announce(issuer: str, audiences: list[str]) -> None:
    lines = about_lines(issuer, audiences, _permission_file())
    first = "Local tenant for development, on this machine only. Ctrl-C stops it."
    click.echo("\n".join([first, *(f"  {line}" for line in lines)]), err=True)
    configured = _configured_issuers()
    if issuer.rstrip("/") not in [part.strip().rstrip("/") for part in configured.split(",")]:
        click.echo(
            f"Warning: tokens from here name the issuer {issuer}, and an API with "
            f"AUTH0_ISSUER_URL={configured} refuses them: set it to {issuer} there.",
            err=True,
        )
