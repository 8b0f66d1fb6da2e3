"""What stands around a guarded view: it refuses where no hook has looked at the request.

That happens in an app that never got an `Authz`: without this a forgotten `init_app` would leave
every view open. And it decides a call that the hook could not foresee: of a view by another one, or
below a decorator that hides the guard from the route.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app
from werkzeug.exceptions import InternalServerError

from .attachment import Function, bottom, guard_of
from .current import Admission, Pass, admission_of, current_request

View = TypeVar("View", bound=Callable[..., Any])

#: Attribute of what refuses: itself, since decorators copy the attributes of what they wrap.
_REFUSING = "__authz_refusing__"


def title(view: Callable[..., Any]) -> str:
    """Return what a view is called in messages."""
    function = bottom(view)
    # A functools.partial or an object with __call__ has no name.
    return f"{function.__module__}.{getattr(function, '__qualname__', function)}"


def refusing_class(view: View) -> View:
    """Have a class of views, and those below it, make views that refuse."""
    if _REFUSING not in vars(view):
        make = view.as_view.__func__  # type: ignore[attr-defined]

        @classmethod  # type: ignore[misc]
        @wraps(make)
        def as_view(cls: Any, *args: Any, **kwargs: Any) -> Any:
            return refusing(make(cls, *args, **kwargs))

        view.as_view = as_view  # type: ignore[attr-defined]
        setattr(view, _REFUSING, view)
    return view


def refusing(view: View) -> View:
    """Wrap a view so that each call of it is one that was decided on, or is decided now."""
    below = getattr(view, _REFUSING, None)
    if below is view:
        return view  # another decorator has wrapped it
    function = bottom(view)
    if inspect.iscoroutinefunction(view):

        @wraps(view)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            if below is None and _passes(function, args, kwargs):
                return await view(*args, **kwargs)
            with _admitted(guarded, function, args, kwargs, again=below is not None):
                return await view(*args, **kwargs)

    else:

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if below is None and _passes(function, args, kwargs):
                return view(*args, **kwargs)
            with _admitted(guarded, function, args, kwargs, again=below is not None):
                return view(*args, **kwargs)

    setattr(guarded, _REFUSING, guarded)
    return cast(View, guarded)


def _passes(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Say whether a call is the next that was decided on, as Flask makes it. Nearly all are."""
    admitted = admission_of(current_request())
    if args or admitted is None or not admitted.ahead:
        return False
    first, looked_at = admitted.ahead[0]
    if first is not function or any(
        name not in kwargs or kwargs[name] is not value for name, value in looked_at.items()
    ):
        return False
    del admitted.ahead[0]
    return True


@contextmanager
def _admitted(
    view: Callable[..., Any],
    function: Function,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    again: bool,
) -> Iterator[None]:
    """Let a call in that was decided on, or decide it; while it lasts, its resource is current.

    :param again: whether this call comes to the same function's guard once more: between two
        decorators of ours lies another one, which may have made other arguments of these.
    """
    admitted = admission_of(current_request())
    if admitted is None:
        _demand_public(view)
        yield
        return
    outer = admitted.resource
    found = _take(admitted, function)
    if found is None or not _agree(found, view, args, kwargs):
        arguments = _arguments(view, args, kwargs)
        enforcement = current_app.extensions["authz"]
        admitted.resource = enforcement.demand(view, function, arguments, admitted)
        found = function, arguments
    if again:
        admitted.ahead.append(found)
    try:
        yield
    finally:
        if again:
            _take(admitted, function)
        admitted.resource = outer


def _take(admitted: Admission, function: Function) -> Pass | None:
    for place, found in enumerate(admitted.ahead):
        if found[0] is function:
            return admitted.ahead.pop(place)
    return None


def _agree(
    found: Pass, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> bool:
    """Say whether a call is the one that was decided on. Arguments that a decorator has made
    something else of under another name do not count."""
    looked_at = found[1]
    if not looked_at:
        return True
    called = _arguments(view, args, kwargs)
    return all(str(called.get(name, value)) == str(value) for name, value in looked_at.items())


def _demand_public(view: Callable[..., Any]) -> None:
    """Let nobody into a view that is not open to everybody, where no hook has let them in.

    :raises InternalServerError: with the mistake that this is.
    """
    text = f"{title(view)} is guarded, but this app has no Authz: call Authz().init_app(app)."
    if "authz" in current_app.extensions:
        if guard_of(view, current_request().method, ()).mode == "public":
            return
        text = (
            f"{title(view)} is guarded, and no guard has let this request in: an error handler, or"
            " a request context of a test, must not call it."
        )
    current_app.logger.error(text)
    raise InternalServerError(text)


def _arguments(
    view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return what a view is called with, by name."""
    signature = inspect.signature(view)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        return kwargs  # a decorator below makes other arguments of these
    bound.apply_defaults()
    arguments = dict(bound.arguments)
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            arguments = arguments.pop(parameter.name) | arguments
    return arguments
