"""`flask authz revoke`: refuse tokens before their time is over."""

import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from ..enforcement import enforcement_of
from ..errors import StateUnavailable
from ..refusals import quoted
from ..settings import Issuer
from ..state import Kind, Revocation
from ..tokens.credentials import MAX_TOKEN_LENGTH
from ..tokens.parts import PartMalformed, read_object
from ..tokens.revocation import fingerprint
from .moments import LAST, written

#: Seconds for which a token may pass after its `exp`: the longest leeway that can be set.
LEEWAY = 300.0


@click.command("revoke")
@click.option("--jti", help="Refuse the token with this jti.")
@click.option("--subject", help="Refuse all tokens of this sub that were issued up to now.")
@click.option("--client", help="Refuse all tokens of this client that were issued up to now.")
@click.option("--token", metavar="-", help="Refuse the token that standard input holds.")
@click.option("--issuer", help="Who issued them; may be left out if the API trusts only one.")
@click.option(
    "--until",
    metavar="MOMENT",
    help="When to forget it: seconds since the epoch or an ISO date, UTC if it does not say."
    " Otherwise after AUTHZ_REVOCATION_KEEP, or when the token of --token ends.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of sentences.")
@with_appcontext
def revoke(
    jti: str | None,
    subject: str | None,
    client: str | None,
    token: str | None,
    issuer: str | None,
    until: str | None,
    as_json: bool,
) -> None:
    """Refuse tokens from now on: in every process that shares this API's state, within a second.

    Give exactly one of --jti, --subject, --client and --token.
    """
    enforcement = enforcement_of(current_app)
    state = enforcement.state
    if state is None:
        raise click.ClickException("The app has no shared state, so it looks at no deny-list.")
    now = time.time()
    kind, value = _only({"jti": jti, "subject": subject, "client": client, "token": token})
    end = now + enforcement.settings.revocation_keep
    if kind is Kind.TOKEN:
        text = _token(value)
        value, end = fingerprint(text), _end(text, now, end)
    else:
        issuer = _issuer(issuer, enforcement.settings.issuers)
    before = now if kind in (Kind.SUBJECT, Kind.CLIENT) else None
    end = end if until is None else _moment(until, now)
    try:
        entry = Revocation(issuer or "", kind, value, before, end)
        state.revoke(entry)
    except ValueError as error:
        raise click.UsageError(f"Nothing was revoked: {error}.") from error
    except StateUnavailable as error:
        why = f"{error.reason} ({error.cure})"
        raise click.ClickException(f"It may not be revoked: {why}") from error
    said = {"state": state.name, **asdict(entry)}
    click.echo(json.dumps(said) if as_json else _said(entry, state.name))


def _only(options: dict[str, str | None]) -> tuple[Kind, str]:
    """Return the one option that was given."""
    given = [(Kind(name), value) for name, value in options.items() if value is not None]
    if len(given) != 1:
        raise click.UsageError("Give exactly one of --jti, --subject, --client and --token.")
    return given[0]


def _issuer(named: str | None, configured: tuple[Issuer, ...]) -> str:
    """Return the issuer that is meant."""
    urls = [issuer.url for issuer in configured]
    if named is None:
        if len(urls) != 1:
            raise click.UsageError(f"Give --issuer: {', '.join(urls) or 'none is configured'}.")
        return urls[0]
    if named.removesuffix("/") not in [url.removesuffix("/") for url in urls]:
        # An app may find issuers at run time, so it is not refused.
        click.echo(
            f"Warning: {quoted(named)} is not a configured issuer, of which there are:"
            f" {', '.join(urls) or 'none'}.",
            err=True,
        )
    return named


def _token(option: str) -> str:
    """Read the token. No message repeats it."""
    if option != "-":
        raise click.UsageError(
            "Give --token - and the token on standard input: everybody on this machine can see the"
            " arguments of a command."
        )
    token = sys.stdin.read().strip()
    if len(token.split()) != 1 or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise click.UsageError("Standard input holds no token: send the token and nothing else.")
    return token


def _end(token: str, now: float, otherwise: float) -> float:
    """Return when a token cannot pass any more, as far as it says so itself."""
    try:
        expires = read_object(token.split(".")[1]).get("exp")
    except (PartMalformed, IndexError):
        return otherwise  # opaque, or encrypted
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return otherwise
    # Clamped before it is calculated with: a huge whole number fits no float.
    end = max(0.0, min(expires, LAST - LEEWAY)) + LEEWAY
    if end <= now:
        raise click.ClickException("The token has expired: it is refused as it is.")
    return float(end)


def _moment(text: str, now: float) -> float:
    """Read a moment that lies ahead, in seconds since the epoch."""
    try:
        moment = float(text) if text.isdecimal() else _date(text)
    except (ValueError, OverflowError):
        moment = 0.0
    if not now < moment <= LAST:
        raise click.BadParameter(
            "it must lie ahead, as seconds since the epoch or as an ISO date such as 2030-01-31.",
            param_hint="--until",
        )
    return moment


def _date(text: str) -> float:
    date = datetime.fromisoformat(text)
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _said(entry: Revocation, name: str) -> str:
    """Return what was done, as sentences."""
    what = entry.kind if entry.kind is Kind.TOKEN else f"{entry.kind} {quoted(entry.value)}"
    whose = f" of {entry.issuer}" if entry.issuer else ""
    when = "" if entry.before is None else f", tokens issued before {written(entry.before)}"
    return f"Revoked: {what}{whose}{when}.\nKept until {written(entry.until)} in {name}."
