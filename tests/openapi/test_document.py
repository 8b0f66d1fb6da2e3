"""The OpenAPI document: it says what is there, all of it, and nothing else."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from app import create_app
from app.authz import public, requires_permission
from app.items.seed import fill_empty_menu
from app.openapi.document import HIDDEN, OPERATIONS, described
from app.readiness import Database, Findings, Readiness

from .conftest import Document


def operations(document: Document) -> dict[tuple[str, str], Any]:
    """Return the Operation Objects by path and method."""
    return {
        (path, method.upper()): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def resolved(document: Document, found: dict[str, Any]) -> Any:
    """Return an object in place of a reference to it."""
    if "$ref" not in found:
        return found
    here: Any = document
    for name in found["$ref"].removeprefix("#/").split("/"):
        here = here[name]
    return here


def test_it_is_valid(document: Document) -> None:
    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["openapi"].startswith("3.1.")


def test_it_has_every_route_and_no_other(app: Flask, document: Document) -> None:
    """But for what a browser gets, HEAD beside GET, and OPTIONS, which every route answers."""
    served = {
        (re.sub(r"<(?:.*?:)?(.*?)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in HIDDEN
    }
    assert set(operations(document)) == served


def test_only_the_page_is_hidden(app: Flask) -> None:
    """And it is there: a name that stands for nothing would hide what comes next."""
    assert {"openapi.docs", "openapi.docs_file"} == HIDDEN
    assert set(app.view_functions) >= HIDDEN


def test_every_route_is_described(app: Flask, document: Document) -> None:
    """A new route has its guard in the document at once; the rest somebody has to write."""
    assert {name for name, _ in OPERATIONS} <= set(app.view_functions)
    for operation in operations(document).values():
        assert operation["operationId"]
        assert operation["summary"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}


def test_each_argument_of_a_path_is_a_parameter(document: Document) -> None:
    for (path, _), operation in operations(document).items():
        names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert names == set(re.findall(r"{(.*?)}", path))


def test_guarded_routes_name_their_permissions(document: Document) -> None:
    """With each way to bring credentials."""
    schemes = list(document["components"]["securitySchemes"])
    assert schemes == ["openid", "bearer", "dpop"]
    security = {key: value.get("security") for key, value in operations(document).items()}
    for path, method, name in (
        ("/items", "POST", "create:items"),
        ("/items", "PUT", "update:items"),
        ("/items/{item_id}", "PUT", "update:items"),
        ("/items/{item_id}", "DELETE", "delete:items"),
        ("/metrics", "GET", "read:metrics"),
    ):
        assert security.pop((path, method)) == [{scheme: [name]} for scheme in schemes]
    assert not any(security.values())


def test_guarded_routes_have_the_answers_of_their_guards(document: Document) -> None:
    found = operations(document)
    for (path, method), operation in found.items():
        guarded = method in ("POST", "PUT", "DELETE") or path == "/metrics"
        assert ("401" in operation["responses"]) is guarded
        assert ("403" in operation["responses"]) is guarded
    forbidden = resolved(document, found["/items", "POST"]["responses"]["403"])
    assert "permission create:items" in forbidden["description"]
    challenge = forbidden["headers"]["WWW-Authenticate"]["example"]
    assert 'error="insufficient_scope", scope="create:items"' in challenge


def test_answers_of_guard_and_view_share_a_status(document: Document) -> None:
    """Each code is listed, and has an example."""
    responses = operations(document)["/items", "POST"]["responses"]
    unavailable = resolved(document, responses["503"])["content"]["application/problem+json"]
    codes = unavailable["schema"]["properties"]["code"]["enum"]
    assert codes == ["keys_unavailable", "state_unavailable", "database_unavailable"]
    assert [each["value"]["code"] for each in unavailable["examples"].values()] == [
        *codes,
        "database_unavailable",
    ]
    malformed = resolved(document, responses["400"])["content"]["application/problem+json"]
    details = {example["value"]["detail"] for example in malformed["examples"].values()}
    assert len(details) == 2


def test_a_change_of_which_nobody_knows_is_not_to_be_sent_again(document: Document) -> None:
    """Of 503, a change alone may come without `Retry-After`, and an example says so."""
    for (path, method), operation in operations(document).items():
        if "503" in operation["responses"]:
            answer = resolved(document, operation["responses"]["503"])
            changes = path.startswith("/items") and method != "GET"
            assert answer["headers"]["Retry-After"]["required"] is not changes
            assert ("Whether the change was made is not known" in str(answer)) is changes


def test_every_error_has_an_example_that_is_one(document: Document) -> None:
    """It fits its schema, and its status that of the answer."""
    for operation in operations(document).values():
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            (content,) = resolved(document, response)["content"].items()
            assert content[0] == "application/problem+json"
            schema = {**content[1]["schema"], "components": document["components"]}
            assert content[1]["examples"]
            for example in content[1]["examples"].values():
                Draft202012Validator(schema).validate(example["value"])
                assert str(example["value"]["status"]) == status


def test_each_example_of_a_success_fits_its_schema(document: Document) -> None:
    for operation in operations(document).values():
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        bodies += [r for status, r in operation["responses"].items() if status in ("200", "201")]
        for body in bodies:
            if "application/json" not in body["content"]:
                continue  # the metrics are text
            content = body["content"]["application/json"]
            schema = {**content["schema"], "components": document["components"]}
            Draft202012Validator(schema).validate(content["example"])


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), ("/items", "GET"), ("/items/{item_id}", "GET"), ("/openapi.json", "GET")],
)
def test_headers_that_are_promised_are_sent(
    app: Flask, client: FlaskClient, document: Document, path: str, method: str
) -> None:
    with app.app_context():
        fill_empty_menu()
    answer = client.open(path.format(item_id=1), method=method)
    promised = operations(document)[path, method]["responses"]["200"]["headers"]
    for name, header in promised.items():
        assert not header["required"] or name in answer.headers


class TestSettings:
    """The document says what the settings mean."""

    @pytest.fixture
    def environ(self, environ: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
        changes: dict[str, str] = request.param
        return environ | changes

    @pytest.mark.parametrize("environ", [{"PUBLIC_URL": "https://menu.test"}], indirect=True)
    def test_our_own_address_is_the_server(self, document: Document) -> None:
        assert document["servers"] == [{"url": "https://menu.test"}]

    @pytest.mark.parametrize("environ", [{"AUTHZ_RESOURCE": "https://a.test/b"}], indirect=True)
    def test_a_resource_with_a_path_leaves_it_valid(self, document: Document) -> None:
        """Its metadata have two addresses."""
        validate(document, cls=OpenAPIV31SpecValidator)

    @pytest.mark.parametrize("environ", [{"AUTHZ_DPOP": "required"}], indirect=True)
    def test_where_proofs_are_required_nothing_else_opens(self, document: Document) -> None:
        assert list(document["components"]["securitySchemes"]) == ["dpop"]

    @pytest.mark.parametrize("environ", [{"AUTHZ_DPOP": "off"}], indirect=True)
    def test_without_proofs_there_is_no_scheme_for_them(self, document: Document) -> None:
        assert "dpop" not in document["components"]["securitySchemes"]
        assert "dpop_proof_invalid" not in str(document)


def test_every_answer_names_its_request(document: Document) -> None:
    for operation in operations(document).values():
        for response in operation["responses"].values():
            assert "X-Request-ID" in resolved(document, response)["headers"]


PUBLIC = [("/items", "GET"), ("/", "GET"), ("/openapi.json", "GET")]
GUARDED = [("/items", "POST"), ("/items/{item_id}", "DELETE"), ("/metrics", "GET")]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, []),
        ("RATELIMIT_PER_ADDRESS", [*PUBLIC, *GUARDED]),
        ("RATELIMIT_PER_CALLER", GUARDED),
        ("RATELIMIT_BAD_TOKENS", GUARDED),
    ],
)
def test_limits_that_are_set_are_answers(
    environ: dict[str, str], limit: str | None, expected: list[tuple[str, str]]
) -> None:
    """Of the routes whose requests they count, which probes are not among."""
    settings = {limit: "9/minute"} if limit else {}
    found = json.loads(described(create_app(environ | settings)))
    limited = {
        route: resolved(found, operation["responses"]["429"])
        for route, operation in operations(found).items()
        if "429" in operation["responses"]
    }
    probes = {("/health/live", "GET"), ("/health/ready", "GET")}
    assert limited.keys() & {*PUBLIC, *GUARDED, *probes} == set(expected)
    assert all("Retry-After" in response["headers"] for response in limited.values())


def test_a_body_that_is_too_slow_is_an_answer_where_there_is_one(document: Document) -> None:
    for operation in operations(document).values():
        assert ("408" in operation["responses"]) is ("requestBody" in operation)


def examples(document: Document, path: str, status: str) -> dict[str, Any]:
    """Return the example problems of GET, by name."""
    answer = resolved(document, operations(document)[path, "GET"]["responses"][status])
    found: dict[str, Any] = answer["content"]["application/problem+json"]["examples"]
    return {name: example["value"] for name, example in found.items()}


@pytest.mark.parametrize(
    ("database_is", "code"),
    [("unreachable", "database_unavailable"), ("behind", "migrations_behind")],
)
def test_examples_of_a_server_that_is_not_ready_say_what_it_says(
    client: FlaskClient,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
    database_is: Database,
    code: str,
) -> None:
    monkeypatch.setattr(Readiness, "findings", lambda _: Findings(database_is, "ok"))
    answer = client.get("/health/ready").get_json()
    assert examples(document, "/health/ready", "503")[code] == answer | {"keys": []}


def test_the_example_of_an_unknown_host_is_what_it_is_told(
    client: FlaskClient, document: Document
) -> None:
    path = "/.well-known/oauth-protected-resource"
    answer = client.get(path, headers={"Host": "evil.test"})
    assert list(examples(document, path, "400").values()) == [answer.get_json()]


@pytest.fixture
def extended(environ: dict[str, str]) -> Document:
    """The document of an app with two views of its own, which nobody has described."""
    app = create_app(environ)
    app.add_url_rule("/hours", view_func=public(lambda: "always"))
    app.add_url_rule(
        "/orders", "order", requires_permission("create:items")(lambda: "done"), methods=["POST"]
    )
    found: Document = json.loads(described(app))
    return found


def test_a_view_that_nobody_has_described_leaves_the_document_valid(extended: Document) -> None:
    """It has the answers of its guard, and says that it answers."""
    validate(extended, cls=OpenAPIV31SpecValidator)
    assert "200" in operations(extended)["/hours", "GET"]["responses"]
    assert {"200", "401", "403"} <= set(operations(extended)["/orders", "POST"]["responses"])
