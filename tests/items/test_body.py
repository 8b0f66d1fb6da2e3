"""The body of a request, before anyone looks at the item in it."""

import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Bearer

Send = Callable[..., TestResponse]

ITEM = '{"name": "Soup", "price": 4.5, "description": "", "image": "https://example.com/"}'


@pytest.fixture(scope="module")
def database() -> str:
    """What reads the body knows of none."""
    return "sqlite"


@pytest.fixture
def send(client: FlaskClient, bearer: Bearer) -> Send:
    """Send a body as a new item, by a caller who may."""

    def post(data: str | bytes, content_type: str | None = "application/json") -> TestResponse:
        headers = bearer("create:items")
        return client.post("/items", data=data, content_type=content_type, headers=headers)

    return post


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"],
)
def test_json_is_accepted_with_any_parameter(send: Send, content_type: str) -> None:
    """The type is compared without case and without its parameters."""
    assert send(f'{{"item": {ITEM}}}', content_type).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/jsonp",
        "application/json, text/plain",
    ],
)
def test_other_media_type_is_415(send: Send, content_type: str | None) -> None:
    """A `+json` type means something else than its JSON, so it is refused too."""
    answer = send(f'{{"item": {ITEM}}}', content_type)
    assert answer.status_code == 415
    assert (answer.json or {})["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"nope",
        b"{'item': 1}",
        b'{"item": {}} x',
        b'{"item": {},}',
        b'{"item": NaN}',
        b'{"item": {"price": Infinity}}',
        b'{"item": {"price": -Infinity}}',
        b'{"item": {"price": 01}}',
        b'{"item": {"price": .5}}',
        b'{"item": {"price": 1e99999999999999999999}}',
        b'{"item": {"name": "a\nb"}}',
        b'{"item": {}, "item": {}}',
        b'{"item": {"price": 1, "price": 2}}',
        b'{"item": "\xff"}',
        b'\xef\xbb\xbf{"item": {}}',
        '{"item": {}}'.encode("utf-16"),
        b'{"item": ' + b"[" * 20000 + b"]" * 20000 + b"}",
        b'{"item": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b'{"item": {"id": ' + b"9" * 5000 + b"}}",
    ],
    ids=lambda text: text[:40].decode("latin-1"),
)
def test_malformed_json_is_400(send: Send, text: bytes) -> None:
    """JSON is read as RFC 8259 has it, with each name once."""
    answer = send(text)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert (answer.json or {})["code"] == "request_malformed"


@pytest.mark.parametrize("text", ["null", "[]", "1", '"item"', "true", "{}", ITEM, f"[{ITEM}]"])
def test_body_without_the_wrapper_is_422(send: Send, text: str) -> None:
    """The item stands under `item` in an object."""
    answer = send(text)
    assert answer.status_code == 422
    assert (answer.json or {})["code"] == "invalid"
    assert (answer.json or {})["errors"]


@pytest.mark.parametrize("text", ["null", "[]", "1", '"x"', "true"])
def test_item_that_is_no_object_is_422(send: Send, text: str) -> None:
    """The error stands under `item`."""
    answer = send(f'{{"item": {text}}}')
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["item"]


def test_member_beside_the_item_is_422(send: Send) -> None:
    """A field that nobody reads is refused by its name."""
    answer = send(f'{{"item": {ITEM}, "extra": 1}}')
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["extra"]


def test_body_of_64_kb_is_read(send: Send) -> None:
    """The limit itself is allowed."""
    text = f'{{"item": {ITEM}}}'
    assert send(text + " " * (64 * 1024 - len(text))).status_code == 201


def test_body_over_64_kb_is_413(send: Send) -> None:
    """One byte more is too much."""
    text = f'{{"item": {ITEM}}}'
    answer = send(text + " " * (64 * 1024 + 1 - len(text)))
    assert answer.status_code == 413
    assert (answer.json or {})["code"] == "too_large"


@pytest.mark.parametrize(("excess", "status"), [(-1000, 201), (0, 201), (1, 413), (10**6, 413)])
def test_limit_holds_for_a_body_sent_in_chunks(
    client: FlaskClient, bearer: Bearer, excess: int, status: int
) -> None:
    """Without a declared length the body is counted as it is read, and none is cut."""
    text = f'{{"item": {ITEM}}}'.encode()
    answer = client.post(
        "/items",
        input_stream=io.BytesIO(text.ljust(64 * 1024 + excess)),
        content_type="application/json",
        headers=bearer("create:items"),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == status


def test_answer_repeats_no_value_that_was_sent(send: Send) -> None:
    """Errors name fields, not what they held."""
    item = json.loads(ITEM) | {"price": "s3cr3t", "image": "s3cr3t", "name": "s3cr3t" * 100}
    assert "s3cr3t" not in send(json.dumps({"item": item})).text
