"""The one shape of an error answer: `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, json

#: Media type of every error answer (RFC 9457, section 3).
MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> Response:
    """Make an error answer.

    :param status: the HTTP status, a registered one.
    :param code: the stable name that a program may compare, such as ``token_expired``.
    :param detail: one sentence for a person. It is public: nothing that the caller sent.
    :param headers: response headers to add.
    :param members: extension members (RFC 9457, section 3.2), such as ``errors``.
    """
    body = json.dumps(problem_body(status, code, detail, **members))
    return Response(body, status, headers, content_type=MEDIA_TYPE)


def problem_body(status: int, code: str, detail: str, **members: object) -> dict[str, object]:
    """Return what an error answer says. The parameters are those of `problem`."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
