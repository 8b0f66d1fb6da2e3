"""Every route of an app with its guard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.views import http_method_funcs
from werkzeug.routing import Rule

from .attachment import flask_answers_options, guard_at, handler
from .policy.guard import Guard


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
