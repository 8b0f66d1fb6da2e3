"""`flask authz keys`: what the issuers publish."""

import json
from collections.abc import Iterator
from typing import Any

import click
from flask.cli import with_appcontext

from ..algorithms import ALGORITHMS
from ..errors import KeysUnavailable
from ..refusals import printable, quoted
from ..tokens.held import KeySetStatus
from ..tokens.jose import VerificationKey
from ..tokens.keys import MAX_AGE_BOUNDS, IssuerKeys
from .inside import authenticator
from .moments import duration


@click.command("keys")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array instead of sentences.")
@with_appcontext
def show_keys(as_json: bool) -> None:
    """Print the key set of every issuer in the settings.

    It asks the issuers now, as a worker would that has just started: ages and errors are those of
    this command, not of the workers that run. The status is 1 if the keys of an issuer cannot be
    had, or none of them can be used.
    """
    using = authenticator()
    rows = [_row(keys) for keys in using.issuers.configured] if using else []
    if using and not rows:
        click.echo("The settings name no issuer, so there are no keys to show.", err=True)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            click.echo("\n".join(map(printable, _lines(row))))
    if not all(row["keys"] for row in rows):
        raise SystemExit(1)


def _row(keys: IssuerKeys) -> dict[str, Any]:
    """Ask an issuer, and return what came of it."""
    reason = ""
    try:
        keys.published()
    except KeysUnavailable as error:
        reason = error.reason
    status = keys.status()
    published = status.published
    return {
        "issuer": status.issuer,
        "state": status.state,
        "name": published.issuer if published else None,
        "jwks_uri": published.jwks_uri if published else None,
        "keys": [_key(key) for key in published.keys.keys] if published else [],
        "refused": list(published.keys.refused) if published else [],
        "max_age": published.max_age if published else None,
        **_times(status),
        "error": status.error or reason,
        "error_code": status.error_code,
    }


def _times(status: KeySetStatus) -> dict[str, float | None]:
    """Return the durations, in seconds."""
    times = {
        "age": status.age,
        "fresh_for": status.fresh_for,
        "serves_for": status.serves_for,
        "fetch_seconds": status.fetch_seconds,
    }
    return {name: None if value is None else round(value, 3) for name, value in times.items()}


def _key(key: VerificationKey) -> dict[str, Any]:
    (kind,) = {ALGORITHMS[name] for name in key.algorithms}
    return {
        "kid": key.kid,
        "algorithms": sorted(key.algorithms),
        "kty": kind[0],
        "crv": kind[1],
        "bits": key.bits,
    }


def _asked(max_age: int | None) -> str:
    if max_age is None:
        return ""
    least, most = MAX_AGE_BOUNDS
    bounds = "" if least <= max_age <= most else f", kept within {least} and {most} s"
    return f" (its Cache-Control: max-age={max_age}{bounds})"


def _described(key: dict[str, Any]) -> str:
    size = f"{key['bits']} bits" if key["bits"] else key["crv"]
    return f"{', '.join(key['algorithms'])}; {key['kty']}, {size}"


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield row["issuer"]
    if row["state"] == "missing":
        yield f"  error       {row['error']}"
        return
    yield f"  issuer      {quoted(row['name'])}, as its metadata and its tokens write it"
    yield f"  keys at     {row['jwks_uri']}"
    yield f"  fetched     in {row['fetch_seconds']:.2f} s, {duration(row['age'])} ago"
    yield f"  fresh for   {duration(row['fresh_for'])}{_asked(row['max_age'])}"
    yield f"  serves for  {duration(row['serves_for'])}, if no other set can be had"
    for key in row["keys"]:
        yield f"  key         {quoted(key['kid'])}: {_described(key)}"
    for reason in row["refused"]:
        yield f"  refused     {reason}"
    if not row["keys"]:
        yield "  error       none of the keys can be used: every token is refused"
    yield f"  last error  {row['error'] or 'none'}"
