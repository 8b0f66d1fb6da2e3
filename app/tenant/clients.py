"""The applications that may ask the tenant for tokens.

Their secrets are written here on purpose. They open nothing but a tenant on the developer's own
machine, and a Postman environment can be handed out with them filled in.
"""

from dataclasses import dataclass
from hmac import compare_digest

from app.tenant.redirects import is_local
from app.tenant.users import MENU_ADMIN

#: What opens the users of the Management API.
READ_USERS = "read:users"

#: What a client may do in whose browser people sign in.
SIGN_IN_GRANTS = ("authorization_code", "refresh_token")

#: Where Postman takes an answer: in its desktop application, and through the user's browser.
_POSTMAN_CALLBACKS = (
    "https://oauth.pstmn.io/v1/callback",
    "https://oauth.pstmn.io/v1/browser-callback",
)


@dataclass(frozen=True)
class Client:
    """A client (RFC 6749, section 2). The `check_` and `get_` methods are what Authlib asks."""

    client_id: str
    #: None for a public client, which could not keep one.
    client_secret: str | None
    #: What the client was granted for the API; its own tokens carry no more.
    permissions: tuple[str, ...] = ()
    #: What the client was granted for the Management API.
    management_permissions: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("client_credentials",)
    #: Where answers may be sent beside this machine.
    redirect_uris: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether the client has no secret."""
        return self.client_secret is None

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        wanted = self.client_secret
        return wanted is not None and compare_digest(wanted.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Take a secret as it comes, in the header or in the body, but do without only for those
        who have none."""
        return (method == "none") is self.is_public

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether the client may ask for tokens so."""
        return grant_type in self.grant_types

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether people may sign in at the client, which takes codes only."""
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether an answer for the client may be sent there."""
        return is_local(redirect_uri) or redirect_uri in self.redirect_uris

    def get_default_redirect_uri(self) -> None:
        """Have each request say where its answer goes."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Take what is asked for; what is granted depends on the user."""
        return scope or ""

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
        Client("dashboard", None, grant_types=SIGN_IN_GRANTS),
        Client(
            "postman",
            "postman-development-secret",
            MENU_ADMIN,
            grant_types=("client_credentials", *SIGN_IN_GRANTS),
            redirect_uris=_POSTMAN_CALLBACKS,
        ),
        Client("postman-diner", "postman-diner-development-secret"),
        Client("menu-api", "menu-api-development-secret", (), (READ_USERS,)),
    )
}
