"""`flask authz routes` and `flask authz permissions`: what is guarded, and by what."""

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from ..current import current_flask
from ..metadata import ENDPOINT
from ..parsing import names
from ..routes import Route, routes


@click.command("routes")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array instead of a table.")
@click.option(
    "--check",
    is_flag=True,
    help="Exit with status 1 if a route is open and not among ALLOWED, or declares nothing.",
)
@click.argument("allowed", nargs=-1)
@with_appcontext
def show_routes(as_json: bool, check: bool, allowed: tuple[str, ...]) -> None:
    """Print every route: methods, mode, requirements, and where it is declared.

    ALLOWED are the routes that may be open, each as "GET /items", "/items" for all its methods, an
    endpoint, or a file with one of these a line.
    """
    found = list(routes(current_flask()))
    rows = [_row(group) for group in _grouped(found)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo(_table(("METHODS", "RULE", "MODE", "REQUIRES", "DECLARED AT"), map(_line, rows)))
    if check:
        _check(found, set(_lines(allowed)))


@click.command("permissions")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object instead of a table.")
@with_appcontext
def show_permissions(as_json: bool) -> None:
    """Print every permission that a route requires, and the line of the auth0 CLI that makes them
    the permissions of the API in a tenant."""
    found: dict[str, list[str]] = {}
    for route in routes(current_flask()):
        for requirement in route.guard.requirements:
            for name in requirement.permissions:
                found.setdefault(name.text, []).append(f"{route.method} {route.rule.rule}")
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(_table(("PERMISSION", "ROUTES"), [(k, ", ".join(v)) for k, v in found.items()]))
    if found:
        scopes = shlex.quote(",".join(found))
        audience = names(current_app.config.get("AUTH0_AUDIENCE") or "AUDIENCE")[0]
        click.echo(f"\nauth0 apis update {shlex.quote(audience)} --scopes {scopes}")


def _check(found: list[Route], allowed: set[str]) -> None:
    """End with status 1 if a route is not as it may be."""
    allowed = allowed | {ENDPOINT}  # the layer's own, open by its nature
    wrong = [route for route in found if not route.declared]
    wrong += [route for route in found if route.open and not _names_of(route) & allowed]
    for route in wrong:
        why = "is open and not among those allowed" if route.declared else "declares no guard"
        click.echo(f"{route} {why}", err=True)
    if wrong:
        raise SystemExit(1)


def _names_of(route: Route) -> set[str]:
    return {f"{route.method} {route.rule.rule}", route.rule.rule, route.rule.endpoint}


def _lines(allowed: Iterable[str]) -> Iterable[str]:
    """Yield the arguments, and in place of a file its lines."""
    for text in allowed:
        path = Path(text)
        if path.is_file():
            yield from (line.strip() for line in path.read_text().splitlines())
        else:
            yield text


def _grouped(found: list[Route]) -> list[list[Route]]:
    """Put the methods of a route together that have one view and one guard."""
    groups: list[list[Route]] = []
    for route in found:
        first = next((g for g in groups if g[0].rule is route.rule and _same(g[0], route)), None)
        if first is None:
            groups.append([route])
        else:
            first.append(route)
    return groups


def _same(one: Route, other: Route) -> bool:
    return one.guard == other.guard and one.function is other.function


def _row(group: list[Route]) -> dict[str, Any]:
    route = group[0]
    return {
        "methods": [each.method for each in group],
        "rule": route.rule.rule,
        "endpoint": route.rule.endpoint,
        "mode": route.guard.mode if route.declared else "undeclared",
        "requires": [str(requirement) for requirement in route.guard.requirements],
        "open": route.open,
        "declared_at": route.place.removeprefix(f"{Path.cwd()}/"),
    }


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    methods, requires = ", ".join(row["methods"]), ", ".join(row["requires"])
    return methods, row["rule"], row["mode"], requires, row["declared_at"]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
