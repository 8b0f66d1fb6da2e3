"""The CPU time and memory of a tree of processes, against what each of them says of itself."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.usage import cpu_seconds, family, memory_bytes

pytestmark = pytest.mark.slow

#: Uses CPU for a while, by its own clock, and some megabytes; says how long that was.
WORK = """
import sys, time
kept = bytearray(30_000_000)
while time.process_time() < 0.3:
    pass
sys.stdout.write(f"{time.process_time()}\\n")  # at once: two write to one pipe
sys.stdout.flush()
"""

#: Has two children, of which one ends, and then waits until its input does.
PARENT = """
import subprocess, sys
ended, living = sys.argv[1:]
subprocess.run([sys.executable, "-c", ended])
child = subprocess.Popen([sys.executable, "-c", living], stdin=subprocess.PIPE)
exec(ended)
sys.stdin.read()
child.stdin.close()
child.wait()
"""


@pytest.fixture
def tree() -> Iterator[tuple[int, float]]:
    """A process with two children, and the CPU seconds that the three say they have used."""
    living = WORK + "sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, WORK, living],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        yield process.pid, sum(float(process.stdout.readline()) for _ in range(3))
        process.stdin.close()


def test_the_whole_tree_counts_and_so_do_children_that_have_ended(
    tree: tuple[int, float],
) -> None:
    pid, said = tree
    assert cpu_seconds(pid) == pytest.approx(said, rel=0.2)


def test_memory_is_that_of_all_who_live(tree: tuple[int, float]) -> None:
    pid, _ = tree
    assert len(family(pid)) == 2
    assert memory_bytes(pid) > 2 * 30_000_000
