"""The OpenAPI document of the API: its routes, what they do, and their guards."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Flask

from app.authz.enforcement import enforcement_of
from app.authz.openapi import RETRY_AFTER, DescribedGuards, Refusal, problem_response
from app.authz.routes import Route, routes
from app.errors import ANSWERS
from app.limits import is_limited

from . import menu, service
from .operation import REQUEST_ID, RETRY_AFTER_UNDONE, Object, Operation
from .schemas import described_spec

#: Version of what is described; not of the server.
VERSION = "1.0.0"

#: Routes that are for a person's browser, not for programs.
HIDDEN = frozenset({"openapi.docs", "openapi.docs_file"})

#: By endpoint and method.
OPERATIONS: Mapping[tuple[str, str], Operation] = menu.OPERATIONS | service.OPERATIONS

#: What is said of every other one. Without any answer the document would be none.
UNDESCRIBED = Operation(name="", summary="", tag="", answers={200: {"description": "OK"}})

_DESCRIPTION = """\
A restaurant's menu: anyone may read it, callers with permission may change it.

A request that changes something carries `{"item": {...}}`; every answer is the bare item.
Every error of the app is `application/problem+json` with a stable `code`; what cannot be read as a
request is refused before it reaches the app. An address that answers GET answers HEAD as well. A
method that an address does not have gets 405 with `Allow`."""

_TAGS = [
    {"name": "menu", "description": "The items."},
    {"name": "service", "description": "What this server is."},
]


def described(app: Flask) -> bytes:
    """Return the document of an app whose routes are all registered, as JSON."""
    guards = DescribedGuards(app)
    public_url = enforcement_of(app).settings.public_url
    options: Object = {"servers": [{"url": public_url}]} if public_url else {}
    spec = described_spec(
        title="Menu API",
        version=VERSION,
        info={"description": _DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}},
        tags=_TAGS,
        **options,
    )
    for name, scheme in guards.security_schemes().items():
        spec.components.security_scheme(name, scheme)
    for route in routes(app):
        if route.rule.endpoint not in HIDDEN:
            operation = _operation(route, guards, limited=is_limited(app, route))
            spec.path(_path(route), operations={route.method.lower(): operation})
    document = _with_shared_answers(_with_own_names(spec.to_dict()))
    return json.dumps(document, separators=(",", ":")).encode()


def _path(route: Route) -> str:
    return re.sub(r"<(?:[^:<>]*:)?([^<>]+)>", r"{\1}", route.rule.rule)


def _operation(route: Route, guards: DescribedGuards, *, limited: bool) -> Object:
    """Return the Operation Object of a route. Of one that nobody has described, its guard."""
    known = OPERATIONS.get((route.rule.endpoint, route.method), UNDESCRIBED)
    found: Object = {"security": guards.security(route.guard)}
    if known is not UNDESCRIBED:
        found |= {"operationId": known.name, "summary": known.summary, "tags": [known.tag]}
    if known.parameters:
        found["parameters"] = list(known.parameters)
    if known.body is not None:
        found["requestBody"] = known.body
    answers = {str(status): answer for status, answer in known.answers.items()}
    answers |= _problems(known, route, guards, limited=limited)
    for status, answer in answers.items():
        headers = {**answer.get("headers", {}), "X-Request-ID": REQUEST_ID}
        answers[status] = {**answer, "headers": headers}
    return {**found, "responses": answers}


def _problems(known: Operation, route: Route, guards: DescribedGuards, *, limited: bool) -> Object:
    """Return the error answers of a route: the guard's and the view's, which may share a status."""
    by_guard, by_view = guards.refusals(route.guard), known.problems()
    if limited:
        by_view[429] = [Refusal(*ANSWERS[429])]
    found = {}
    for status in sorted(by_guard | by_view):
        refusals = [*by_guard.get(status, []), *by_view.get(status, [])]
        headers = guards.headers(route.guard, status) if status in by_guard else {}
        if status in (429, 503):
            undone = status == 503 and known.database == "changes"
            headers = {"Retry-After": RETRY_AFTER_UNDONE if undone else RETRY_AFTER}
        description = guards.describe(route.guard, status)
        members = known.members.get(status)
        found[str(status)] = problem_response(status, refusals, headers, description, members)
    return found


def _with_own_names(document: dict[str, Any]) -> dict[str, Any]:
    """Number the operations that have one name: a view may have several addresses."""
    names: Counter[str] = Counter()
    for path in document["paths"].values():
        for operation in path.values():
            if name := operation.get("operationId"):
                names[name] += 1
                operation["operationId"] = f"{name}{names[name]}" if names[name] > 1 else name
    return document


def _with_shared_answers(document: dict[str, Any]) -> dict[str, Any]:
    """Move error answers that stand in several operations to the components."""
    shared: dict[str, Object] = {}
    names: dict[str, str] = {}
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) < 400:
                    continue
                text = json.dumps(answer, sort_keys=True)
                if text not in names:
                    number = sum(name.startswith(f"Problem{status}") for name in shared)
                    names[text] = f"Problem{status}" + (f"_{number + 1}" if number else "")
                    shared[names[text]] = answer
                reference = {"$ref": f"#/components/responses/{names[text]}"}
                operation["responses"][status] = reference
    document["components"]["responses"] = shared
    return document
