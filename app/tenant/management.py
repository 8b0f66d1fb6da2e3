"""The one address of Auth0's Management API that the Menu API asks: what a user may do now."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, json, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.tenant.accounts import Accounts
from app.tenant.clients import READ_USERS
from app.tenant.permissions import PermissionFile
from app.tenant.tokens import TokenIssuer, management_audience

PREFIX = "/api/v2"

#: Entries of a page, unless it is asked for fewer or more, and the most there are.
_PER_PAGE, _MOST_PER_PAGE = 50, 100


def management_api(
    tokens: TokenIssuer,
    audiences: Sequence[str],
    permissions: PermissionFile,
    accounts: Accounts,
) -> Blueprint:
    """Make the API. A user's permissions are the same for each of the tenant's audiences."""
    api = Blueprint("management", __name__, url_prefix=PREFIX)

    @api.before_request
    def authorize() -> None:
        """Let a token of the tenant pass that is for this API and has the scope."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            abort(401, "Missing authentication")
        try:
            scope = tokens.scope_of(token, management_audience(tokens.issuer))
        except ValueError:
            abort(401, "Invalid token")
        if READ_USERS not in scope:
            abort(403, f"Insufficient scope, expected any of: {READ_USERS}")

    @api.get("/users/<user_id>/permissions")
    def user_permissions(user_id: str) -> Response:
        """List a user's permissions, a page at a time."""
        user = accounts.get(user_id)
        if user is None:
            abort(404, "The user does not exist.")
        names = permissions.of(user)
        return _page([_entry(audience, name) for audience in audiences for name in names])

    return api


def _entry(audience: str, name: str) -> dict[str, object]:
    return {
        "permission_name": name,
        "description": name,
        "resource_server_name": audience,
        "resource_server_identifier": audience,
        "sources": [{"source_id": "", "source_name": "", "source_type": "DIRECT"}],
    }


def _page(entries: list[dict[str, object]]) -> Response:
    """Answer with the page that was asked for: a list, or an object that counts all of them."""
    per_page = _number("per_page", _PER_PAGE, _MOST_PER_PAGE)
    start = _number("page", 0, 10**6) * per_page
    shown = entries[start : start + per_page]
    if request.args.get("include_totals") != "true":
        return jsonify(shown)
    return jsonify(start=start, limit=per_page, total=len(entries), permissions=shown)


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        abort(400, f"Query validation error: {name} is no number from 0 to {most}")
    return int(text)


def as_management_error(error: HTTPException) -> BaseResponse:
    """Answer an error in the form that Auth0's Management API has for all of them."""
    response = error.get_response()
    content = {"statusCode": error.code, "error": error.name, "message": error.description}
    response.data = json.dumps(content)
    response.content_type = "application/json"
    return response
