"""What is measured, and what of it is told."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """What was measured of a server in a scenario, in one round.

    :param rate: answers a second.
    :param cpu: milliseconds of CPU time of the server for each answer; `database_cpu`: those of a
        database server on top.
    :param p50: milliseconds until the answer; `p99` likewise.
    :param memory: bytes, of all processes of the server.
    """

    server: str
    scenario: str
    rate: float
    cpu: float
    database_cpu: float
    p50: float
    p99: float
    memory: int


@dataclass(frozen=True)
class Result:
    """All rounds of a server in a scenario.

    :param best: the round with the least CPU time: what else the machine does only adds to it.
    :param most_cpu: the CPU time of the worst round.
    """

    best: Figures
    most_cpu: float


def results(figures: Iterable[Figures]) -> dict[tuple[str, str], Result]:
    """Return the result of each scenario and server, by their names."""
    found: dict[tuple[str, str], Result] = {}
    for each in figures:
        key = each.scenario, each.server
        before = found.get(key, Result(each, each.cpu))
        best = min(before.best, each, key=lambda figures: figures.cpu)
        found[key] = Result(best, max(before.most_cpu, each.cpu))
    return found
