"""Starts that cannot succeed: one clear message, and the end."""

import socket
from pathlib import Path

import pytest

from .running import Program

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_missing_settings_are_told_once(
    arguments: list[str], checkout: Path, shell: dict[str, str], tmp_path: Path
) -> None:
    """Not by every worker, and without a traceback; the port is never opened."""
    command = ["gunicorn", "--bind", "127.0.0.1:0", *arguments, "wsgi:app"]
    with Program(checkout, shell, tmp_path / "log", *command) as server:
        assert server.wait() == 3
    assert server.log.count("AUTH0_ISSUER_URL is missing") == 1
    assert server.log.count("AUTH0_AUDIENCE is missing") == 1
    assert "Traceback" not in server.log
    assert "Listening" not in server.log


def test_a_taken_port_names_the_cure(
    checkout: Path, shell: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ["PORT"] = str(port)
        command = ["gunicorn", "wsgi:app"]
        with Program(checkout, shell | environ, tmp_path / "log", *command) as server:
            assert server.wait() == 1
    assert f"Port {port} is taken" in server.log
    assert "PORT=7070 gunicorn wsgi:app" in server.log
    assert "Traceback" not in server.log
