"""Whom the tenant answers: those who call it by an address of this machine.

A page of the web can have its own name resolve to 127.0.0.1, and its scripts would then be of the
tenant's origin (DNS rebinding). They still send that name as `Host`.
"""

from flask import Flask, abort, request

from app.tenant.redirects import is_local_origin


def refuse_foreign_hosts(tenant: Flask) -> None:
    """Answer 421 to every request for a host that is not loopback."""

    @tenant.before_request
    def check() -> None:
        if not is_local_origin(own_origin()):
            abort(421, "The tenant answers on this machine only, as 127.0.0.1 or localhost.")


def own_origin() -> str:
    """Return the origin that the request was sent to, as the `Host` header has it."""
    # Not `request.host`, which drops a port that is the scheme's own.
    return f"http://{request.headers.get('Host', '').lower()}"
