"""Where a guard lies, and how it is found again: on views, on classes of views, on blueprints."""

import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

from flask import Flask
from flask.sansio.blueprints import Blueprint
from flask.views import MethodView
from flask.views import View as ViewClass
from werkzeug.routing import Rule

from .policy.guard import Guard

Function = Callable[..., Any]

_GUARD = "__authz_guard__"


def bottom(view: Function) -> Function:
    """Return the function below all decorators, where a view's one guard lies."""
    function = inspect.unwrap(view)
    return cast(Function, getattr(function, "__func__", function))


def attach(bearer: Any, guard: Guard) -> None:
    """Put a guard on a function, a class or a blueprint, in place of the one that is there."""
    setattr(bearer, _GUARD, guard)


def attached(bearer: Any) -> Guard:
    """Return the guard that lies on a function, class or blueprint; an empty one if none does.
    That of a class's base lies on the base."""
    if inspect.isclass(bearer):
        return cast(Guard, vars(bearer).get(_GUARD, Guard()))
    return cast(Guard, getattr(bearer, _GUARD, Guard()))


def view_class(view: Function) -> type[ViewClass] | None:
    """Return the class that a view was made of by `as_view`, or None."""
    found: Any = view
    while found is not None:
        if isinstance(made_of := getattr(found, "view_class", None), type):
            return cast(type[ViewClass], made_of)
        found = getattr(found, "__wrapped__", None)
    return None


def handler(view: Function, method: str) -> Function:
    """Return the function that answers a method: the view itself, or a method of its class."""
    made_of = view_class(view)
    if made_of is None:
        return bottom(view)
    names = []
    if issubclass(made_of, MethodView):
        names = [method.lower(), "get"] if method == "HEAD" else [method.lower()]
    names.append("dispatch_request")
    found = next(getattr(made_of, name) for name in names if hasattr(made_of, name))
    return bottom(found)


def bearers(view: Function, method: str) -> tuple[Function, ...]:
    """Return all that may bear a guard for a method of a view, each once, the innermost first."""
    made_of = view_class(view)
    if made_of is None:
        return (bottom(view),)
    dispatch = bottom(made_of.dispatch_request)
    bases = (each for each in made_of.__mro__ if issubclass(each, ViewClass))
    found: tuple[Function, ...] = (handler(view, method), dispatch, bottom(view), *bases)
    return tuple({id(each): each for each in found}.values())


def guard_of(view: Function, method: str, blueprints: Sequence[Blueprint]) -> Guard:
    """Return the guard of a method of a view, with those of its class and blueprints around it.

    :param blueprints: those that the view was registered on, the innermost first.
    """
    guard = Guard()
    for bearer in bearers(view, method):
        guard = guard.inside(attached(bearer))
    for blueprint in blueprints:
        guard = guard.inside(attached(blueprint))
    return guard


def guard_at(app: Flask, endpoint: str, method: str) -> Guard:
    """Return the guard in force for a method of an endpoint."""
    return guard_of(app.view_functions[endpoint], method, blueprints_around(app, endpoint))


def blueprints_around(app: Flask, endpoint: str) -> list[Blueprint]:
    """Return the blueprints that an endpoint lies in, the innermost first."""
    names = endpoint.split(".")[:-1]
    paths = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    # An endpoint may have dots of its own.
    return [app.blueprints[path] for path in paths if path in app.blueprints]


def blueprints_of(app: Flask, function: Function) -> list[Blueprint]:
    """Return the blueprints that a function was registered on as a view, and those around them."""
    return [
        blueprint
        for endpoint, view in app.view_functions.items()
        if any(each is function for method in _methods(view) for each in bearers(view, method))
        for blueprint in blueprints_around(app, endpoint)
    ]


def _methods(view: Function) -> Collection[str]:
    # That of a function bears one guard for all of its methods.
    return getattr(view_class(view), "methods", None) or ("GET",)


def flask_answers_options(rule: Rule) -> bool:
    """Say whether Flask itself answers OPTIONS, asking as its dispatch does."""
    return bool(getattr(rule, "provide_automatic_options", False))
