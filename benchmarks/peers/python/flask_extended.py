"""Flask with Flask-JWT-Extended, its keys from PyJWT's client of key sets."""

import os
from functools import wraps
from typing import Any

from flask_jwt_extended import JWTManager, get_jwt, jwt_required
from jwt import PyJWKClient
from werkzeug.exceptions import Forbidden

from .flask_menu import View, flask_app

_keys = PyJWKClient(f"{os.environ['ISSUER']}.well-known/jwks.json")


def needs_permission(view: View) -> View:
    """Let in who may update items, as the package's documentation shows for roles."""

    @wraps(view)
    @jwt_required()
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if "update:items" not in get_jwt().get("permissions", ()):
            raise Forbidden
        return view(*args, **kwargs)

    return guarded


app = flask_app(__name__, needs_permission)
app.config["JWT_ALGORITHM"] = "RS256"
app.config["JWT_DECODE_AUDIENCE"] = os.environ["AUDIENCE"]
app.config["JWT_DECODE_ISSUER"] = os.environ["ISSUER"]
manager = JWTManager(app)


@manager.decode_key_loader
def key(header: dict[str, Any], _claims: dict[str, Any]) -> Any:
    """Return the key that a token names."""
    return _keys.get_signing_key(header["kid"]).key
