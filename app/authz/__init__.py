"""Guards for a Flask API whose callers bring access tokens.

Needs flask, authlib and requests, and nothing else of the project it lies in.
"""

from .decorators import public, requires_auth, requires_permission
from .errors import AuthzError, Forbidden, Unauthorized
from .extension import Authz, current_identity
from .identity import Anonymous, Identity
from .policy.requirements import Permission
from .settings import Issuer, SettingsError

__all__ = [
    "Anonymous",
    "Authz",
    "AuthzError",
    "Forbidden",
    "Identity",
    "Issuer",
    "Permission",
    "SettingsError",
    "Unauthorized",
    "current_identity",
    "public",
    "requires_auth",
    "requires_permission",
]
