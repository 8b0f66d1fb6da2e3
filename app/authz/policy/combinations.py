"""`all_of` and `any_of`: requirements made of requirements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from .requirements import ALLOWED, Allowed, Case, Denied, Requirement

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Several(Requirement):
    members: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        names = _once(name for each in self.members for name in each.names)
        permissions = _once(name for each in self.members for name in each.permissions)
        arguments = _once(name for each in self.members for name in each.arguments)
        # The dataclass is frozen: its own attributes can only be set past it.
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "permissions", permissions)
        object.__setattr__(self, "arguments", arguments)


class AllOf(_Several):
    """Holds if every member does."""

    def __str__(self) -> str:
        return f"all of ({', '.join(map(str, self.members))})"

    def check(self, case: Case) -> Allowed | Denied:
        for member in self.members:
            verdict = member.check(case)
            if isinstance(verdict, Denied):
                return verdict
        return ALLOWED


class AnyOf(_Several):
    """Holds if one member does."""

    def __str__(self) -> str:
        return f"any of ({', '.join(map(str, self.members))})"

    def check(self, case: Case) -> Allowed | Denied:
        reasons = []
        for member in self.members:
            verdict = member.check(case)
            if isinstance(verdict, Allowed):
                return verdict
            reasons.append(verdict.reason)
        return Denied(f"none of: {'; '.join(reasons)}")


@dataclass(frozen=True)
class Combination:
    """Members that are combined, of which the plain names still mean whatever the decorator around
    them reads: permissions in `requires_permission`, scopes in `requires_scope`."""

    kind: type[AllOf] | type[AnyOf]
    members: "tuple[Member, ...]"


Member = str | Requirement | Combination


def all_of(*members: Member) -> Combination:
    """Combine names and requirements so that all must hold.

    :raises TypeError: if there are none.
    """
    return _combination(AllOf, members)


def any_of(*members: Member) -> Combination:
    """Combine names and requirements so that one must hold.

    :raises TypeError: if there are none.
    """
    return _combination(AnyOf, members)


def _combination(kind: type[AllOf] | type[AnyOf], members: tuple[Member, ...]) -> Combination:
    if not members:
        raise TypeError("all_of and any_of need a name: an empty list would require nothing")
    return Combination(kind, members)


def requirement(member: Member, named: Callable[[str], Requirement]) -> Requirement:
    """Return the requirement that a member means.

    :param named: makes a requirement of a plain name.
    """
    if isinstance(member, Requirement):
        return member
    if isinstance(member, Combination):
        return member.kind(tuple(requirement(each, named) for each in member.members))
    return named(member)


def _once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
