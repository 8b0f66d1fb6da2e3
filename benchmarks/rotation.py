"""What a flood of unknown keys, or a rotation of the issuer's, does to callers with good tokens.

`python -m benchmarks.rotation`, a part of `make bench`. Callers send a guarded request again and
again, at a pace that the server can keep. In calm, all their tokens are of known keys; in a flood,
one request in twenty names a key that nobody publishes; in a rotation, the issuer begins to sign
with a new key half-way through. A fetch of keys takes `FETCH` seconds: who waited for one is seen
by that.
"""

import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.authz.testing import FakeIssuer, TokenFactory
from app.authz.testing.issuer import KEYS, Answer

from .databases import databases, fill
from .measuring import say
from .report import table
from .running import BenchmarkError, running
from .servers import chosen

#: Callers, seconds between two requests of one, seconds of a phase, and how often each comes.
CALLERS = 6
PACE = 0.03
SECONDS = 8.0
ROUNDS = 3
#: Of so many requests in a flood, one names an unknown key.
FLOOD = 20
#: Seconds that the issuer takes to answer for its keys: longer than any other wait.
FETCH = 0.5

AUDIENCE = "https://menu-api.example.com"
PERMISSION = "delete:items"


@dataclass
class Seen:
    """What callers saw in a phase."""

    #: Seconds that requests took, by whose key: those that were known before the phase, and new.
    known: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    unknown: int = 0

    @property
    def p99(self) -> float:
        """Milliseconds, of the requests with a key that was known."""
        return statistics.quantiles(self.known, n=100)[98] * 1000

    @property
    def waited(self) -> int:
        """How many of them took as long as a fetch."""
        return sum(seconds >= FETCH for seconds in self.known)


class Callers:
    """Callers of one server, and the issuer of their tokens."""

    def __init__(self, issuer: FakeIssuer, address: str) -> None:
        self._issuer = issuer
        self._tokens = TokenFactory(issuer, AUDIENCE)
        self._address = address.removeprefix("http://")

    def phase(self, phase: str) -> Seen:
        """Call for `SECONDS`, and return what was seen.

        :param phase: `calm`, `flood` or `rotation`.
        :raises BenchmarkError: if an answer was not as it must be.
        """
        seen = Seen()
        known = self._tokens.valid({PERMISSION})
        unknown = self._tokens.unknown_key({PERMISSION})
        fresh = threading.Event()
        new: list[str] = []
        ends = time.monotonic() + SECONDS

        def call(number: int) -> None:
            connection = http.client.HTTPConnection(self._address, timeout=60)
            count = number
            while time.monotonic() < ends:
                count += 1
                if phase == "flood" and count % FLOOD == 0:
                    self._send(connection, unknown, 401)
                    seen.unknown += 1
                elif fresh.is_set() and count % 2:
                    seen.new.append(self._send(connection, new[0], 404))
                else:
                    seen.known.append(self._send(connection, known, 404))
                time.sleep(PACE)
            connection.close()

        with ThreadPoolExecutor(CALLERS) as pool:
            calls = [pool.submit(call, number) for number in range(CALLERS)]
            if phase == "rotation":
                time.sleep(SECONDS / 2)
                self._issuer.rotate()
                new.append(self._tokens.valid({PERMISSION}))
                fresh.set()
            for each in calls:
                each.result()
        return seen

    def _send(self, connection: http.client.HTTPConnection, token: str, expected: int) -> float:
        began = time.perf_counter()
        connection.request("DELETE", "/items/999999", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != expected:
            raise BenchmarkError(f"The answer was {answer.status} in place of {expected}.")
        return time.perf_counter() - began


@contextmanager
def callers() -> Iterator[Callers]:
    """Run an issuer and the API under gunicorn."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        FakeIssuer() as issuer,
        databases({"sqlite"}, Path(name)) as found,
    ):
        folder = Path(name)
        environ = {"AUTH0_ISSUER_URL": issuer.url, "AUTH0_AUDIENCE": AUDIENCE}
        fill(found["sqlite"], 3, environ)
        (server,) = chosen("menu-gunicorn-sqlite")
        environ["DATABASE_URL"] = found["sqlite"].url(3)
        with running(server, environ, folder) as api:
            calling = Callers(issuer, api.url)
            calling.phase("calm")
            issuer.answers[KEYS] = _slowly(issuer)
            yield calling


def _slowly(issuer: FakeIssuer) -> Callable[[], Answer]:
    def answer() -> Answer:
        time.sleep(FETCH)
        del issuer.answers[KEYS]
        try:
            return issuer.answer(KEYS)
        finally:
            issuer.answers[KEYS] = answer

    return answer


def disturbances() -> str:
    """Measure, and return what was seen as a table in Markdown."""
    rows = []
    for name, phase in (("one key in twenty unknown", "flood"), ("a rotation", "rotation")):
        # A server of its own: strangers use up what may be asked of the issuer for their sake.
        calm, disturbed = _in_turn(phase)
        requests = sum(len(seen.known) for seen in disturbed)
        waited = sum(seen.waited for seen in disturbed)
        before, p99 = (statistics.median(seen.p99 for seen in each) for each in (calm, disturbed))
        figures = (f"{p99:.1f}", f"{before:.1f}", f"{p99 / before:.2f}")
        rows.append((name, f"{requests:,}", str(waited), *figures))
    heads = ("requests with a known key", "waited for a fetch", "p99 ms", "p99 ms in calm", "ratio")
    return table(("", *heads), rows)


def _in_turn(phase: str) -> tuple[list[Seen], list[Seen]]:
    """Return what was seen in calm phases, and in those between them."""
    calm, disturbed = [], []
    with callers() as calling:
        for number in range(ROUNDS):
            say(f"Keys: {phase}, round {number + 1} of {ROUNDS} ...")
            calm.append(calling.phase("calm"))
            disturbed.append(calling.phase(phase))
    return calm, disturbed


if __name__ == "__main__":
    sys.stdout.write(f"{disturbances()}\n")
