"""What a view declares about its callers.

A decorator attaches a `Guard` and enforces nothing: the extension's hook does, for every request
that reaches a route. The guard lies on the function at the bottom of all decorators, so it is found
whether it was declared above or below `@bp.route`. A `MethodView` class and its methods take the
same decorators.
"""

import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, overload

from flask.views import View as ViewClass

from .attachment import attach, attached, bottom
from .policy.combinations import Member, requirement
from .policy.guard import Guard, Mode
from .policy.requirements import Claim, Permission, Requirement, Scope
from .refusing import refusing, refusing_class, title

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Declares something about a view, and leaves its type alone."""

    def __call__(self, view: View) -> View: ...


class _ModeDecorator:
    """A decorator that works bare and called: `@public` and `@public()`."""

    def __init__(self, mode: Mode, doc: str) -> None:
        self._guard = Guard(mode)
        self.__name__ = mode
        self.__doc__ = doc

    @overload
    def __call__(self) -> "_ModeDecorator": ...

    @overload
    def __call__(self, view: View) -> View: ...

    def __call__(self, view: View | None = None) -> "View | _ModeDecorator":
        if view is None:
            return self
        return declare(view, self._guard)


requires_auth = _ModeDecorator("requires_auth", "Let in callers with good credentials.")

optional_auth = _ModeDecorator(
    "optional_auth",
    "Let in callers with good credentials, and as `Anonymous` those without any. Bad credentials"
    " are refused.",
)

anonymous_only = _ModeDecorator(
    "anonymous_only", "Let in callers without credentials, to sign in, say."
)

public = _ModeDecorator("public", "Let everybody in. Credentials are not looked at.")


def requires_permission(*names: Member) -> Decorator:
    """Let in callers who were granted every named permission.

    A name may hold arguments of the view, such as ``record/{name}/view``. `any_of` and `all_of`
    combine names; `Scope` and `Permission` among them mix the two claims.

    :raises TypeError: if no name is given, or one that a challenge cannot carry.
    """
    return _requiring("requires_permission", names, Permission)


def requires_scope(*names: Member) -> Decorator:
    """Let in callers whose client was granted every named scope.

    :raises TypeError: as `requires_permission` does.
    """
    return _requiring("requires_scope", names, Scope)


def requires_claim(name: str, expected: Any) -> Decorator:
    """Let in callers whose claim equals a value, or satisfies a predicate.

    :param expected: the value; or a function of the claim's value that returns whether it will do.
    :raises TypeError: if there is nothing to compare with.
    """
    return _declaring(Guard(requirements=(Claim(name, expected),)))


def adopt_guard_of(other: Callable[..., Any]) -> Decorator:
    """Require what another view requires, so that both stay alike. Its mode is not taken over.

    :raises TypeError: if it requires nothing.
    """
    guard = attached(other if inspect.isclass(other) else bottom(other))
    if not guard.requirements:
        raise TypeError(f"{title(other)} requires nothing that could be adopted")
    return _declaring(Guard(requirements=guard.requirements))


def _requiring(
    decorator: str, members: tuple[Member, ...], named: Callable[[str], Requirement]
) -> Decorator:
    if not members or callable(members[0]):
        raise TypeError(f"{decorator} needs a name, such as 'create:items'")
    requirements = tuple(requirement(member, named) for member in members)
    return _declaring(Guard(requirements=requirements))


def _declaring(guard: Guard) -> Decorator:
    return lambda view: declare(view, guard)


def declare(view: View, guard: Guard) -> View:
    """Add a guard to a view's own, and return the view so that it refuses where no hook runs.

    :raises TypeError: if it is no view, or the guard contradicts what it declares already.
    """
    if not callable(view):
        raise TypeError(f"{view!r} is no view: a guard decorates a function or a View class")
    is_class = inspect.isclass(view)
    if is_class and not issubclass(view, ViewClass):  # type: ignore[arg-type]
        raise TypeError(f"{title(view)} is no View class")
    bearer = view if is_class else bottom(view)
    try:
        attach(bearer, attached(bearer).with_declared(guard))
    except (TypeError, AttributeError) as error:  # the latter: it takes no attributes
        raise TypeError(f"{title(view)}: {error}") from None
    return refusing_class(view) if is_class else refusing(view)
