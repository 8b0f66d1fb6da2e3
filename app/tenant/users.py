"""The people who have an account at the tenant, and the role that one of them has."""

from dataclasses import dataclass

#: The permissions of the role `menu-admin`.
MENU_ADMIN = ("create:items", "update:items", "delete:items")


@dataclass(frozen=True)
class User:
    """An account."""

    #: What tokens name as `sub`; Auth0 puts the kind of account before the bar.
    subject: str
    #: The permissions of the user's roles.
    permissions: tuple[str, ...]
    name: str
    email: str
    #: The names of the user's roles.
    roles: tuple[str, ...] = ()
    #: When the account was made or changed; Auth0 gives a text, where OpenID Connect has seconds.
    updated_at: str = "2026-11-01T00:00:00.000Z"

    @property
    def label(self) -> str:
        """What the account is called on the page that signs people in."""
        return next((name for name, user in USERS.items() if user == self), self.email)

    @property
    def nickname(self) -> str:
        """What Auth0 makes of an e-mail address: the part before the sign."""
        return self.email.partition("@")[0]


USERS = {
    "admin": User("auth0|admin", MENU_ADMIN, "Admin", "admin@example.com", roles=("menu-admin",)),
    "diner": User("auth0|diner", (), "Diner", "diner@example.com"),
}
