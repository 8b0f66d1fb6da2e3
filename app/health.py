"""What probes ask: is the process alive, and can it serve?"""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify

from app.authz import public
from app.authz.state import State
from app.errors import RETRY_AFTER, answer
from app.extensions import authz
from app.readiness import Findings, Readiness

bp = Blueprint("health", __name__, url_prefix="/health")

#: Code and sentence for a database that keeps us from serving.
NOT_READY = {
    "unreachable": ("database_unavailable", "The database does not answer."),
    "behind": (
        "migrations_behind",
        "The database lacks migrations: run `flask db upgrade`, or restore what it has lost.",
    ),
}


def init_app(app: Flask, state: State) -> None:
    """Add the routes."""
    app.extensions["readiness"] = Readiness(state)
    app.register_blueprint(bp)


@bp.get("/live")
@public
def live() -> Response:
    """Say that the process answers. It touches nothing: a lost database is no reason to restart."""
    return jsonify(status="ok")


@bp.get("/ready")
@public
def ready() -> Response:
    """Say whether requests should be sent here.

    Without its database the API can do nothing: 503. Without keys or the shared state the menu is
    still read, and all servers are in the same situation: taking them out would help nobody.
    """
    findings = current_app.extensions["readiness"].findings()
    keys = _keys()
    if findings.database != "ok":
        code, detail = NOT_READY[findings.database]
        headers = {"Retry-After": str(RETRY_AFTER)}
        return answer(503, code, detail, headers=headers, **_members(findings, keys))
    # Keys that nobody has asked for yet are no worry.
    lost = any(each["state"] == "missing" and each["error"] for each in keys)
    status = "degraded" if lost or findings.state != "ok" else "ready"
    return jsonify(status=status, **_members(findings, keys))


def _members(findings: Findings, keys: list[dict[str, Any]]) -> dict[str, Any]:
    return {"database": findings.database, "shared_state": findings.state, "keys": keys}


def _keys() -> list[dict[str, Any]]:
    """Return how old each issuer's keys are, and a name for what was wrong with the last fetch. Its
    text, which may hold addresses, is in the log."""
    return [
        {
            "issuer": status.issuer,
            "state": status.state,
            "usable": status.usable,
            "age": None if status.age is None else round(status.age),
            "error": status.error_code or None,
        }
        for status in authz.key_sets(current_app)
    ]
