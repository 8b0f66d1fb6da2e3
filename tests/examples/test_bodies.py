"""Bodies of another shape."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import PASSWORD, SignedIn, code_of

NESTED = "[" * 30_000 + "]" * 30_000
LOGIN = {"username": "alice", "password": PASSWORD, "scopes": []}

NO_TEXTS: list[object] = [None, 1, 1.5, True, [], {}]
NOT_ENCODABLE = "\ud800"
NO_LISTS: list[object] = [None, 1, True, "user/view", {}, {"user/view": 1}]


def send(
    client: FlaskClient, signed_in: SignedIn, path: str, data: str | bytes, kind: str | None
) -> TestResponse:
    """Send a body to the login, or by an editor to a record."""
    if path == "/login":
        return client.post(path, data=data, content_type=kind)
    return client.put(path, data=data, content_type=kind, headers=signed_in("alice", "**"))


@pytest.mark.parametrize("path", ["/login", "/records/foo"])
@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"nope", b"{'a': 1}", b"\xff", b'{"content": "\xff"}', b"{} x", NESTED.encode()],
    ids=lambda data: ascii(data[:12]),
)
def test_malformed_json_is_400(
    client: FlaskClient, signed_in: SignedIn, path: str, data: bytes
) -> None:
    """Nesting past the interpreter's stack is malformed too."""
    answer = send(client, signed_in, path, data, "application/json")
    assert (answer.status_code, code_of(answer)) == (400, "request_malformed")


@pytest.mark.parametrize("path", ["/login", "/records/foo"])
@pytest.mark.parametrize(
    "data", ["null", "true", "1", '"x"', "[]", "[{}]", "{}", "NaN", '{"other": 1}'], ids=str
)
def test_json_of_another_shape_is_422(
    client: FlaskClient, signed_in: SignedIn, path: str, data: str
) -> None:
    """The errors stand by field."""
    answer = send(client, signed_in, path, data, "application/json")
    assert (answer.status_code, code_of(answer)) == (422, "invalid")
    assert (answer.json or {})["errors"]


@pytest.mark.parametrize("path", ["/login", "/records/foo"])
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_other_media_type_is_415(
    client: FlaskClient, signed_in: SignedIn, path: str, kind: str | None
) -> None:
    """A body must say that it is JSON."""
    answer = send(client, signed_in, path, "{}", kind)
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/login", "/records/foo"])
def test_body_over_64_kb_is_413(client: FlaskClient, signed_in: SignedIn, path: str) -> None:
    """It is not read."""
    answer = send(client, signed_in, path, "{}".ljust(64 * 1024 + 1), "application/json")
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("username", value) for value in (*NO_TEXTS, NOT_ENCODABLE)],
        *[("password", value) for value in (*NO_TEXTS, NOT_ENCODABLE)],
        *[("scopes", value) for value in NO_LISTS],
        *[("scopes", ["user/view", value]) for value in NO_TEXTS],
        ("admin", True),
    ],
    ids=ascii,
)
def test_field_of_a_login_that_is_wrong_is_named(
    client: FlaskClient, field: str, value: object
) -> None:
    """It is 422, and errors hold that field alone."""
    answer = client.post("/login", json=LOGIN | {field: value})
    assert (answer.status_code, code_of(answer)) == (422, "invalid")
    assert list((answer.json or {})["errors"]) == [field]


@pytest.mark.parametrize("field", ["username", "password"])
def test_field_of_a_login_that_is_missing_is_named(client: FlaskClient, field: str) -> None:
    """Both are required."""
    sent = {name: value for name, value in LOGIN.items() if name != field}
    answer = client.post("/login", json=sent)
    assert (answer.status_code, code_of(answer)) == (422, "invalid")
    assert list((answer.json or {})["errors"]) == [field]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        *[({"content": value}, "content") for value in (*NO_TEXTS, NOT_ENCODABLE)],
        ({"content": "x", "name": "bar"}, "name"),
        ({"content": "x", "lastEditor": "bob"}, "lastEditor"),
    ],
    ids=ascii,
)
def test_wrong_field_of_a_record_is_named(
    client: FlaskClient, signed_in: SignedIn, sent: dict[str, object], field: str
) -> None:
    """It is 422, and the record stays as it was."""
    headers = signed_in("alice", "**")
    answer = client.put("/records/foo", json=sent, headers=headers)
    assert (answer.status_code, code_of(answer)) == (422, "invalid")
    assert list((answer.json or {})["errors"]) == [field]
    assert (client.get("/records/foo", headers=headers).json or {})["lastEditor"] is None


def test_answer_repeats_no_value_that_was_sent(client: FlaskClient) -> None:
    """Errors name fields, not what they held."""
    sent = json.dumps({"username": ["s3cr3t"], "password": {"s3cr3t": 1}, "scopes": "s3cr3t"})
    answer = client.post("/login", data=sent, content_type="application/json")
    assert answer.status_code == 422
    assert "s3cr3t" not in answer.text
