"""`flask authz`: what is guarded, by what, and whom it refuses."""

from flask.cli import AppGroup

from .explain import explain
from .guards import show_permissions, show_routes
from .keys import show_keys
from .revoke import revoke

authz_cli = AppGroup("authz", help="Show how the routes are guarded; explain and refuse tokens.")
authz_cli.add_command(show_routes)
authz_cli.add_command(show_permissions)
authz_cli.add_command(show_keys)
authz_cli.add_command(explain)
authz_cli.add_command(revoke)
