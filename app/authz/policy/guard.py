"""The policy of a view: a mode, and what is required on top."""

from dataclasses import dataclass, field, replace
from typing import Literal

from .requirements import ALLOWED, Allowed, Case, Denied, Requirement

#: Who may come in at all, by the name of the decorator that says so.
Mode = Literal["requires_auth", "optional_auth", "anonymous_only", "public"]


@dataclass(frozen=True, slots=True)
class Guard:
    """What a view declares, or a class or a blueprint of views. Immutable."""

    #: None where only requirements were declared, which then means `requires_auth`.
    declared: Mode | None = None
    requirements: tuple[Requirement, ...] = ()

    #: The mode in force. A guard that says nothing is closed.
    mode: Mode = field(init=False, repr=False, compare=False)
    #: View arguments that the requirements look at.
    arguments: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        arguments = dict.fromkeys(name for each in self.requirements for name in each.arguments)
        object.__setattr__(self, "mode", self.declared or "requires_auth")
        object.__setattr__(self, "arguments", tuple(arguments))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is asked for, once, in the order of declaration."""
        return tuple(dict.fromkeys(name for each in self.requirements for name in each.names))

    def with_declared(self, other: "Guard") -> "Guard":
        """Return a guard of all that one view declares: another decorator's guard is added.

        :raises TypeError: if they contradict each other.
        """
        if self.declared and other.declared and self.declared != other.declared:
            raise TypeError(f"it cannot be both {self.declared} and {other.declared}")
        both = Guard(self.declared or other.declared, self._and(other))
        if both.declared == "public" and both.requirements:
            raise TypeError("it cannot be public and require something: nobody is known there")
        return both

    def inside(self, outer: "Guard") -> "Guard":
        """Return the guard of a view in a class or blueprint with a guard of its own.

        The view's mode goes before the outer one, requirements add up, and public stands alone: a
        public view requires nothing, and of a public blueprint a view that asks for anything takes
        nothing over.
        """
        if self.declared == "public" or outer == Guard():
            return self
        if self == Guard():
            return outer
        if outer.declared == "public":
            return self
        return Guard(self.declared or outer.declared, outer._and(self))

    def check(self, case: Case) -> Allowed | Denied:
        """Return the first requirement's refusal, or `Allowed` if all requirements hold.

        The refusal of a requirement that has names offers the names of all.
        """
        for requirement in self.requirements:
            verdict = requirement.check(case)
            if isinstance(verdict, Denied):
                return replace(verdict, names=self.names if requirement.names else ())
        return ALLOWED

    def _and(self, other: "Guard") -> tuple[Requirement, ...]:
        # By equality, not in a set: a claim may be held against a value that has no hash.
        new = [each for each in other.requirements if each not in self.requirements]
        return (*self.requirements, *new)
