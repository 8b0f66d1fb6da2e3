"""What a route does, as far as its guard does not say so itself."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.authz.openapi import RETRY_AFTER, Refusal
from app.errors import ANSWERS, DATABASE_UNAVAILABLE, OUTCOME_UNKNOWN

#: An object of an OpenAPI document.
Object = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is said of a method of a route."""

    #: Its name, for programs that are made from the document.
    name: str
    summary: str
    tag: str
    #: Response Objects of what it does, by status.
    answers: dict[int, Object]
    #: Statuses of its refusals beside the guard's; `app.errors` has their texts.
    refusals: tuple[int, ...] = ()
    #: Others, of its own, by status.
    own_refusals: dict[int, list[Refusal]] = field(default_factory=dict)
    #: What it does with the database.
    database: Literal["nothing", "reads", "changes"] = "nothing"
    parameters: tuple[Object, ...] = ()
    #: The Request Body Object.
    body: Object | None = None
    #: Members that the problems of a status have beyond the usual.
    members: dict[int, Object] = field(default_factory=dict)

    def problems(self) -> dict[int, list[Refusal]]:
        """Return its refusals by status. Everything may fail."""
        found = {status: [Refusal(*ANSWERS[status])] for status in (*self.refusals, 500)}
        if self.database != "nothing":
            found[503] = [Refusal(*DATABASE_UNAVAILABLE)]
        if self.database == "changes":
            found[503].append(Refusal(*OUTCOME_UNKNOWN))
        return found | self.own_refusals


def header(description: str, example: str, *, required: bool = True) -> Object:
    """Return the Header Object of a text."""
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string"},
        "example": example,
    }


def answer(description: str, schema: Object, example: object, headers: Object) -> Object:
    """Return the Response Object of a JSON answer."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": description, "headers": headers, "content": content}


REQUEST_ID = header(
    "Names this request in the log: the caller's own, or one that was made for it.",
    "5e0c6a4be1d0472a9d0fca44f1a2a7c3",
)
#: Of a 503 to a change.
RETRY_AFTER_UNDONE: Object = {
    **RETRY_AFTER,
    "description": f"{RETRY_AFTER['description']} Without it the change may have been made.",
    "required": False,
}
CACHE_CONTROL = header("For caches.", "public, no-cache")
ETAG = header("Names exactly this content.", '"2d8f6b1c0f7e4a53b1a9f0c6d5e4b3a2"')


def _condition(name: str, description: str, examples: Object) -> Object:
    """Return the Parameter Object of a condition on what is there (RFC 9110, section 13.1)."""
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string"},
        "examples": examples,
    }


_TAG: Object = {"one version": {"value": ETAG["example"]}}
IF_MATCH = _condition(
    "If-Match",
    "Go on only if the `ETag` is one of these.",
    {"whatever is there": {"value": "*"}, **_TAG},
)
IF_NONE_MATCH = _condition("If-None-Match", "Go on only if the `ETag` is none of these.", _TAG)
NOT_MODIFIED: Object = {
    "description": "What `If-None-Match` names is what is there.",
    "headers": {"ETag": ETAG},
}
