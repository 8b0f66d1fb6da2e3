"""What a view can require, each a question to the identity that answers `Allowed` or `Denied`."""

import re
from dataclasses import dataclass
from typing import Protocol

from ..identity import Anonymous, Identity

#: A name that a challenge can carry: scope-token of RFC 6749, appendix A.4.
_NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The requirement holds."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The requirement does not hold."""

    #: Why, for the log.
    reason: str


class Requirement(Protocol):
    """One condition on the caller. Requirements are values: equal ones are one."""

    @property
    def scope(self) -> tuple[str, ...]:
        """Names that a challenge may offer as what would help (RFC 6750, section 3)."""

    def check(self, identity: Identity | Anonymous) -> Allowed | Denied:
        """Decide. Does not raise."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Holds for a caller who was granted the named permission.

    :raises TypeError: if the name cannot stand in a challenge.
    """

    name: str

    def __post_init__(self) -> None:
        require_name(self.name)

    @property
    def scope(self) -> tuple[str, ...]:
        return (self.name,)

    def check(self, identity: Identity | Anonymous) -> Allowed | Denied:
        if identity.can(self.name):
            return Allowed()
        return Denied(f"permission {self.name} is not granted")


def require_name(name: object) -> None:
    """Raise `TypeError` unless the name is one that RFC 6749 allows as a scope."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise TypeError(
            f"{name!r} cannot name a permission: use one or more visible ASCII characters"
            " without space, quote or backslash, such as 'create:items'"
        )
