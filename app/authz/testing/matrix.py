"""Every route of an app against every kind of caller, as one test.

In a test module of an app whose fixtures `app` and `tokens` belong together, the line

    from app.authz.testing.matrix import test_guards

tries each method of each route without a token, with each broken token, with each single
permission of the app, with all but one of those that the route names, and with all. No view runs:
what is let in is stopped behind the guard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

from ..enforcement import enforcement_of
from ..identity import Identity
from ..policy.requirements import Allowed, Case
from ..routes import Route, routes
from .tokens import TokenFactory

#: Status of a request that was let in: no app answers with it.
LET_IN = 299

#: Values that a route's argument may take; the first that its converter can build counts.
_SAMPLES: tuple[Any, ...] = ("sample", 1, "7b6ad1d6-0c7c-4d6b-8a26-0ed3a0a4f8c1")


@dataclass(frozen=True, slots=True)
class Caller:
    """A kind of caller: what it sends, and who it is if that is good."""

    title: str
    token: str | None
    identity: Identity | None = None


def test_guards(app: Flask, tokens: TokenFactory, subtests: pytest.Subtests) -> None:
    """Each caller gets in exactly where the route's guard says so."""
    app.before_request_funcs.setdefault(None, []).append(lambda: Response(status=LET_IN))
    client = app.test_client()
    found = list(routes(app))
    every_name = sorted({name for route in found for name in _names(route)})
    for route in found:
        path, arguments = _address(app, route)
        own = [name.format(**arguments) for name in _names(route)]
        for caller in _callers(own, every_name, tokens):
            with subtests.test(f"{route.method} {route.rule.rule}: {caller.title}"):
                headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
                response = client.open(path, method=route.method, headers=headers)
                assert response.status_code in _expected(app, route, arguments, caller)


def _callers(own: list[str], every_name: list[str], tokens: TokenFactory) -> Iterator[Caller]:
    """Yield the callers that a route with some names of its own is tried with."""
    yield Caller("no token", None)
    for code, token in tokens.broken().items():
        yield Caller(code, token)
    grants = [[], *([name] for name in every_name), [*own, *every_name]]
    grants += [[name for name in own if name != left_out] for left_out in own]
    for granted in dict.fromkeys(tuple(dict.fromkeys(names)) for names in grants):
        claims = tokens.claims(granted)
        identity = Identity(claims["sub"], granted, claims["scope"].split(), claims)
        title = f"granted {', '.join(granted) or 'nothing'}"
        yield Caller(title, tokens.valid(granted), identity)


def _names(route: Route) -> list[str]:
    return [n.text for each in route.guard.requirements for n in each.permissions]


def _expected(
    app: Flask, route: Route, arguments: Mapping[str, Any], caller: Caller
) -> tuple[int, ...]:
    """Return the statuses that the guard allows: more than one only where a right decides too."""
    mode, enforcement = route.guard.mode, enforcement_of(app)
    if mode == "public":
        return (LET_IN,)
    if caller.token is not None and caller.identity is None:
        return (401,)
    if mode == "requires_auth" and caller.identity is None:
        return (401,)
    if mode == "anonymous_only" and caller.identity is not None:
        return (403,)
    refused = 401 if caller.identity is None else 403
    who = caller.identity or enforcement.callers.anonymous
    if not isinstance(route.guard.check(Case(who, arguments, who.can)), Allowed):
        return (refused,)
    return (LET_IN, refused) if enforcement.rights else (LET_IN,)


def _address(app: Flask, route: Route) -> tuple[str, Mapping[str, Any]]:
    """Return a path that leads to a route, and the arguments that its view would get.

    :raises LookupError: if no sample fits the route's converters.
    """
    adapter = app.url_map.bind("localhost")
    names = sorted(route.rule.arguments)
    for values in product(_SAMPLES, repeat=len(names)):
        try:
            built = adapter.build(route.rule.endpoint, dict(zip(names, values, strict=True)))
            rule, arguments = adapter.match(built, route.method, return_rule=True)
        except (BuildError, HTTPException, ValueError):
            continue
        if rule is route.rule:
            return built, arguments
    raise LookupError(f"no sample value fits {route.rule.rule}")
