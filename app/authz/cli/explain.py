"""`flask authz explain`: what is wrong with a token, and what to do about it."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click
from flask.cli import with_appcontext

from ..errors import KeysUnavailable, TokenMalformed
from ..inspection.findings import Finding, Inspection, Kind
from ..inspection.inspector import inspect
from ..refusals import printable, quoted
from ..tokens import rules
from . import pasted
from .cures import cure
from .inside import authenticator
from .moments import LAST, distance, written

#: What each kind of token is called.
NAMES = {
    Kind.NOTHING: "No token at all",
    Kind.OPAQUE: "An opaque token (no JWT)",
    Kind.ENCRYPTED: "An encrypted token (five parts)",
    Kind.MALFORMED: "A broken JWT",
    Kind.ID_TOKEN: "An ID token",
    Kind.ACCESS_TOKEN: "A signed JWT access token",
}

#: Claims that are shown as they are, and what they say.
_SHOWN = (
    ("issuer", "iss"),
    ("subject", "sub"),
    ("audience", "aud"),
    ("client", "client_id"),
    ("client", "azp"),
    ("scope", "scope"),
)
#: Claims that are moments.
_MOMENTS = (("issued", "iat"), ("begins", "nbf"), ("expires", "exp"))

#: Width of the column of rules, and what stands before what is said of one.
_WIDTH = 16
_INDENT = " " * (13 + _WIDTH)


@click.command("explain")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of sentences.")
@click.argument("token")
@with_appcontext
def explain(as_json: bool, token: str) -> None:
    """Print what TOKEN is, each rule that it passes or breaks, and the likely cure.

    The rules are those that requests are held to; here all of them are asked, not only up to the
    first that is broken. With - the token is read from standard input. Only its issuer is asked
    for what it publishes, if that is one of ours. The token is sent nowhere, unless requests with
    it are introspected: then to the same endpoint. The signature is not printed. The status is 0 if
    a request with the token would be let in, and 1 if not.
    """
    using = authenticator()
    if using is None:
        raise SystemExit(1)
    case = inspect(pasted.read(token), using)
    if as_json:
        click.echo(json.dumps(_object(case), indent=2))
    else:
        click.echo("\n".join(map(printable, _lines(case))))
    if case.refusal is not None:
        raise SystemExit(1)


def _object(case: Inspection) -> dict[str, Any]:
    return {
        "kind": case.kind.value,
        "accepted": case.refusal is None,
        "status": case.refusal.status if case.refusal else 200,
        "code": case.refusal.code if case.refusal else None,
        "rules": [
            {
                "rule": finding.rule,
                "result": finding.result,
                "wanted": finding.wanted,
                "found": finding.found,
                "reason": finding.reason,
                "cure": cure(finding, case),
            }
            for finding in case.findings
        ],
        "header": case.unverified_header,
        "claims": case.unverified_claims,
    }


def _lines(case: Inspection) -> Iterator[str]:
    refusal = case.refusal
    yield f"{NAMES[case.kind]} of {len(case.text)} characters."
    if refusal is None:
        yield "A request with it is let in, as far as the token goes."
    else:
        yield f"A request with it is refused: {refusal.status} {refusal.code}."
        if isinstance(refusal, KeysUnavailable):
            yield "A server that has fetched the keys before goes on with them."
    if case.unverified_claims is not None:
        vouched = "" if case.vouched else ", for which nobody vouches"
        yield ""
        yield f"It says of itself{vouched}:"
        yield from _claims(case, case.unverified_claims)
    yield ""
    yield "The rules:"
    for skipped, findings in groupby(case.findings, _skipped):
        if skipped:
            yield f"  skipped  {', '.join(each.rule for each in findings)}: {skipped}"
        else:
            for finding in findings:
                yield from _finding(finding, cure(finding, case))


def _skipped(finding: Finding) -> str:
    """Return why a rule was not asked; nothing if it was."""
    return finding.reason if finding.result == "skipped" else ""


def _claims(case: Inspection, claims: rules.Claims) -> Iterator[str]:
    now = case.expected.now
    for title, name in _SHOWN:
        if name in claims:
            yield f"  {title:<11}  {quoted(claims[name])}"
    for title, name in _MOMENTS:
        if name in claims:
            yield f"  {title:<11}  {_moment(claims[name], now)}"
    yield f"  permissions  {_permissions(case, claims)}"


def _moment(value: object, now: float) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST:
        return quoted(value)
    return f"{written(value)}, {distance(value, now)}"


def _permissions(case: Inspection, claims: rules.Claims) -> str:
    try:
        names = rules.granted_permissions(claims, case.expected.permissions_claim)
    except TokenMalformed:
        return "none that can be read"
    return ", ".join(map(quoted, names)) or "none"


def _finding(finding: Finding, likely: str) -> Iterator[str]:
    passed = finding.result == "pass"
    values = {"wanted": finding.wanted, "found": finding.found}
    shown = {name: quoted(value) for name, value in values.items() if value is not None}
    if passed:
        line = ", ".join(f"{name} {value}" for name, value in shown.items())
        yield f"  pass     {finding.rule:<{_WIDTH}}  {line}".rstrip()
    else:
        yield f"  FAIL     {finding.rule:<{_WIDTH}}  {finding.reason}"
        for name, value in shown.items():
            yield f"{_INDENT}{name:<6}  {value}"
    if likely:
        yield f"{_INDENT}{'note' if passed else 'cure':<6}  {likely}"
