"""What opens a guard, as OpenAPI writes it: alternatives, each a set of names."""

from collections.abc import Iterable, Iterator
from itertools import product

from ..policy.combinations import AllOf, AnyOf
from ..policy.guard import Guard
from ..policy.requirements import Requirement


def alternatives(guard: Guard) -> list[tuple[str, ...]]:
    """Return the sets of names of which each opens the guard. A claim has no name."""
    return list(dict.fromkeys(_together(guard.requirements)))


def _together(members: Iterable[Requirement]) -> Iterator[tuple[str, ...]]:
    for choice in product(*(list(_ways(member)) for member in members)):
        yield tuple(dict.fromkeys(name for names in choice for name in names))


def _ways(requirement: Requirement) -> Iterator[tuple[str, ...]]:
    if isinstance(requirement, AnyOf):
        for member in requirement.members:
            yield from _ways(member)
    elif isinstance(requirement, AllOf):
        yield from _together(requirement.members)
    else:
        yield requirement.names
