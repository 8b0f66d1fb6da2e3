"""What parts of the API cost, as multiples of each other: the comparisons of `inprocess`, run."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .running import BenchmarkError
from .servers import HERE, ROOT


def comparisons() -> list[tuple[str, str]]:
    """Run the comparisons, and return what each has found, by its name.

    :raises BenchmarkError: if one is beyond its limit.
    """
    # The large ones have a process of their own: what they leave in memory slows down the others.
    benchmarks = _found("not slow") + _found("slow")
    return [(_title(each["name"]), _told(each["extra_info"])) for each in benchmarks]


def _found(marked: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = Path(folder, "found.json")
        options = ["--quiet", f"--benchmark-json={found}", "-m", marked]
        command = [sys.executable, "-m", "pytest", *options, str(HERE / "inprocess")]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if run.returncode != 0:
            raise BenchmarkError(f"A comparison in one process has failed:\n{run.stdout}")
        benchmarks: list[dict[str, Any]] = json.loads(found.read_text())["benchmarks"]
    return benchmarks


def _title(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ").replace("[", ": ").rstrip("]")


def _told(figures: dict[str, float]) -> str:
    """Return figures by name in words, such as `1.3 times open`."""
    return ", ".join(f"{value:,} {name}" for name, value in figures.items())
