"""`flask authz`: what is guarded, by what, and whom it refuses."""

from flask.cli import AppGroup

from .explain import explain
from .guards import show_permissions, show_routes
from .keys import show_keys
from .revoke import revoke

authz_cli = AppGroup("authz", help="Show how the routes are guarded; explain and refuse tokens.")
for command in (show_routes, show_permissions, show_keys, explain, revoke):
    authz_cli.add_command(command)
