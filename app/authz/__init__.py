"""Guards for a Flask API whose callers bring access tokens.

Needs flask, authlib (with joserfc, on which that depends) and requests, and nothing else of the
project it lies in.
"""

from .current import current_identity, current_resource
from .decorators import (
    adopt_guard_of,
    anonymous_only,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)
from .errors import AuthzError, Forbidden, Unauthorized
from .extension import Authz
from .identity import Anonymous, Identity
from .policy.combinations import all_of, any_of
from .policy.requirements import Permission, Scope
from .policy.rights import Rights
from .reading import SettingsError
from .settings import Issuer

__all__ = [
    "Anonymous",
    "Authz",
    "AuthzError",
    "Forbidden",
    "Identity",
    "Issuer",
    "Permission",
    "Rights",
    "Scope",
    "SettingsError",
    "Unauthorized",
    "adopt_guard_of",
    "all_of",
    "anonymous_only",
    "any_of",
    "current_identity",
    "current_resource",
    "optional_auth",
    "public",
    "requires_auth",
    "requires_claim",
    "requires_permission",
    "requires_scope",
]
