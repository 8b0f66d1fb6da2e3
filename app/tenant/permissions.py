"""What users may do, as it is now: a file of the changes to what `users.py` has them start with.

It maps the subject of a user to the names of all permissions that the user has.
"""

import json
from collections.abc import Collection

from app.tenant.files import TenantFile, TenantFileError
from app.tenant.users import User


class PermissionFile(TenantFile):
    """The file of changed permissions. Any number of processes may read and change at once."""

    def of(self, user: User) -> tuple[str, ...]:
        """Return the permissions that a user has now.

        :raises TenantFileError: the file cannot be read or understood.
        """
        return self._changed().get(user.subject, user.permissions)

    def change(
        self, user: User, grant: Collection[str], revoke: Collection[str]
    ) -> tuple[str, ...]:
        """Grant and revoke permissions, and return those that the user then has.

        :raises TenantFileError: the file cannot be read, written or understood.
        """
        with self.locked():
            changed = self._changed()
            names = dict.fromkeys([*changed.get(user.subject, user.permissions), *grant])
            changed[user.subject] = tuple(name for name in names if name not in revoke)
            self.replace(changed)
        return changed[user.subject]

    def _changed(self) -> dict[str, tuple[str, ...]]:
        content = self.read()
        try:
            return {} if content is None else _parse(content)
        except (ValueError, RecursionError) as error:
            raise TenantFileError(
                f"{self.path} does not hold the permissions of the local tenant's users: delete "
                "it, and they have those again that they had at first."
            ) from error


def _parse(content: bytes) -> dict[str, tuple[str, ...]]:
    document = json.loads(content)
    if not isinstance(document, dict):
        raise ValueError("no JSON object")
    for names in document.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("no list of names")
    return {subject: tuple(names) for subject, names in document.items()}
