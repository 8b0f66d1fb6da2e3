"""Folders of the project whose programs come from the npm registry."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

#: Seconds for an installation.
INSTALLING = 300


def installed(folder: Path, purpose: str) -> Path:
    """Return a folder with its packages installed as its `package-lock.json` says.

    Without npm the test is skipped, but not where all of them are to run.

    :param purpose: what is not done without npm, for the reason.
    """
    if shutil.which("npm") is None:
        reason = f"npm is missing: {purpose}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    done, wanted = folder / "node_modules" / "installed.lock", folder / "package-lock.json"
    with wanted.open("rb") as lock:
        # Processes of one run install once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_bytes() != wanted.read_bytes():
            subprocess.run(["npm", "ci"], cwd=folder, check=True, timeout=INSTALLING)
            shutil.copyfile(wanted, done)
    return folder
