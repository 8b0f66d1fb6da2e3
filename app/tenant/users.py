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


USERS = {
    "admin": User("auth0|admin", permissions=MENU_ADMIN),
    "diner": User("auth0|diner", permissions=()),
}
