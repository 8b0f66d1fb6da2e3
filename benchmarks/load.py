"""The generator of the load, autocannon, in a process that lasts the whole run."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from .running import BenchmarkError
from .servers import HERE

#: Connections that each send one request after the other.
CONNECTIONS = 10


@dataclass(frozen=True)
class Tokens:
    """Some lines of a file of tokens, the last excluded.

    :param once: each is sent once at most; the load ends when there are no more.
    """

    file: str
    start: int
    end: int
    once: bool = False


@dataclass(frozen=True)
class Work:
    """Requests to send for some seconds.

    :param most: how many at most; None: as many as are answered in that time.
    """

    url: str
    method: str
    body: str | None
    token: Tokens | None
    seconds: float
    most: int | None = None
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Seen:
    """What came of it: answers by status, connections that failed, seconds between the first
    request and the last answer, and the times of answers in milliseconds."""

    statuses: dict[int, int]
    errors: int
    seconds: float
    p50: float
    p99: float

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())


class Load:
    """Sends requests."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def send(self, work: Work) -> Seen:
        """Send requests and wait for the end.

        :raises BenchmarkError: if the generator has ended.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(asdict(work))}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError("The generator of the load has ended; it said why above.")
        seen = json.loads(line)
        seen["statuses"] = {int(status): count for status, count in seen["statuses"].items()}
        return Seen(**seen)


@contextmanager
def generator() -> Iterator[Load]:
    """Run the generator until the block ends."""
    node = shutil.which("node")
    if node is None:
        raise BenchmarkError("node is missing: install Node 20.19 or newer.")
    with subprocess.Popen(
        [node, HERE / "load.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield Load(process)
        finally:
            process.kill()
