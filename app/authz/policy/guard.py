"""The policy of one view: a mode, and what is required on top."""

from dataclasses import dataclass
from enum import Enum

from ..identity import Anonymous, Identity
from .requirements import Denied, Requirement


class Mode(Enum):
    """Who may come in at all. The value is the decorator's name."""

    REQUIRES_AUTH = "requires_auth"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Guard:
    """What a view declares. Immutable: adding to a guard makes a new one."""

    #: None where only requirements were declared, which then means `REQUIRES_AUTH`.
    declared: Mode | None = None
    requirements: tuple[Requirement, ...] = ()

    @property
    def mode(self) -> Mode:
        """The mode in force. A guard that says nothing is closed."""
        return self.declared or Mode.REQUIRES_AUTH

    @property
    def scope(self) -> tuple[str, ...]:
        """Every name that the requirements ask for, once, in the order of declaration."""
        return tuple(dict.fromkeys(name for each in self.requirements for name in each.scope))

    def __or__(self, other: "Guard") -> "Guard":
        """Return a guard that demands what both demand.

        :raises TypeError: if they contradict each other.
        """
        if self.declared and other.declared and self.declared is not other.declared:
            raise TypeError(f"it cannot be both {self.declared.value} and {other.declared.value}")
        both = Guard(
            self.declared or other.declared,
            tuple(dict.fromkeys(self.requirements + other.requirements)),
        )
        if both.declared is Mode.PUBLIC and both.requirements:
            raise TypeError("it cannot be public and require something: nobody is known there")
        return both

    def denial(self, identity: Identity | Anonymous) -> Denied | None:
        """Return the first requirement's refusal, or None if all requirements hold."""
        verdicts = (requirement.check(identity) for requirement in self.requirements)
        return next((verdict for verdict in verdicts if isinstance(verdict, Denied)), None)
