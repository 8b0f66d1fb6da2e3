"""What the image holds, served as the image says. Nothing is built: its files are copied."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.conftest import shell
from tests.serving.running import Server, free_port

from .test_files import DOCKERFILE, ROOT, copied

__all__ = ["shell"]

pytestmark = pytest.mark.slow


def command(instruction: str) -> list[str]:
    """Return the command that an instruction of the Dockerfile gives, as it is written."""
    found = re.search(rf"^{instruction} (\[.+\])$", DOCKERFILE, re.MULTILINE)
    assert found
    written: list[str] = json.loads(found[1])
    return written


@pytest.fixture
def image(
    tmp_path: Path, shell: dict[str, str], environ: dict[str, str], migrated: Path
) -> Iterator[Server]:
    """A server in a folder that holds what the image does."""
    folder = tmp_path / "menu"
    folder.mkdir()
    for name in copied():
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder)
    shutil.copyfile(migrated, tmp_path / "menu.db")
    program, bind, address, app = command("CMD")
    assert address == "0.0.0.0:7000"
    environ |= shell | {"PYTHONDONTWRITEBYTECODE": "1", "FLASK_APP": "wsgi:app"}
    loopback = f"127.0.0.1:{free_port()}"
    with Server(folder, environ, tmp_path / "log", program, bind, loopback, app) as server:
        assert isinstance(server, Server)
        server.wait_until_it_serves()
        yield server


def test_a_server_writes_nothing_into_its_folder(image: Server, tmp_path: Path) -> None:
    """So its file system may be read-only."""
    written = {path.relative_to(tmp_path / "menu") for path in (tmp_path / "menu").rglob("*")}
    assert {path for path in written if not (ROOT / path).exists()} == set()
    assert not any(path.name in ("__pycache__", "instance") for path in written)


def test_the_health_check_tells_a_server_that_answers(image: Server) -> None:
    """Its command is Python's, since the image has no curl."""
    _, *arguments = command("    CMD")
    port = image.url.rsplit(":", 1)[1]

    def check(port: str) -> int:
        asking = [argument.replace("7000", port) for argument in arguments]
        return subprocess.run([sys.executable, *asking], stderr=subprocess.DEVNULL).returncode

    assert check(port) == 0
    assert check(str(free_port())) != 0
