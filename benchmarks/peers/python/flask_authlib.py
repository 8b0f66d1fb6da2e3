"""Flask with Authlib's ResourceProtector, as Auth0's guide to a Flask API has it.

Authlib's own validator for RFC 9068 refuses Auth0's default tokens, so the guide takes that for
RFC 7523. The permissions are looked for as scopes are, in their own claim.
"""

import os
from typing import Any

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc6750 import InsufficientScopeError
from authlib.oauth2.rfc7523 import JWTBearerTokenValidator

from .flask_menu import flask_app


class Validator(JWTBearerTokenValidator):
    """Checks signature, time, issuer, audience and permissions."""

    def __init__(self, issuer: str, audience: str) -> None:
        keys = requests.get(f"{issuer}.well-known/jwks.json", timeout=10).json()
        super().__init__(keys, issuer)
        self.claims_options = {
            "exp": {"essential": True},
            "aud": {"essential": True, "value": audience},
            "iss": {"essential": True, "value": issuer},
        }

    def validate_token(self, token: Any, scopes: Any, request: Any) -> None:
        super().validate_token(token, None, request)
        if self.scope_insufficient(token.get("permissions"), scopes):
            raise InsufficientScopeError


require_auth = ResourceProtector()
require_auth.register_token_validator(Validator(os.environ["ISSUER"], os.environ["AUDIENCE"]))

app = flask_app(__name__, require_auth("update:items"))
