"""A server's successor, tried in a process of its own: its settings, its app, what it needs.

python -m serving.trial ARGUMENTS OF GUNICORN --check-config
"""

import logging
import sys
from typing import Any

from gunicorn.app.wsgiapp import WSGIApplication

log = logging.getLogger(__name__)

#: What to do about a database that cannot be used, by what `app.readiness` says of it.
CURES = {
    "unreachable": "The database cannot be reached: is DATABASE_URL right, and does it answer?",
    "behind": "The database lacks migrations: run `flask db upgrade`, or restore what it has lost.",
}


class Trial(WSGIApplication):  # type: ignore[misc]
    """gunicorn, as far as loading the app."""

    def load(self) -> Any:
        """Load the app, and ask it."""
        app = super().load()
        require_usable(app)
        return app


def require_usable(app: Any) -> None:
    """Refuse an app that could not do what the one does that serves now.

    A start asks nothing of this kind: there a server that waits for what it needs is better than
    none.

    :raises SystemExit: if its database or the shared state cannot be used, or no issuer's keys can
        be had. The log says why.
    """
    readiness = getattr(app, "extensions", {}).get("readiness")
    if readiness is None:
        return
    with app.app_context():
        findings = readiness.findings()  # it has logged what it was told
    if findings.database != "ok":
        log.error(CURES[findings.database])
    elif findings.state != "ok":
        log.error("The shared state cannot be reached: is STATE_URL right, and does it answer?")
    elif _lacks_keys(app):
        log.error("No issuer's keys can be had: is AUTH0_ISSUER_URL right, and does it answer?")
    else:
        return
    sys.exit(1)


def _lacks_keys(app: Any) -> bool:
    """Ask the issuers for their keys, and tell whether there are none. It has been logged why."""
    from app.extensions import authz

    authz.warm(app, wait=True)
    sets = authz.key_sets(app)
    return bool(sets) and all(keys.state == "missing" for keys in sets)


if __name__ == "__main__":
    Trial(prog="gunicorn").run()
