"""Servers do not outlive the tests that started them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving.running import accepts, free_port, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

#: A test run that is ended while it uses a server.
USER = """
import sys, time
from tests.servers.fixtures import kept
with kept(*sys.argv[1:]) as address:
    print(address, flush=True)
    time.sleep(600)
"""


def ended(*server: str, by: signal.Signals) -> str:
    """Start a server, end the process that did so, and return the server's address."""
    command = [sys.executable, "-c", USER, *server]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout
        address = user.stdout.readline().strip()
        user.send_signal(by)
    return address


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=lambda by: by.name)
def test_valkey_ends_with_its_user(by: signal.Signals) -> None:
    """However that ends."""
    port = free_port()
    assert ended("valkey", str(port), by=by).endswith(f":{port}")
    until(lambda: not accepts(port))


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=lambda by: by.name)
def test_postgresql_ends_with_its_user(by: signal.Signals) -> None:
    """Its files go as well."""
    folder = Path(ended("postgresql", by=by).partition("host=")[2])
    assert folder.is_absolute()
    until(lambda: not folder.exists())
