"""Names, descriptions and images: what they may hold."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Bearer

from .conftest import without_statements

Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient, bearer: Bearer, soup: dict[str, object]) -> Send:
    """Send a new item with some fields changed."""

    def post(**changes: object) -> TestResponse:
        sent = {"item": soup | changes}
        return client.post("/items", json=sent, headers=bearer("create:items"))

    return post


@without_statements
@pytest.mark.parametrize("name", ["name", "price", "description", "image"])
def test_every_field_is_required(
    client: FlaskClient, bearer: Bearer, soup: dict[str, object], name: str
) -> None:
    """The one that is missing is named."""
    del soup[name]
    answer = client.post("/items", json={"item": soup}, headers=bearer("create:items"))
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [name]


@without_statements
def test_all_errors_are_told_at_once(send: Send) -> None:
    """A form shows each beside its field."""
    answer = send(name="", price="x", description=1, image="x", more=1)
    errors = (answer.json or {})["errors"]
    assert set(errors) == {"name", "price", "description", "image", "more"}
    assert all(isinstance(text, str) for texts in errors.values() for text in texts)


@without_statements
@pytest.mark.parametrize("name", ["more", "ID", "Name", "price_cents", "__proto__", "", "\ud800"])
def test_unknown_field_is_422(send: Send, name: str) -> None:
    """No field is dropped silently."""
    answer = send(**{name: 1})
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [name]


@without_statements
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["text"]])
@pytest.mark.parametrize("name", ["name", "description", "image"])
def test_text_of_another_type_is_422(send: Send, name: str, value: object) -> None:
    """Nothing is turned into text."""
    answer = send(**{name: value})
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "x"),
        ("name", "x" * 200),
        ("name", "\N{SLICE OF PIZZA}" * 200),
        ("name", "cr\N{LATIN SMALL LETTER E WITH GRAVE}me br\u00fbl\u00e9e"),
        ("name", "<b>'; DROP TABLE items; --"),
        ("description", ""),
        ("description", "x" * 2000),
        ("description", "one\n\ttwo"),
    ],
    ids=lambda value: value[:20],
)
def test_text_is_kept_as_it_is(send: Send, client: FlaskClient, name: str, value: str) -> None:
    """Lengths count characters, and nothing is trimmed or escaped."""
    answer = send(**{name: value})
    assert answer.status_code == 201
    assert (client.get(answer.headers["Location"]).json or {})[name] == value


@without_statements
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "\N{SLICE OF PIZZA}" * 201),
        ("name", " "),
        ("name", "\n\t"),
        ("name", "\N{NO-BREAK SPACE}"),
        ("description", "x" * 2001),
    ],
    ids=lambda value: value[:20],
)
def test_text_of_a_wrong_length_is_422(send: Send, name: str, value: str) -> None:
    """A name of white space is no name."""
    answer = send(**{name: value})
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [name]


@without_statements
@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x0b", "\r", "\x1b", "\x7f", "\x85", "\ud800"]
)
@pytest.mark.parametrize("name", ["name", "description", "image"])
def test_control_characters_and_lone_surrogates_are_422(
    send: Send, name: str, character: str
) -> None:
    """No database need store them, and no screen show them."""
    answer = send(**{name: f"https://example.com/{character}"})
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == [name]


@pytest.mark.parametrize(
    "image",
    [
        "https://cdn.auth0.com/blog/whatabyte/burger-sm.png",
        "http://localhost/x.png",
        "http://localhost:3000/x.png",
        "http://127.0.0.1:8080/x",
        "http://[::1]:8080/x",
        "HTTPS://EXAMPLE.COM",
        "https://example.com?size=small#top",
        "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/\N{SLICE OF PIZZA}.png",
        "https://example.com/" + "x" * 1980,
    ],
    ids=lambda image: image[:40],
)
def test_http_address_is_an_image(send: Send, image: str) -> None:
    """A host needs no top-level domain, and may have a port."""
    answer = send(image=image)
    assert answer.status_code == 201
    assert (answer.json or {})["image"] == image


@without_statements
@pytest.mark.parametrize(
    "image",
    [
        "",
        "burger.png",
        "/burger.png",
        "//example.com/x.png",
        "example.com/x.png",
        "ftp://example.com/x.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http:",
        "http://",
        "http:///x.png",
        "http://:80/x.png",
        "http:example.com",
        "http://?x",
        "http://#x",
        "http://example.com:port/",
        "http://example.com:70000/",
        "http://[::1/x",
        "http://[x]/",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        " http://example.com/",
        "http://example.com/ ",
        "http://example.com/a b",
        "http://exa\tmple.com/",
        "http://example.com/\n",
        "http://example.com\\x.png",
        'http://example.com/"><script>',
        "https://example.com/" + "x" * 1981,
    ],
    ids=lambda image: image[:40],
)
def test_other_address_is_422(send: Send, image: str) -> None:
    """What a page could not load as an image, or should not, is refused."""
    answer = send(image=image)
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["image"]
