"""`flask tenant run` as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from .running import AUDIENCE, token_form

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]

#: An application with the commands, as `create_app` makes one with much else.
_API = """
from flask import Flask
from app.tenant.cli import tenant_cli

app = Flask(__name__, instance_path={instance!r})
app.config.update(TENANT_PORT={port}, AUTH0_ISSUER_URL={issuer!r}, AUTH0_AUDIENCE={audience!r})
# Every origin is the API's default; pages of this machine may be named.
app.config.update(CORS_ORIGINS=("*",) if {port} else ("http://127.0.0.1:5173", "http://[::1]:1"))
app.cli.add_command(tenant_cli)
"""


@contextmanager
def tenant_process(
    folder: Path, *options: str, port: int = 0, issuer: str = "http://127.0.0.1:7001/"
) -> Iterator[subprocess.Popen[str]]:
    """Start `flask tenant run` with its files in a folder; it does not outlive the block."""
    source = _API.format(
        instance=str(folder / "instance"), port=port, issuer=issuer, audience=AUDIENCE
    )
    (folder / "api.py").write_text(source)
    environ = os.environ | {"FLASK_SKIP_DOTENV": "1", "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", "flask", "--app", "api", "tenant", "run", *options]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def announced(process: subprocess.Popen[str], last: str) -> str:
    """Return what the process says on standard error up to a line that holds these words."""
    assert process.stderr is not None
    lines: list[str] = []
    while not lines or last not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], f"the tenant ended: {''.join(lines)}"
    return "".join(lines)


def issuer_in(text: str) -> str:
    """Return the issuer that the tenant announced."""
    match = re.search(r"issuer +(http://\S+)", text)
    assert match
    return match[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """It prints addresses and clients on standard error, and ends without a traceback."""
    with tenant_process(tmp_path) as process:
        said = announced(process, "Warning")
        issuer = issuer_in(said)
        answer = requests.post(f"{issuer}oauth/token", data=token_form(), timeout=10)
        assert answer.status_code == 200
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == 0
    assert stdout == ""
    assert "Traceback" not in stderr
    assert "postman-development-secret" in said
    assert AUDIENCE in said


def test_two_signals_at_once_end_it_cleanly_too(tmp_path: Path) -> None:
    """Ctrl-C reaches it from the terminal and again from the make above it."""
    with tenant_process(tmp_path) as process:
        announced(process, "Warning")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=10)
    assert "Traceback" not in stderr
    assert process.returncode == 0


def test_another_port_than_the_issuers_is_said(tmp_path: Path) -> None:
    """Its tokens name its own issuer, which the API would refuse."""
    with tenant_process(tmp_path, "--port", "0") as process:
        said = announced(process, "Warning")
    assert issuer_in(said) in said.splitlines()[-1]
    assert "http://127.0.0.1:7001/" in said.splitlines()[-1]


def test_a_taken_port_is_named_with_its_cure(tmp_path: Path) -> None:
    """The message says which setting to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with tenant_process(tmp_path, port=port) as process:
            stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert stdout == ""
    assert f"Port {port} is taken" in stderr
    assert f"TENANT_PORT={port + 1}" in stderr
    assert "Traceback" not in stderr


def test_it_runs_where_the_issuer_says(tmp_path: Path) -> None:
    """TENANT_PORT is its port, and then there is nothing to warn of."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tenant_process(tmp_path, port=port, issuer=f"http://127.0.0.1:{port}") as process:
        said = announced(process, "postman-diner,")
        issuer = issuer_in(said)
        document = requests.get(f"{issuer}.well-known/openid-configuration", timeout=10).json()
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=10)
    assert document["issuer"] == issuer == f"http://127.0.0.1:{port}/"
    assert "Warning" not in said + stderr
