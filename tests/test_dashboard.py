"""The dashboard's own checks and tests, which need Node."""

import subprocess
from pathlib import Path

import pytest

from tests.servers.node import installed

pytestmark = pytest.mark.slow

DASHBOARD = Path(__file__).parents[1] / "dashboard"


@pytest.mark.parametrize("script", ["check", "test"])
def test_the_dashboard_passes(script: str) -> None:
    """Types and style, and what its parts promise without a browser."""
    folder = installed(DASHBOARD, "the dashboard was not checked")
    command = ["npm", "run", "--silent", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
