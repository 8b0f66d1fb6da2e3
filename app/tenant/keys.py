"""The tenant's signing keys: one file, which every process of the checkout shares.

The file is a JWK set with private keys, newest first. It is replaced as a whole and never written
in place, so readers need no lock; whoever replaces it holds one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

#: How many replaced keys stay published, for tokens that were signed before a rotation.
OLD_KEYS = 3

ALGORITHM = "RS256"
_KEY_BITS = 2048


class KeyFileError(Exception):
    """Raised if the key file cannot be used. The text names the file and the cure."""


@dataclass(frozen=True)
class SigningKeys:
    """The keys of the tenant, newest first."""

    keys: tuple[RSAKey, ...]

    @property
    def current(self) -> RSAKey:
        """The key that signs."""
        return self.keys[0]

    def public_set(self) -> dict[str, object]:
        """Return the JWK set for everybody (RFC 7517, section 5), without the private parts."""
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def private_set(self) -> dict[str, object]:
        """Return the JWK set as the key file holds it."""
        return {"keys": [key.as_dict(private=True) for key in self.keys]}


class KeyFile:
    """The file of the signing keys. Any number of processes may load and rotate at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> SigningKeys:
        """Return the keys as the file holds them now; the first call of all makes the file.

        :raises KeyFileError: the file cannot be read, made or understood.
        """
        keys = self._read()
        return keys if keys is not None else self._create()

    def rotate(self) -> SigningKeys:
        """Put a new signing key first and keep the newest of the old ones published.

        :raises KeyFileError: the file cannot be read, written or understood.
        """
        with self._locked():
            old = self._read() or SigningKeys(())
            return self._write(SigningKeys((_new_key(), *old.keys[:OLD_KEYS])))

    def _create(self) -> SigningKeys:
        with self._locked():
            # Another process may have made it while this one waited for the lock.
            return self._read() or self._write(SigningKeys((_new_key(),)))

    def _read(self) -> SigningKeys | None:
        try:
            return _parse(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._not_usable(error) from error
        except (JoseError, ValueError, RecursionError) as error:
            raise KeyFileError(
                f"{self.path} does not hold the local tenant's signing keys: delete it, "
                "and the next command makes new ones (tokens signed before are then refused)."
            ) from error

    def _write(self, keys: SigningKeys) -> SigningKeys:
        # One name for the draft is enough under the lock, and leaves no litter after a crash.
        draft = self.path.with_suffix(".draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w") as file:
            json.dump(keys.private_set(), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        return keys

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own: a lock on the key file would go with the file that is replaced.
        lock = self.path.with_suffix(".lock")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise self._not_usable(error) from error

    def _not_usable(self, error: OSError) -> KeyFileError:
        return KeyFileError(
            f"{self.path} cannot be used ({error.strerror}): "
            "let the user who runs the tenant read and write it and its folder."
        )


def _new_key() -> RSAKey:
    return RSAKey.generate_key(_KEY_BITS, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


# Importing a key costs 50 ms, most of it checks of its numbers. Remembered by content, not by the
# file's time: a rotation is seen however soon it follows the last one.
@lru_cache(maxsize=1)
def _parse(content: bytes) -> SigningKeys:
    document = json.loads(content)
    members = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(members, list) or not members:
        raise ValueError("no JWK set")
    return SigningKeys(tuple(_parse_key(member) for member in members))


def _parse_key(member: object) -> RSAKey:
    if not isinstance(member, dict):
        raise ValueError("no JWK")
    key = RSAKey.import_key(member)
    if not key.is_private or key.kid is None:
        raise ValueError("no private key with an id")
    return key
