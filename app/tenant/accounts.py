"""Everybody who has an account: those of `users.py`, and who has signed up since the start."""

import re
from hashlib import sha256
from threading import Lock

from app.tenant.users import USERS, User

#: Accounts that can be made; none is given up for another.
MOST_ACCOUNTS = 100

_MOST_NAME, _MOST_EMAIL = 100, 254

#: What browsers take for an e-mail address (HTML, section 4.10.5.1.5), in lower case.
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*")


class AccountError(ValueError):
    """Raised if there can be no such account. The text is for the person who wants it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        #: The field of the form that is to be corrected.
        self.field = field


class Accounts:
    """The accounts of a tenant. Any number of threads may use them at once."""

    def __init__(self) -> None:
        self._users = {user.subject: user for user in USERS.values()}
        self._lock = Lock()

    def all(self) -> list[User]:
        """Return every account, oldest first."""
        with self._lock:
            return list(self._users.values())

    def get(self, subject: str) -> User | None:
        """Return the account that tokens name so; None if there is none."""
        with self._lock:
            return self._users.get(subject)

    def sign_up(self, name: str, email: str) -> User:
        """Make an account, which has no role, and return it.

        The same e-mail address makes the same subject at every tenant, so what was granted to it
        is there again after a restart.

        :raises AccountError: name or address cannot be, or somebody has the address.
        """
        user = _new_user(" ".join(name.split()), email.strip().lower())
        with self._lock:
            if user.email in {other.email for other in self._users.values()}:
                raise AccountError("email", "There is an account with this e-mail: continue as it.")
            if len(self._users) >= len(USERS) + MOST_ACCOUNTS:
                raise AccountError("email", "The tenant has no room: restart it to empty it.")
            self._users[user.subject] = user
        return user


def _new_user(name: str, email: str) -> User:
    # Not printable are control characters, lone surrogates, and marks that turn text around.
    if not 1 <= len(name) <= _MOST_NAME or not name.isprintable():
        raise AccountError("name", f"Give a name of 1 to {_MOST_NAME} letters.")
    if len(email) > _MOST_EMAIL or not _EMAIL.fullmatch(email):
        raise AccountError("email", "Give an e-mail address, such as you@example.com.")
    return User(f"auth0|{sha256(email.encode()).hexdigest()[:24]}", (), name, email)
