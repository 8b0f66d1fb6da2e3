"""The Postman collection, run by newman against the API and the local tenant."""

import subprocess
from pathlib import Path

import pytest

from tests.servers.node import installed

from .conftest import ROOT
from .running import Program, free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def newman() -> Path:
    """The folder of the collection, with newman."""
    return installed(ROOT / "postman", "the Postman collection was not run")


def test_every_request_of_the_collection_is_answered_as_it_says(
    newman: Path, checkout: Path, shell: dict[str, str], tmp_path: Path
) -> None:
    """Twice, since a run leaves the menu as it found it."""
    port, tenant_port = free_port(), free_port()
    shell.update(
        PORT=str(port), TENANT_PORT=str(tenant_port), DATABASE_URL=f"sqlite:///{tmp_path}/menu.db"
    )
    command = [
        *("npm", "test", "--", "--color", "off", "--iteration-count", "2"),
        *("--env-var", f"api_url=http://127.0.0.1:{port}"),
        *("--env-var", f"tenant_url=http://127.0.0.1:{tenant_port}"),
    ]
    with Program(checkout, shell, tmp_path / "log", "local") as servers:
        servers.wait_for("Try it:")
        run = subprocess.run(
            command, cwd=newman, capture_output=True, text=True, timeout=120, check=False
        )
    assert run.returncode == 0, run.stdout
