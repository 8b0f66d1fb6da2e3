"""Servers as processes of their own."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests
from dotenv import dotenv_values

from .servers import ROOT, Server

#: Seconds for a server to start in, and to end in.
PATIENCE = 60


class BenchmarkError(Exception):
    """What stops a run, told in a sentence."""


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    server: Server
    pid: int
    url: str
    log: Path

    def last_lines(self) -> str:
        """Return the end of what it has written."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


@contextmanager
def running(server: Server, environ: dict[str, str], folder: Path) -> Iterator[Running]:
    """Run a server until the block ends, then end it with all its processes.

    :param environ: what it is told beside what stands in `server`.
    :param folder: where its log is written.
    :raises BenchmarkError: if it does not answer.
    """
    port = _free_port()
    log = folder / f"{server.name}.log"
    # A peer must not find the project's gunicorn.conf.py where it runs.
    place = ROOT if server.is_ours else folder
    with log.open("w") as output:
        process = subprocess.Popen(
            server.with_port(port),
            cwd=place,
            env=_environment(folder) | environ | dict(server.environ) | {"PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the run, which ends its servers itself.
            start_new_session=True,
        )
    try:
        found = Running(server, process.pid, f"http://127.0.0.1:{port}", log)
        _wait_until_it_answers(found, process)
        yield found
    finally:
        _end(process)


def _environment(folder: Path) -> dict[str, str]:
    """Return what every server is told. What a developer's `.env` names has its default instead."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    forgotten = dict.fromkeys(dotenv_values(ROOT / ".env"), "")
    return {**forgotten, **kept, "HOME": str(folder), "PYTHONPATH": str(ROOT)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(found: Running, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{found.url}/items", timeout=PATIENCE).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise BenchmarkError(f"{found.server.title} does not answer. It wrote:\n{found.last_lines()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # What it has left behind is in its group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
