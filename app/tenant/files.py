"""Files of the tenant, which every process of the checkout shares.

A file is replaced as a whole and never written in place, so readers need no lock; whoever replaces
it holds one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class TenantFileError(Exception):
    """Raised if a file cannot be used. The text names the file and the cure."""


class TenantFile:
    """A JSON document on disk. Any number of processes may read and replace it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """Return what the file holds now; None if there is none.

        :raises TenantFileError: the file cannot be read.
        """
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._not_usable(error) from error

    def replace(self, document: object) -> None:
        """Put another document in place of the file. To be called with the lock held."""
        # One name for the draft is enough under the lock, and leaves no litter after a crash.
        draft = self.path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of those who replace the file.

        :raises TenantFileError: the file or its folder cannot be written.
        """
        # A file of its own: a lock on the file itself would go with the file that is replaced.
        lock = self.path.with_suffix(".lock")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise self._not_usable(error) from error

    def _not_usable(self, error: OSError) -> TenantFileError:
        return TenantFileError(
            f"{self.path} cannot be used ({error.strerror}): "
            "let the user who runs the tenant read and write it and its folder."
        )
