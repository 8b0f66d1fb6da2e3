"""Where a guard lies, and how it is found again: on views, on classes of views, on blueprints."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

from flask.sansio.blueprints import Blueprint
from flask.views import MethodView
from flask.views import View as ViewClass

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
    """Return the guard that lies on a function, class or blueprint; an empty one if none does."""
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
    """Return all that may bear a guard for a method of a view, the innermost first."""
    made_of = view_class(view)
    if made_of is None:
        return (bottom(view),)
    dispatch = bottom(made_of.dispatch_request)
    # Where there is one function only, its guard counts once: to add it up changes nothing.
    return handler(view, method), dispatch, bottom(view), made_of


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
