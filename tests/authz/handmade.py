"""Apps whose callers say themselves who they are, for tests in which tokens do not matter."""

import json
from typing import Any

from flask import Flask, Request

from app.authz import Authz, Identity


def authenticate(request: Request) -> Identity | None:
    """Believe the caller."""
    text = request.headers.get("X-Caller")
    return None if text is None else Identity(**json.loads(text))


def caller(*permissions: str, subject: str = "al", **attributes: Any) -> dict[str, str]:
    """Return the header of a caller with the given permissions, and other attributes."""
    return {"X-Caller": json.dumps({"subject": subject, "permissions": permissions, **attributes})}


def app_with(config: dict[str, Any] | None = None, **options: Any) -> tuple[Flask, Authz]:
    """Return an app without routes, and its guard layer.

    :param options: of `Authz`.
    """
    app = Flask("handmade", static_folder=None)
    app.config.update(config or {})
    return app, Authz(app, **{"authenticate": authenticate, **options})
