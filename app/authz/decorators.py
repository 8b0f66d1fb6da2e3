"""What a view declares about its callers.

A decorator attaches a `Guard` to the view function and enforces nothing: the extension's hook does,
for every request that reaches a route. The guard lies on the function at the bottom of all
decorators, so it is found whether it was declared above or below `@bp.route`.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, request
from werkzeug.exceptions import InternalServerError

from .policy.guard import Guard, Mode
from .policy.requirements import Permission

View = TypeVar("View", bound=Callable[..., Any])

_GUARD = "__authz_guard__"
#: Attribute of the request under which the extension leaves the caller that it has let in. Not in
#: `flask.g`, which outlives a request where a test or a command holds an application context.
CALLER = "authz_caller"


def requires_auth(view: View) -> View:
    """Let in callers with good credentials."""
    return declare(view, Guard(Mode.REQUIRES_AUTH))


def public(view: View) -> View:
    """Let everybody in. Credentials are not looked at."""
    return declare(view, Guard(Mode.PUBLIC))


def requires_permission(*names: str) -> Callable[[View], View]:
    """Let in callers who were granted every named permission.

    :raises TypeError: if no name is given, or one that RFC 6750 cannot carry.
    """
    if not names or callable(names[0]):
        raise TypeError("requires_permission needs a name, such as 'create:items'")
    requirements = tuple(Permission(name) for name in names)
    return lambda view: declare(view, Guard(requirements=requirements))


def declare(view: View, guard: Guard) -> View:
    """Add a guard to a view's own, and return the view in a wrapper that refuses without one.

    :raises TypeError: if the guard contradicts what the view declares already.
    """
    bottom = _bottom(view)
    try:
        combined = declared_guard(bottom) | guard
    except TypeError as error:
        raise TypeError(f"{bottom.__module__}.{bottom.__qualname__}: {error}") from None
    setattr(bottom, _GUARD, combined)
    return _refusing_unguarded(view)


def declared_guard(view: Callable[..., Any]) -> Guard:
    """Return what a view declares: an empty guard if it declares nothing."""
    return cast(Guard, getattr(_bottom(view), _GUARD, Guard()))


def _bottom(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function below all decorators, where a view's one guard lies."""
    function = inspect.unwrap(view)
    return cast(Callable[..., Any], getattr(function, "__func__", function))


def _refusing_unguarded(view: View) -> View:
    """Wrap a view so that it answers 500 where no hook has looked at the request.

    That happens in an app that never got an `Authz`: without this a forgotten `init_app` would
    leave every view open.
    """
    if inspect.iscoroutinefunction(view):

        @wraps(view)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            _demand_caller(view)
            return await view(*args, **kwargs)

    else:

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _demand_caller(view)
            return view(*args, **kwargs)

    return cast(View, guarded)


def _demand_caller(view: Callable[..., Any]) -> None:
    if hasattr(request, CALLER):
        return
    text = f"{view.__qualname__} is guarded, but this app has no Authz: call Authz().init_app(app)."
    current_app.logger.error(text)
    raise InternalServerError(text)
