"""What is wrong with the routes of an app, as far as that can be seen before a request."""

import difflib
import inspect
import sys
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from .attachment import bottom
from .policy.rights import Rights
from .routes import Route, routes


class RoutesError(RuntimeError):
    """Raised if the routes do not allow a start. The text lists every problem and its cure."""

    def __init__(self, problems: list[str]) -> None:
        #: One sentence a problem, with endpoint, file and line of the view.
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The routes are not all guarded as they should be:\n{lines}")


def problems(app: Flask, catalogue: frozenset[str] | None, rights: Rights | None) -> list[str]:
    """Return what is wrong with an app's routes: a sentence each, with endpoint, file and line."""
    found = list(routes(app))
    texts = [
        f"{route} {text}" for route in found for text in _problems_of(route, catalogue, rights)
    ]
    return list(dict.fromkeys(texts + _differing(found)))


def _nearest(name: str, catalogue: frozenset[str]) -> str:
    near = difflib.get_close_matches(name, sorted(catalogue), n=1, cutoff=0.8)
    return f"did you mean {near[0]!r}?" if near else "add it there."


def _problems_of(
    route: Route, catalogue: frozenset[str] | None, rights: Rights | None
) -> Iterator[str]:
    if not route.declared and route.rule.endpoint == "static":
        yield (
            "is Flask's own and declares no guard: make the app with static_folder=None, or open"
            " it: app.view_functions['static'] = public(app.view_functions['static'])."
        )
    elif not route.declared:
        yield "declares no guard: add @requires_auth, @requires_permission(...) or @public."
    for requirement in route.guard.requirements:
        for name in requirement.arguments:
            if name not in route.rule.arguments:
                yield f"requires {requirement}, but has no argument {name!r}."
        for wanted in requirement.permissions:
            text = wanted.text
            if catalogue is not None and text not in catalogue:
                near = _nearest(text, catalogue)
                yield f"requires {text!r}, which is not in Authz(permissions=[...]): {near}"
            if rights is not None and not rights.answers(wanted):
                yield f"requires {text!r}, which no right of Authz(rights=...) answers."


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
