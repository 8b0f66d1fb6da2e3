"""The routes."""

from typing import Any

from flask import Blueprint
from marshmallow import ValidationError

from app.authz import (
    Identity,
    Unauthorized,
    anonymous_only,
    current_identity,
    current_resource,
    optional_auth,
    requires_auth,
    requires_permission,
)

from .bodies import LoginSchema, RecordSchema, body
from .records import Record, app_records
from .rights import sees
from .tokens import TokenTooLong, app_tokens
from .users import is_password

bp = Blueprint("records", __name__)

_login = LoginSchema()
_record = RecordSchema()


@bp.post("/login")
@anonymous_only
def login() -> dict[str, str]:
    """Answer a name and a password with a token."""
    sent = body(_login)
    if not is_password(sent["username"], sent["password"]):
        raise Unauthorized("the name or the password is wrong")
    try:
        return {"token": app_tokens().issue(sent["username"], sent["scopes"])}
    except TokenTooLong:
        raise ValidationError({"scopes": ["Too much for a token."]}) from None


@bp.post("/login/revoke-token")
@requires_auth
def revoke_token() -> dict[str, bool]:
    """Refuse the token of this request from now on."""
    app_tokens().revoke(_signed_in().principal)
    return {"ok": True}


@bp.get("/hello")
@optional_auth
def hello() -> dict[str, str]:
    """Greet the caller."""
    return {"message": f"Hello, {current_identity.subject or 'stranger'}!"}


@bp.get("/me")
@requires_permission("user/view")
def me() -> dict[str, str | None]:
    """Tell callers who they are."""
    return {"username": current_identity.subject}


@bp.get("/records")
@optional_auth
@requires_permission("record/list")
def index() -> list[dict[str, Any]]:
    """Answer with the records that the caller may view."""
    return [_rendered(record) for record in app_records() if sees(current_identity, record)]


@bp.get("/records/<name>")
@optional_auth
@requires_permission("record/{name}/view")
def show(name: str) -> dict[str, Any]:  # noqa: ARG001 - the guard has found the record by it
    """Answer with a record."""
    return _rendered(current_resource)


@bp.put("/records/<name>")
@requires_permission("record/{name}/edit")
def edit(name: str) -> dict[str, Any]:
    """Give a record another content."""
    content = body(_record)["content"]
    return _rendered(app_records().edit(name, content, _signed_in().subject))


def _signed_in() -> Identity:
    """Return the caller of a view that lets nobody else in: for the type checker."""
    assert isinstance(current_identity, Identity)
    return current_identity


def _rendered(record: Record) -> dict[str, Any]:
    return {"name": record.name, "content": record.content, "lastEditor": record.last_editor}
