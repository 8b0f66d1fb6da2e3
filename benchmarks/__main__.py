"""Measure the Menu API beside its peers: `make bench` makes what this needs.

python -m benchmarks [--rounds 3] [--seconds 1.5] [--only menu-gunicorn,fastapi]
    [--scenarios write,write-new]

A run of everything writes `docs/benchmarks.md` and its picture; another one shows its tables.
"""

import argparse
import json
import logging
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from .comparisons import comparisons
from .databases import databases
from .figures import Figures, results
from .issuer import running_issuer
from .load import generator
from .machine import machine, versions
from .measuring import Measuring, say
from .report import Results, Run, page, table, tables
from .rotation import disturbances
from .running import BenchmarkError
from .scenarios import SCENARIOS, Scenario
from .servers import HERE, PEERS_PYTHON, ROOT, SERVERS, Server, chosen

PAGE = ROOT / "docs" / "benchmarks.md"

#: The scenarios that are drawn.
_DRAWN = ("menu", "write")


def main() -> None:
    """Measure, and write or show what was seen."""
    options = _options()
    # A run that is told to end, ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    everything = options.only == SERVERS and options.scenarios == SCENARIOS
    try:
        parts = _parts() if everything else ("", "")
        found = _measured(options)
    except BenchmarkError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    if everything:
        _write(options, results(found), parts)
    else:
        sys.stdout.write(tables(results(found)))


def _measured(options: argparse.Namespace) -> list[Figures]:
    """Make everything that is needed, for the time of the run, and measure."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        issuer = stack.enter_context(running_issuer(folder))
        wanted = {server.database for server in options.only if server.database is not None}
        found = stack.enter_context(databases(wanted, folder))
        load = stack.enter_context(generator())
        measuring = Measuring(issuer, found, load, options.seconds, folder)
        return list(measuring.figures(options.rounds, options.only, options.scenarios))


def _parts() -> tuple[str, str]:
    """Return two tables: parts of the API in one process, and what changes of keys disturb."""
    say("Comparing parts of the API in one process ...")
    return table(("", "ratios"), comparisons()), disturbances()


def _write(options: argparse.Namespace, found: Results, parts: tuple[str, str]) -> None:
    date = datetime.now(UTC).date().isoformat()
    run = Run(date, options.rounds, options.seconds, machine(), versions())
    PAGE.write_text(page(run, found, *parts))
    panels = {
        scenario.title: [
            (server.title, found[scenario.name, server.name].best.cpu, server.is_ours)
            for server in SERVERS
        ]
        for scenario in SCENARIOS
        if scenario.name in _DRAWN
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as bars:
        json.dump(panels, bars)
        bars.flush()
        picture = PAGE.with_suffix(".svg")
        subprocess.run([PEERS_PYTHON, HERE / "plot.py", bars.name, picture], check=True)
    say(f"Written: {PAGE.relative_to(ROOT)} and {picture.relative_to(ROOT)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--only", type=_servers, default=SERVERS, help="names of servers")
    parser.add_argument("--scenarios", type=_scenarios, default=SCENARIOS, help="their names")
    return parser.parse_args()


def _servers(text: str) -> list[Server]:
    try:
        return chosen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _scenarios(text: str) -> list[Scenario]:
    names = text.split(",") if text else [scenario.name for scenario in SCENARIOS]
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if not set(names) <= known.keys():
        raise argparse.ArgumentTypeError(f"choose of {', '.join(known)}")
    return [scenario for name, scenario in known.items() if name in names]


if __name__ == "__main__":
    main()
