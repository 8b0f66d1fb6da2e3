"""What there is at the tenant: addresses, clients, accounts. For people, and as JSON."""

from collections.abc import Sequence
from typing import Any

from app.tenant.clients import CLIENTS, Client
from app.tenant.permissions import PermissionFile
from app.tenant.users import USERS

#: What each address is for, with its path. They are Auth0's.
_ADDRESSES = {
    "metadata": ".well-known/openid-configuration",
    "keys": ".well-known/jwks.json",
    "sign-in": "authorize",
    "tokens": "oauth/token",
    "userinfo": "userinfo",
    "revoke": "oauth/revoke",
    "sign-out": "v2/logout",
    "logout": "oidc/logout",
}


def about(issuer: str, audiences: Sequence[str], permissions: PermissionFile) -> dict[str, Any]:
    """Return what there is, as an object of JSON.

    :raises TenantFileError: the permissions cannot be read.
    """
    return {
        "issuer": issuer,
        "addresses": {name: issuer + path for name, path in _ADDRESSES.items()},
        "audiences": list(audiences),
        "clients": [
            {
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "grant_types": list(client.grant_types),
                "permissions": [*client.permissions, *client.management_permissions],
            }
            for client in CLIENTS.values()
        ],
        "accounts": [
            {
                "name": name,
                "sub": user.subject,
                "email": user.email,
                "roles": list(user.roles),
                "permissions": list(permissions.of(user)),
            }
            for name, user in USERS.items()
        ],
    }


def about_lines(issuer: str, audiences: Sequence[str], permissions: PermissionFile) -> list[str]:
    """Return the same as lines for a person.

    :raises TenantFileError: the permissions cannot be read.
    """
    lines = [f"issuer    {issuer}"]
    lines += [f"{name:9} {issuer}{path}" for name, path in _ADDRESSES.items()]
    lines += [f"audience  {audience}" for audience in audiences]
    lines += [f"client    {_described(client)}" for client in CLIENTS.values()]
    for name, user in USERS.items():
        roles = ", ".join(user.roles) or "no role"
        granted = " ".join(permissions.of(user)) or "no permissions"
        lines.append(f"account   {name}, {user.email}, {roles} ({granted})")
    return lines


def _described(client: Client) -> str:
    names = " ".join((*client.permissions, *client.management_permissions)) or "no permissions"
    signs_in = "; people sign in" if client.check_grant_type("authorization_code") else ""
    secret = client.client_secret or "no secret"
    own = "for people to sign in at" if client.is_public else f"{names}{signs_in}"
    return f"{client.client_id}, {secret} ({own})"
