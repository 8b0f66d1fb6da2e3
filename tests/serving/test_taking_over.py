"""A second server that takes over from the first (`SIGUSR2`), and what says that it has."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from .running import PATIENCE, Program, Server, is_running, until

pytestmark = pytest.mark.slow

#: gunicorn runs itself again by the path of its script, which `python -m gunicorn` does not have.
SCRIPT = "from gunicorn.app.wsgiapp import run\n\nrun()\n"


@pytest.fixture
def pid_file(tmp_path: Path) -> Path:
    return tmp_path / "menu.pid"


@pytest.fixture
def first(
    checkout: Path,
    shell: dict[str, str],
    environ: dict[str, str],
    empty_menu: None,
    pid_file: Path,
    tmp_path: Path,
) -> Iterator[Server]:
    """A server with a pid file, to be taken over from."""
    (checkout / "script.py").write_text(SCRIPT)
    environ["WEB_CONCURRENCY"] = "1"
    command = ["script", "--bind", "127.0.0.1:0", "--pid", str(pid_file), "wsgi:app"]
    server = Server(checkout, shell | environ, tmp_path / "log", *command)
    with server:
        server.wait_until_it_serves()
        yield server


def take_over(first: Server) -> int:
    """Start the second, and return its process id."""
    os.kill(first.gunicorn, signal.SIGUSR2)
    until(lambda: len(masters(first)) == 2)
    return masters(first)[1]


def masters(server: Server) -> list[int]:
    lines = [line for line in server.log.splitlines() if "Starting gunicorn" in line]
    return [int(pid) for line in lines for pid in re.findall(r'"process": ?(\d+)', line)]


def second_file(pid_file: Path) -> Path:
    return pid_file.with_name("menu.pid.2")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("AUTHZ_DPOPP=required", "AUTHZ_DPOPP"),
        ("STATE_URL=redis://127.0.0.1:1", "The shared state cannot be reached"),
    ],
)
def test_a_second_server_that_cannot_serve_leaves_no_pid_file(
    line: str, reason: str, first: Server, settings: Path, pid_file: Path
) -> None:
    """Its file would pass for a server that runs, and the only one that does would be stopped."""
    settings.write_text(line)
    second = take_over(first)
    until(lambda: not is_running(second))
    assert reason in first.log
    assert not second_file(pid_file).exists()
    assert int(pid_file.read_text()) == first.gunicorn
    assert requests.get(f"{first.url}/items", timeout=PATIENCE).status_code == 200


def test_a_second_server_takes_over(first: Server, pid_file: Path) -> None:
    """It says when its workers serve, and has the pid file when the first is gone."""
    old = first.gunicorn
    second = take_over(first)
    first.wait_for("Ready to take over: 1 new workers serve.")
    assert int(second_file(pid_file).read_text()) == second
    os.kill(old, signal.SIGTERM)
    first.wait()
    try:
        until(lambda: pid_file.exists() and int(pid_file.read_text()) == second)
        assert requests.get(f"{first.url}/items", timeout=PATIENCE).status_code == 200
    finally:
        os.kill(second, signal.SIGTERM)
        until(lambda: not is_running(second))
    assert not list(pid_file.parent.glob("menu.pid*"))


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_a_first_start_that_fails_leaves_no_pid_file(
    arguments: list[str], checkout: Path, shell: dict[str, str], pid_file: Path, tmp_path: Path
) -> None:
    command = ["gunicorn", "--bind", "127.0.0.1:0", "--pid", str(pid_file), *arguments, "wsgi:app"]
    with Program(checkout, shell, tmp_path / "log", *command) as server:
        assert server.wait() == 3
    assert not pid_file.exists()


def test_a_taken_address_leaves_no_pid_file(
    first: Server, environ: dict[str, str], shell: dict[str, str], checkout: Path, tmp_path: Path
) -> None:
    """Whoever stops the server by that file would look for a process that is gone."""
    other, address = tmp_path / "other.pid", first.url.removeprefix("http://")
    command = ["gunicorn", "--bind", address, "--pid", str(other), "wsgi:app"]
    with Program(checkout, shell | environ, tmp_path / "other-log", *command) as server:
        assert server.wait() == 1
    assert not other.exists()
