"""`docs/benchmarks.md`: what was measured, as tables, and what it means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template

from .figures import Result
from .scenarios import SCENARIOS, Scenario
from .servers import HERE, SERVERS, Server

Results = Mapping[tuple[str, str], Result]

#: The words around the tables.
TEMPLATE = HERE / "page.md"

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Run:
    """How a run was made.

    :param date: as ISO 8601 has it.
    :param seconds: of each measurement.
    :param machine: what is told of it, by name; `versions` likewise, by whose they are.
    """

    date: str
    rounds: int
    seconds: float
    machine: Mapping[str, str]
    versions: Mapping[str, Mapping[str, str]]


def page(run: Run, results: Results, parts: str, disturbances: str) -> str:
    """Return the whole page in Markdown.

    :param parts: what `comparisons` has found, as a table.
    :param disturbances: what `rotation` has seen, as a table.
    """
    template = Template(TEMPLATE.read_text())
    return template.substitute(
        rounds=run.rounds,
        seconds=run.seconds,
        overview=overview(results),
        scenarios=tables(results).strip(),
        parts=parts,
        disturbances=disturbances,
        machine=table(("", ""), [("Date", run.date), *run.machine.items()]),
        versions="\n\n".join(
            f"{whose}: " + ", ".join(f"{name} {version}" for name, version in found.items()) + "."
            for whose, found in run.versions.items()
        ),
    )


def tables(results: Results) -> str:
    """Return the tables of each scenario that was measured."""
    return "".join(_scenario(results, scenario) for scenario in _scenarios(results))


def overview(results: Results) -> str:
    """Return the CPU time of every server in every scenario."""
    shown, names = _scenarios(results), {server for _, server in results}
    rows = [
        (server.title, *(_cpu(results.get((each.name, server.name))) for each in shown))
        for server in SERVERS
        if server.name in names
    ]
    return table(("", *(scenario.title for scenario in shown)), rows)


def _scenario(results: Results, scenario: Scenario) -> str:
    text = f"## {scenario.title}\n\n`{scenario.method} {scenario.path}`\n\n"
    text += f"{figures(results, scenario)}\n\n"
    compared = ratios(results, scenario)
    if compared is None:
        return text
    return f"{text}CPU time of the Menu API as a multiple of a peer's:\n\n{compared}\n\n"


def figures(results: Results, scenario: Scenario) -> str:
    """Return the figures of every server in one scenario."""
    measured = _measured(results, scenario)
    rows = [
        (
            server.title,
            f"{found.best.rate:,.0f}",
            _cpu(found),
            _cpu_text(found.most_cpu),
            _cpu_text(found.best.database_cpu) if found.best.database_cpu else "",
            f"{found.best.p50:.2f}",
            f"{found.best.p99:.2f}",
            f"{found.best.memory / _MEGABYTE:,.0f}",
        )
        for server, found in measured
    ]
    heads = ("requests/s", "CPU ms", "worst round", "PostgreSQL's CPU ms", "p50 ms", "p99 ms", "MB")
    return table(("", *heads), rows)


def ratios(results: Results, scenario: Scenario) -> str | None:
    """Return the CPU time of each of ours divided by each peer's, or nothing without both."""
    measured = _measured(results, scenario)
    ours = [(server, found) for server, found in measured if server.is_ours]
    peers = [(server, found) for server, found in measured if not server.is_ours]
    if not ours or not peers:
        return None
    rows = [
        (peer.title, *(f"{mine.best.cpu / theirs.best.cpu:.2f}" for _, mine in ours))
        for peer, theirs in peers
    ]
    return table(("", *(server.title.removeprefix("Menu API, ") for server, _ in ours)), rows)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown: the first column is text, the others are numbers."""
    first, *others = heads
    lines = [[first, *others], ["---", *("---:" for _ in others)], *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measured(results: Results, scenario: Scenario) -> list[tuple[Server, Result]]:
    found = [(server, results.get((scenario.name, server.name))) for server in SERVERS]
    return [(server, result) for server, result in found if result is not None]


def _scenarios(results: Results) -> list[Scenario]:
    names = {scenario for scenario, _ in results}
    return [scenario for scenario in SCENARIOS if scenario.name in names]


def _cpu(result: Result | None) -> str:
    return "" if result is None else _cpu_text(result.best.cpu)


def _cpu_text(milliseconds: float) -> str:
    return f"{milliseconds:.3f}" if milliseconds < 1 else f"{milliseconds:.2f}"
