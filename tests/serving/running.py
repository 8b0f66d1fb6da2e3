"""Programs of the project as processes of their own, and what a client does to them."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import requests

#: Seconds after which nothing is waited for any longer.
PATIENCE = 180

#: Ports that the system gives to nobody who asks for any. Two processes begin far apart.
_PORTS = range(20_000, 32_000)
_draws = count(os.getpid() * 97)

#: Options with which gunicorn writes which worker has answered what.
NAMING_WORKERS = ("--access-logfile", "-", "--access-logformat", "%(m)s by %(p)s")


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, and fail if it does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "nothing came of it"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """Return a port that nobody uses, and that is not returned again."""
    while True:
        port = _PORTS[next(_draws) % len(_PORTS)]
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def accepts(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A Python module as a process, with its output in a file. Use it in a `with`.

    It leads a session of its own: a signal to its group is what Ctrl-C is in a terminal.
    """

    def __init__(self, checkout: Path, environ: dict[str, str], output: Path, *module: str) -> None:
        self._checkout = checkout
        self._environ = environ
        self._output = output
        self._module = module

    def start(self) -> None:
        """Start, and do not wait for anything."""
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self._module],
                cwd=self._checkout,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """All that was written so far, to standard output and error."""
        return self._output.read_text()

    @property
    def gunicorn(self) -> int:
        """The process id of gunicorn's master."""
        found = re.search(r"Listening at: .*\((\d+)\)", self.log)
        assert found, self.log
        return int(found[1])

    @property
    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers, in the order of their start, the dead included."""
        return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", self.log)]

    def wait(self) -> int:
        """Wait for the end and return the exit status."""
        return self.process.wait(PATIENCE)

    def wait_for(self, text: str) -> None:
        """Wait until something is written, and fail if the program ends before."""
        until(lambda: text in self.log or self.process.poll() is not None)
        assert text in self.log, self.log

    def __enter__(self) -> "Program":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise


class Server(Program):
    """`gunicorn wsgi:app` on a free port.

    In the end it is killed, which takes no seconds; a test of the stop sends the signal itself. The
    folder of its numbers goes with the next server's start.
    """

    url: str

    def kill(self) -> None:
        """End it with all its workers, as a crash does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.wait()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_for_all_workers(self) -> None:
        """Wait until each worker has answered. For a start with `NAMING_WORKERS`."""

        def ask() -> bool:
            requests.get(f"{self.url}/health/live", timeout=PATIENCE)
            return self.have_all_answered("GET")

        until(ask)

    def have_all_answered(self, method: str) -> bool:
        """Tell whether each worker has answered such a request. For a start with `NAMING_WORKERS`:
        a worker that has not begun yet counts too."""
        answered = set(re.findall(rf"{method} by <(\d+)>", self.log))
        return len(answered) == int(self._environ["WEB_CONCURRENCY"])

    def wait_until_it_serves(self) -> None:
        """Wait for the first answer, and learn the address."""
        self.wait_for("Listening at: ")
        found = re.search(r"Listening at: (http://127\.0\.0\.1:\d+)", self.log)
        assert found, self.log
        self.url = found[1]
        assert requests.get(f"{self.url}/items", timeout=PATIENCE).ok, self.log
        # gevent warns where something was imported before it could be patched.
        assert "Warning" not in self.log, self.log


class Load:
    """Callers that send one request after the other as long as the `with` block lasts.

    :param send: sends a request and returns what came of it.
    """

    def __init__(self, send: Callable[[], object], callers: int = 4) -> None:
        self._send = send
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._call) for _ in range(callers)]
        #: How often each result came.
        self.results: Counter[object] = Counter()

    def _call(self) -> None:
        while not self._over.is_set():
            try:
                result = self._send()
            except requests.RequestException as error:
                result = repr(error)
            with self._lock:
                self.results[result] += 1

    def wait_for_more(self, number: int = 20) -> None:
        """Wait until so many more requests have been answered."""
        goal = self.results.total() + number
        until(lambda: self.results.total() >= goal)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
