"""Flask with axioms-flask-py, as its README says."""

import os

from axioms_flask import (
    has_required_permissions,
    has_valid_access_token,
    init_axioms,
    register_axioms_error_handler,
)

from .flask_menu import View, flask_app


def needs_permission(view: View) -> View:
    """Let in who may update items."""
    guarded: View = has_valid_access_token(has_required_permissions("update:items")(view))
    return guarded


app = flask_app(__name__, needs_permission)
app.config["AXIOMS_AUDIENCE"] = os.environ["AUDIENCE"]
app.config["AXIOMS_ISS_URL"] = os.environ["ISSUER"]
app.config["AXIOMS_JWKS_URL"] = f"{os.environ['ISSUER']}.well-known/jwks.json"
init_axioms(app)
register_axioms_error_handler(app)
