"""What the routes beside the menu do."""

from typing import Any

from app.authz import metadata
from app.authz.errors import HostUnknown
from app.authz.openapi import RETRY_AFTER, Refusal, problem_response
from app.health import NOT_READY

from .operation import (
    CACHE_CONTROL,
    ETAG,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    Object,
    Operation,
    answer,
    header,
)

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}

_NO_STORE = header("Never kept.", "no-store")

_KEYS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["issuer", "state", "usable", "age", "error"],
        "properties": {
            "issuer": _TEXT,
            "state": {"type": "string", "enum": ["fresh", "stale", "missing"]},
            "usable": {"type": "integer", "minimum": 0},
            "age": {"type": ["integer", "null"], "description": "Seconds."},
            "error": {"type": ["string", "null"]},
        },
    },
}
#: What `/health/ready` says in any case.
_FINDINGS: dict[str, Any] = {"database": _TEXT, "shared_state": _TEXT, "keys": _KEYS}
_READY = {
    "status": "ready",
    "database": "ok",
    "shared_state": "ok",
    "keys": [
        {
            "issuer": "https://tenant.eu.auth0.com/",
            "state": "fresh",
            "usable": 2,
            "age": 120,
            "error": None,
        }
    ],
}


def _not_ready() -> Object:
    """Return the Response Object of a server that cannot serve, with an example of each case."""
    refusals = [Refusal(*each) for each in NOT_READY.values()]
    found = problem_response(503, refusals, {"Retry-After": RETRY_AFTER})
    (content,) = found["content"].values()
    for database, example in zip(NOT_READY, content["examples"].values(), strict=True):
        example["value"] |= {"database": database, "shared_state": "ok", "keys": []}
    return found


#: By endpoint and method.
OPERATIONS = {
    ("health.live", "GET"): Operation(
        name="getLive",
        summary="See whether the process answers",
        tag="service",
        answers={
            200: answer(
                "It does.",
                {"type": "object", "required": ["status"], "properties": {"status": _TEXT}},
                {"status": "ok"},
                {"Cache-Control": _NO_STORE},
            )
        },
    ),
    ("health.ready", "GET"): Operation(
        name="getReady",
        summary="See whether the server can serve",
        tag="service",
        answers={
            200: answer(
                "It can; `degraded` says that guarded routes may not.",
                {
                    "type": "object",
                    "required": ["status", *_FINDINGS],
                    "properties": {
                        "status": {"type": "string", "enum": ["ready", "degraded"]},
                        **_FINDINGS,
                    },
                },
                _READY,
                {"Cache-Control": _NO_STORE},
            ),
            503: _not_ready(),
        },
    ),
    ("metrics_of_all", "GET"): Operation(
        name="getMetrics",
        summary="Read the numbers of this server, for Prometheus",
        tag="service",
        answers={
            200: {
                "description": "Metrics in Prometheus' text format.",
                "content": {"text/plain": {"schema": _TEXT}},
            }
        },
    ),
    ("home.home", "GET"): Operation(
        name="getHome",
        summary="Learn where the menu and the docs are",
        tag="service",
        answers={
            200: answer(
                "Addresses on this server.",
                {
                    "type": "object",
                    "required": ["name", "menu", "docs", "openapi"],
                    "properties": {"name": _TEXT, "menu": _TEXT, "docs": _TEXT, "openapi": _TEXT},
                },
                {
                    "name": "Menu API",
                    "menu": "/items",
                    "docs": "/docs",
                    "openapi": "/openapi.json",
                },
                {
                    "Link": header(
                        "The same for programs (RFC 8631).",
                        '</openapi.json>; rel="service-desc", </docs>; rel="service-doc"',
                    )
                },
            )
        },
    ),
    ("openapi.document", "GET"): Operation(
        name="getOpenapi",
        summary="Read this document",
        tag="service",
        parameters=(IF_NONE_MATCH,),
        answers={
            200: answer(
                "An OpenAPI document.",
                {"type": "object", "required": ["openapi", "info", "paths"]},
                {"openapi": "3.1.0", "info": {"title": "Menu API", "version": "1"}, "paths": {}},
                {"ETag": ETAG, "Cache-Control": CACHE_CONTROL},
            ),
            304: NOT_MODIFIED,
        },
    ),
    (metadata.ENDPOINT, "GET"): Operation(
        name="getMetadata",
        summary="Read what a client needs to know to get in (RFC 9728)",
        tag="service",
        answers={
            200: answer(
                "The metadata.",
                {
                    "type": "object",
                    "required": ["resource", "bearer_methods_supported"],
                    "properties": {
                        "resource": _TEXT,
                        "authorization_servers": _TEXTS,
                        "bearer_methods_supported": _TEXTS,
                        "scopes_supported": _TEXTS,
                        "dpop_signing_alg_values_supported": _TEXTS,
                        "dpop_bound_access_tokens_required": {"type": "boolean"},
                    },
                },
                {
                    "resource": "https://menu.example.com",
                    "authorization_servers": ["https://tenant.eu.auth0.com/"],
                    "bearer_methods_supported": ["header"],
                    "scopes_supported": ["create:items"],
                },
                {"Cache-Control": header("For caches.", f"public, max-age={metadata.MAX_AGE}")},
            )
        },
        own_refusals={400: [Refusal(HostUnknown.code, HostUnknown.detail)]},
    ),
}
