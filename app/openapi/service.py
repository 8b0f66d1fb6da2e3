"""What the routes beside the menu do."""

from app.authz import metadata

from .operation import CACHE_CONTROL, ETAG, IF_NONE_MATCH, NOT_MODIFIED, Operation, answer, header

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}

#: By endpoint and method.
OPERATIONS = {
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
        refusals=(400,),
    ),
}
