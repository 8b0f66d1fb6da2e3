"""The pages of `clients/`, each with a library by others that signs people in."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .place import AUDIENCE, Place
from .site import served

CLIENTS = Path(__file__).parent / "clients"


@contextmanager
def client_page(name: str, packages: Path, place: Place, folder: Path) -> Iterator[str]:
    """Serve a page of a client as long as the block lasts, and yield its origin.

    :param packages: the folder with the installed packages.
    :param folder: where to put the page together.
    """
    shutil.copy(CLIENTS / "index.html", folder)
    command = [
        *("node_modules/.bin/esbuild", str(CLIENTS / f"{name}.js"), "--bundle", "--format=esm"),
        *("--log-level=warning", f"--outfile={folder}/client.js"),
        f"--define:TENANT={json.dumps(place.tenant_url)}",
        f"--define:AUDIENCE={json.dumps(AUDIENCE)}",
    ]
    subprocess.run(command, cwd=packages, check=True)
    with served(folder) as origin:
        yield origin
