"""Every route of an app with its guard, and what is wrong with them."""

import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.sansio.blueprints import Blueprint
from flask.views import http_method_funcs
from werkzeug.routing import Rule

from .attachment import bottom, guard_of, handler
from .policy.guard import Guard
from .policy.rights import Rights


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one route."""

    rule: Rule
    method: str
    guard: Guard
    #: What was registered.
    view: Callable[..., Any]

    @property
    def function(self) -> Callable[..., Any]:
        """The function that answers."""
        return handler(self.view, self.method)

    @property
    def place(self) -> str:
        """File and line of the function."""
        code = getattr(self.function, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self.function)

    @property
    def declared(self) -> bool:
        """False if nothing says who may call it: it is closed then, and a mistake."""
        return self.guard != Guard()

    @property
    def open(self) -> bool:
        """True if a caller without credentials may get in."""
        return self.guard.mode != "requires_auth"

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} (endpoint {self.rule.endpoint!r}, {self.place})"


def guard_at(app: Flask, endpoint: str, method: str) -> Guard:
    """Return the guard in force for a method of an endpoint."""
    return guard_of(app.view_functions[endpoint], method, blueprints_around(app, endpoint))


def blueprints_around(app: Flask, endpoint: str) -> list[Blueprint]:
    """Return the blueprints that an endpoint lies in, the innermost first."""
    names = endpoint.split(".")[:-1]
    paths = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    # An endpoint may have dots of its own.
    return [app.blueprints[path] for path in paths if path in app.blueprints]


def flask_answers_options(rule: Rule) -> bool:
    """Say whether Flask itself answers OPTIONS, asking as its dispatch does."""
    return bool(getattr(rule, "provide_automatic_options", False))


def routes(app: Flask) -> Iterator[Route]:
    """List the routes of an app by method, in the order of their registration.

    HEAD is left out where what answers GET answers it, and OPTIONS where Flask does. So is a rule
    without a view, such as a redirect: nothing is behind it.
    """
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        if view is None:
            continue
        for method in sorted(_methods(rule, view)):
            yield Route(rule, method, guard_at(app, rule.endpoint, method), view)


def _methods(rule: Rule, view: Callable[..., Any]) -> set[str]:
    # A rule that was put on the map by hand may have no methods: then it takes them all.
    methods = set(rule.methods or map(str.upper, http_method_funcs))
    if "GET" in methods and handler(view, "HEAD") is handler(view, "GET"):
        methods.discard("HEAD")
    if flask_answers_options(rule):
        methods.discard("OPTIONS")
    return methods


def problems(app: Flask, catalogue: frozenset[str] | None, rights: Rights | None) -> list[str]:
    """Return what is wrong with an app's routes: a sentence each, with endpoint, file and line."""
    found = list(routes(app))
    texts = [f"{route} {text}" for route in found for text in _problems_of(route)]
    if catalogue is not None:
        texts += [
            f"{route} requires {name.text!r}, which is not in Authz(permissions=[...])."
            for route in found
            for name in _permissions(route)
            if name.text not in catalogue
        ]
    if rights is not None:
        texts += [
            f"{route} requires {name.text!r}, which no right of Authz(rights=...) answers."
            for route in found
            for name in _permissions(route)
            if not rights.answers(name)
        ]
    return list(dict.fromkeys(texts + _differing(found)))


def _permissions(route: Route) -> list[Any]:
    return [name for each in route.guard.requirements for name in each.permissions]


def _problems_of(route: Route) -> Iterator[str]:
    if not route.declared:
        yield "declares no guard: add @requires_auth, @requires_permission(...) or @public."
    for requirement in route.guard.requirements:
        for name in requirement.arguments:
            if name not in route.rule.arguments:
                yield f"requires {requirement}, but has no argument {name!r}."


def _differing(found: list[Route]) -> list[str]:
    """Return the views that are registered with guards that differ: one is a mistake.

    Each view that `as_view` makes of a class is a view of its own.
    """
    first: dict[tuple[Callable[..., Any], str], Route] = {}
    texts = []
    for route in found:
        other = first.setdefault((bottom(route.view), route.method), route)
        if other.guard != route.guard:
            texts.append(f"{route} and {other.rule.endpoint!r} are one view with different guards.")
    return texts


def async_under_gevent(app: Flask) -> list[str]:
    """Return the async views of an app, where they cannot run: with threads made of greenlets,
    asgiref refuses the second of two concurrent calls."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return []
    return [str(route) for route in routes(app) if inspect.iscoroutinefunction(route.function)]
