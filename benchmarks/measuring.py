"""The run: rounds in which every server gets the same requests, one server after the other."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import agreement
from .databases import Database, fill
from .figures import Figures
from .issuer import AUDIENCE, RunningIssuer
from .load import Load, Seen, Tokens, Work
from .running import BenchmarkError, Running, running
from .scenarios import WRITTEN, Scenario
from .scenarios import Tokens as Kind
from .servers import Server
from .supply import Supply
from .usage import cpu_seconds, memory_bytes

#: Requests before a server's first measurement in a scenario, for what is compiled as it runs.
FIRST_WARM_UP = 2_000

#: Requests before each further one.
WARM_UP = 100

#: Seconds after which a warm-up ends, whatever is left of it.
_WARM_UP_SECONDS = 5.0


class Measuring:
    """Measures servers.

    :param databases: those of the project, by name.
    :param seconds: of each measurement.
    :param folder: for what is written on the way.
    """

    def __init__(
        self,
        issuer: RunningIssuer,
        databases: Mapping[str, Database],
        load: Load,
        seconds: float,
        folder: Path,
    ) -> None:
        self._issuer = issuer
        self._databases = databases
        self._load = load
        self._seconds = seconds
        self._folder = folder
        self._ours = {"AUTH0_ISSUER_URL": issuer.url, "AUTH0_AUDIENCE": AUDIENCE}

    def figures(
        self, rounds: int, servers: Sequence[Server], scenarios: Sequence[Scenario]
    ) -> Iterator[Figures]:
        """Measure every server in every scenario, as often as there are rounds.

        All servers run at once and are measured one at a time: those that are compared are
        measured within the same minute. Every other round takes them in reverse.

        :raises BenchmarkError: if a server does not start, or does not answer as it must.
        """
        new = any(scenario.tokens is Kind.NEW for scenario in scenarios)
        say("Signing tokens ...")
        supply = Supply(self._issuer.tokens, rounds if new else 0, self._folder)
        for items in sorted({scenario.items for scenario in scenarios}):
            self._fill(items)
            say(f"Starting {len(servers)} servers with {items:,} items ...")
            with self._all_running(servers, items) as found:
                for position in range(rounds):
                    order = found if position % 2 == 0 else found[::-1]
                    for scenario in scenarios:
                        if scenario.items == items:
                            say(f"Round {position + 1} of {rounds}. {scenario.title}:")
                            tokens = supply.of(scenario.tokens, position)
                            most = FIRST_WARM_UP if position == 0 else WARM_UP
                            yield from self._compare(order, scenario, tokens, most)

    def _fill(self, items: int) -> None:
        for database in self._databases.values():
            say(f"Storing {items:,} items in {database.name} ...")
            fill(database, items, self._ours)

    @contextmanager
    def _all_running(self, servers: Sequence[Server], items: int) -> Iterator[list[Running]]:
        with ExitStack() as stack:
            found = []
            for server in servers:
                environ = self._issuer.environ | {"ITEMS": str(items)}
                if server.database is not None:
                    url = self._databases[server.database].url(items)
                    environ |= self._ours | {"DATABASE_URL": url}
                found.append(stack.enter_context(running(server, environ, self._folder)))
                agreement.check(found[-1], items, self._issuer.tokens)
            yield found

    def _compare(
        self,
        order: list[Running],
        scenario: Scenario,
        tokens: tuple[Tokens | None, Tokens | None],
        warm_up: int,
    ) -> Iterator[Figures]:
        for each in order:
            self._send(each, scenario, tokens[0], _WARM_UP_SECONDS, warm_up)
            figures = self._measure(each, scenario, tokens[1])
            say(
                f"    {each.server.title:36} {figures.cpu:7.3f} ms of CPU a request,"
                f" {figures.rate:7,.0f} requests/s"
            )
            yield figures

    def _measure(self, found: Running, scenario: Scenario, tokens: Tokens | None) -> Figures:
        database = self._databases.get(found.server.database or "")
        database_pid = None if database is None else database.pid
        before, database_before = cpu_seconds(found.pid), _cpu_seconds(database_pid)
        seen = self._send(found, scenario, tokens, self._seconds)
        after, database_after = cpu_seconds(found.pid), _cpu_seconds(database_pid)
        return Figures(
            server=found.server.name,
            scenario=scenario.name,
            rate=seen.answers / seen.seconds,
            cpu=(after - before) / seen.answers * 1000,
            database_cpu=(database_after - database_before) / seen.answers * 1000,
            p50=seen.p50,
            p99=seen.p99,
            memory=memory_bytes(found.pid),
        )

    def _send(
        self,
        found: Running,
        scenario: Scenario,
        tokens: Tokens | None,
        seconds: float,
        most: int | None = None,
    ) -> Seen:
        """Send the requests of a scenario.

        :raises BenchmarkError: if an answer has another status than the scenario's.
        """
        body = json.dumps({"item": WRITTEN}) if scenario.method == "PUT" else None
        url = found.url + scenario.path
        seen = self._load.send(Work(url, scenario.method, body, tokens, seconds, most))
        right = scenario.status(found.server)
        if set(seen.statuses) != {right} or seen.errors:
            raise BenchmarkError(
                f"{found.server.title}, {scenario.title}: answers by status {seen.statuses},"
                f" {seen.errors} errors; all should be {right}. It wrote:\n{found.last_lines()}"
            )
        return seen


def _cpu_seconds(pid: int | None) -> float:
    return 0 if pid is None else cpu_seconds(pid)


def say(text: str) -> None:
    """Write a line of progress."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
