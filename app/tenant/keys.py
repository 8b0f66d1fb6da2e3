"""The tenant's signing keys: a file that is a JWK set with private keys, newest first."""

import json
from dataclasses import dataclass
from functools import lru_cache

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from app.tenant.files import TenantFile, TenantFileError

#: How many replaced keys stay published, for tokens that were signed before a rotation.
OLD_KEYS = 3

ALGORITHM = "RS256"
_KEY_BITS = 2048


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


class KeyFile(TenantFile):
    """The file of the signing keys. Any number of processes may load and rotate at once."""

    def load(self) -> SigningKeys:
        """Return the keys as the file holds them now; the first call of all makes the file.

        :raises TenantFileError: the file cannot be read, made or understood.
        """
        if keys := self._read():
            return keys
        with self.locked():
            # Another process may have made it while this one waited for the lock.
            return self._read() or self._write(SigningKeys((_new_key(),)))

    def rotate(self) -> SigningKeys:
        """Put a new signing key first and keep the newest of the old ones published.

        :raises TenantFileError: the file cannot be read, written or understood.
        """
        with self.locked():
            old = self._read() or SigningKeys(())
            return self._write(SigningKeys((_new_key(), *old.keys[:OLD_KEYS])))

    def _read(self) -> SigningKeys | None:
        content = self.read()
        try:
            return None if content is None else _parse(content)
        except (JoseError, ValueError, RecursionError) as error:
            raise TenantFileError(
                f"{self.path} does not hold the local tenant's signing keys: delete it, "
                "and the next command makes new ones (tokens signed before are then refused)."
            ) from error

    def _write(self, keys: SigningKeys) -> SigningKeys:
        self.replace({"keys": [key.as_dict(private=True) for key in keys.keys]})
        return keys


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
