"""`all_of` and `any_of`: requirements made of requirements."""

from collections.abc import Callable
from dataclasses import dataclass

from .requirements import ALLOWED, Allowed, Case, Denied, Requirement


@dataclass(frozen=True)
class _Several(Requirement):
    members: tuple[Requirement, ...]

    def __post_init__(self) -> None:
        for attribute in ("names", "permissions", "arguments"):
            values = (value for each in self.members for value in getattr(each, attribute))
            object.__setattr__(self, attribute, tuple(dict.fromkeys(values)))


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

    def __post_init__(self) -> None:
        if not self.members:
            raise TypeError("all_of and any_of need a name: an empty list would require nothing")


Member = str | Requirement | Combination


def all_of(*members: Member) -> Combination:
    """Combine names and requirements so that all must hold.

    :raises TypeError: if there are none.
    """
    return Combination(AllOf, members)


def any_of(*members: Member) -> Combination:
    """Combine names and requirements so that one must hold.

    :raises TypeError: if there are none.
    """
    return Combination(AnyOf, members)


def requirement(member: Member, named: Callable[[str], Requirement]) -> Requirement:
    """Return the requirement that a member means.

    :param named: makes a requirement of a plain name.
    """
    if isinstance(member, Requirement):
        return member
    if isinstance(member, Combination):
        return member.kind(tuple(requirement(each, named) for each in member.members))
    return named(member)
