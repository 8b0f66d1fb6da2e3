"""Error answers in an OpenAPI document."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from ..problems import MEDIA_TYPE, problem_body

#: An object of an OpenAPI document, such as a Response Object.
Object = dict[str, Any]

#: The Schema Object of every error answer (RFC 9457), which `problem_response` refers to.
PROBLEM: Object = {
    "type": "object",
    "description": "Why a request was not carried out (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string", "description": "The phrase of the status."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence for a person."},
        "code": {"type": "string", "description": "A stable name for a program."},
    },
}

#: The Header Object of an answer to a request that may be sent again.
RETRY_AFTER: Object = {
    "description": "Seconds after which to try again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}


class Refusal(NamedTuple):
    """What an error answer says, beside its status."""

    code: str
    detail: str


def problem_response(
    status: int,
    refusals: Sequence[Refusal],
    headers: Mapping[str, Object] | None = None,
    description: str | None = None,
    members: Mapping[str, object] | None = None,
) -> Object:
    """Return the Response Object of an error answer, with an example of each refusal.

    :param description: the phrase of the status if there is none.
    :param members: extension members (RFC 9457, section 3.2) that the examples have.
    """
    examples: Object = {}
    for refusal in refusals:
        # A code may stand for several texts; a name stands once.
        name = f"{refusal.code}_{len(examples)}" if refusal.code in examples else refusal.code
        value = problem_body(status, refusal.code, refusal.detail, **(members or {}))
        examples[name] = {"value": value}
    codes = list(dict.fromkeys(refusal.code for refusal in refusals))
    schema = {
        "$ref": "#/components/schemas/Problem",
        "properties": {"status": {"const": status}, "code": {"enum": codes}},
    }
    response: Object = {
        "description": description or HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }
    return {**response, "headers": dict(headers)} if headers else response
