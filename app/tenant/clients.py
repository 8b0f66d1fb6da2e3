"""The applications that may ask the tenant for tokens.

Their secrets are written here on purpose. They open nothing but a tenant on the developer's own
machine, and a Postman environment can be handed out with them filled in.
"""

from dataclasses import dataclass
from hmac import compare_digest

from app.tenant.users import MENU_ADMIN

#: What opens the users of the Management API.
READ_USERS = "read:users"


@dataclass(frozen=True)
class Client:
    """A confidential client (RFC 6749, section 2.1). The `check_` methods are what Authlib asks."""

    client_id: str
    client_secret: str
    #: What the client was granted for the API; its tokens carry no more.
    permissions: tuple[str, ...]
    #: What the client was granted for the Management API.
    management_permissions: tuple[str, ...] = ()

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return compare_digest(self.client_secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Take the secret as it comes, in the header or in the body, but never do without."""
        return endpoint == "token" and method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow client credentials, which is what these clients have."""
        return grant_type == "client_credentials"

    def granted(self, scope: str | None, *, management: bool) -> tuple[str, ...]:
        """Return the permissions for a requested scope: those of its names that the client has.

        No scope asks for all of them. A name that the client lacks is left out, not refused: the
        answer says what was granted (RFC 6749, section 3.3).

        :param management: whether it is for the Management API.
        """
        held = self.management_permissions if management else self.permissions
        if scope is None:
            return held
        return tuple(name for name in held if name in scope.split())


CLIENTS = {
    client.client_id: client
    for client in (
        Client("postman", "postman-development-secret", MENU_ADMIN),
        Client("postman-diner", "postman-diner-development-secret", ()),
        Client("menu-api", "menu-api-development-secret", (), (READ_USERS,)),
    )
}
