"""What a view can require: conditions on the caller, each answered with `Allowed` or `Denied`."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..identity import Anonymous, Identity, frozen
from .names import Name


@dataclass(frozen=True, slots=True)
class Allowed:
    """The requirement holds."""


ALLOWED = Allowed()


@dataclass(frozen=True, slots=True)
class Denied:
    """The requirement does not hold."""

    #: Why, for the log.
    reason: str
    #: Names that a challenge offers as what would help; none where no name would.
    names: tuple[str, ...] = ()


# Made for each request: a frozen dataclass takes three times as long to make.
@dataclass(slots=True)
class Case:
    """What a requirement is decided on."""

    identity: Identity | Anonymous
    #: The view's arguments.
    arguments: Mapping[str, Any]
    #: Says whether the caller may have a permission.
    may: Callable[[str], bool]


class Requirement(ABC):
    """One condition on the caller. Requirements are values: equal ones are one."""

    #: Names that a challenge offers as what would help (RFC 6750, section 3).
    names: tuple[str, ...] = ()
    #: Permissions that it may ask for.
    permissions: tuple[Name, ...] = ()
    #: View arguments that it needs.
    arguments: tuple[str, ...] = ()

    @abstractmethod
    def check(self, case: Case) -> Allowed | Denied:
        """Decide.

        :raises RuntimeError: if the view lacks an argument that a name holds.
        """


@dataclass(frozen=True)
class _Named(Requirement):
    """Holds for a caller who was granted a name.

    :raises TypeError: if the name cannot stand in a challenge.
    """

    name: str
    _name: Name = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = Name(self.name)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "names", (name.text,))
        object.__setattr__(self, "arguments", name.arguments)

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()} {self.name}"

    def check(self, case: Case) -> Allowed | Denied:
        name = self._name.filled(case.arguments) if self.arguments else self.name
        if name is None:
            return Denied(f"{self}: an argument is empty, holds / or *, or could be another")
        return ALLOWED if self._granted(name, case) else Denied(f"{self} is not granted")

    @abstractmethod
    def _granted(self, name: str, case: Case) -> bool:
        """Say whether the caller has the name."""


class Permission(_Named):
    """Holds for a caller who was granted the named permission."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "permissions", (self._name,))

    def _granted(self, name: str, case: Case) -> bool:
        return case.may(name)


class Scope(_Named):
    """Holds for a caller whose client was granted the named scope (RFC 6749, section 3.3)."""

    def _granted(self, name: str, case: Case) -> bool:
        return case.identity.has_scope(name)


@dataclass(frozen=True)
class Claim(Requirement):
    """Holds for a caller whose claim equals a value, or satisfies a predicate.

    :raises TypeError: if there is nothing to hold the claim against.
    """

    name: str
    expected: Any

    def __post_init__(self) -> None:
        if not self.name:
            raise TypeError("a claim has a name that is not empty")
        if self.expected is None:
            raise TypeError(f"claim {self.name!r} needs a value or a predicate")
        if inspect.iscoroutinefunction(self.expected):
            raise TypeError(f"the predicate of claim {self.name!r} must not be async")

    def __str__(self) -> str:
        return f"claim {self.name}"

    def check(self, case: Case) -> Allowed | Denied:
        if self.name not in case.identity.claims:
            return Denied(f"{self} is absent")
        if self._holds(case.identity.claims[self.name]):
            return ALLOWED
        return Denied(f"{self} is not as required")

    def _holds(self, value: Any) -> bool:
        if callable(self.expected):
            return bool(answered(self.expected(value), self))
        return _same(value, frozen(self.expected))


def _same(one: Any, other: Any) -> bool:
    """Compare two JSON values. To Python 1 is True; to JSON it is not."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return bool(one == other)


def answered(answer: Any, asked: object) -> Any:
    """Return what a function of the app's has answered.

    :raises TypeError: if it is something to await, or a generator: Python takes both for true.
    """
    if inspect.isawaitable(answer) or inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        raise TypeError(f"{asked} was answered with something to wait for, and nobody does")
    return answer
