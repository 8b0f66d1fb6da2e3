"""The folder in which the processes of a server keep their numbers (see `app/observe/metrics.py`).

prometheus-client asks for the folder as it is imported. Each server has its own: one that found
another's files would add them to its own. Each worker in it has a slot, which goes to its
successor: the files, one of a kind for each slot, would otherwise grow in number with every worker
that ever was.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection
from itertools import count
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_PREFIX = "menu-metrics-"
_LOCK = "lock"

_own_slot = 0


def make(parent: str | None) -> None:
    """Make this process's folder, if it has none yet, and put it into the environment.

    :param parent: where; None stands for the system's folder for temporary files.
    """
    if _is_ours():
        return
    parent = parent or tempfile.gettempdir()
    _remove_abandoned(Path(parent))
    folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent)
    # Held as long as this process or a worker of its lives, however they end.
    fcntl.flock(os.open(Path(folder, _LOCK), os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_EX)
    os.environ[VARIABLE] = folder


def free_slot(taken: Collection[int]) -> int:
    """Return the lowest slot that no living worker has."""
    return next(slot for slot in count(1) if slot not in taken)


def take(slot: int) -> None:
    """Have this process, a worker, count in a slot."""
    global _own_slot
    _own_slot = slot


def identifier() -> int:
    """Return what tells this process' files from those of others: its slot, or without one its
    id."""
    return _own_slot or os.getpid()


def forget(slot: int) -> None:
    """Remove what a worker that has ended said of itself. What it has counted stays."""
    for file in _folder().glob(f"gauge_live*_{slot}.db"):
        file.unlink(missing_ok=True)


def remove() -> None:
    """Remove this process's folder, if it has one. A worker's is its master's."""
    if _is_ours():
        shutil.rmtree(_folder(), ignore_errors=True)


def _is_ours() -> bool:
    """Tell whether this process made the folder. A master that takes over from another (SIGUSR2)
    finds the other's in its environment."""
    return _folder().name.startswith(f"{_PREFIX}{os.getpid()}-") and _folder().is_dir()


def _folder() -> Path:
    return Path(os.environ.get(VARIABLE, ""))


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of servers that were killed: nobody holds their locks."""
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            held = os.open(lock, os.O_RDWR)
        except OSError:
            continue  # another user's, or just removed
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
        except BlockingIOError:
            pass  # in use
        finally:
            os.close(held)
