"""What the tenant says of itself (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2)."""

from app.authz.algorithms import PROOF_ALGORITHMS
from app.tenant.grants.id_tokens import ROLES_CLAIM
from app.tenant.grants.sign_in import OPENID_SCOPES
from app.tenant.keys import ALGORITHM
from app.tenant.users import MENU_ADMIN

_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

_CLAIMS = (
    *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid", "at_hash"),
    *("name", "nickname", "updated_at", "email", "email_verified"),
    ROLES_CLAIM,
)


def metadata(issuer: str) -> dict[str, object]:
    """Return the metadata of a tenant."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "end_session_endpoint": f"{issuer}oidc/logout",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "scopes_supported": [*OPENID_SCOPES, *MENU_ADMIN],
        "claims_supported": list(_CLAIMS),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "web_message"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": list(_AUTH_METHODS),
        "revocation_endpoint_auth_methods_supported": list(_AUTH_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "prompt_values_supported": ["none", "login", "select_account", "create"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
