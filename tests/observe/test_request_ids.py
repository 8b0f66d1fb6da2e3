"""The id of a request: in its answer, its line, and every other line that is about it."""

import re
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import public
from app.observe.requests import current_request_id
from serving import logs

from .conftest import Lines

#: What is made where none was sent that can be used.
MADE = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("chosen", ["a", "9f.A_b-c", "x" * 128])
def test_an_id_is_taken_and_given_back(client: FlaskClient, lines: Lines, chosen: str) -> None:
    answer = client.get("/items", headers={"X-Request-ID": chosen})
    assert answer.headers.getlist("X-Request-ID") == [chosen]
    assert [line["request_id"] for line in lines()] == [chosen]


@pytest.mark.parametrize(
    "hostile",
    ["", "x" * 129, "a b", "a,b", 'a"b', "a\\nb", "é", "<script>", "a\x00", "%0d%0a", "a:b"],
)
def test_another_is_made_for_an_id_that_could_do_harm(
    client: FlaskClient, lines: Lines, hostile: str
) -> None:
    answer = client.get("/items", headers={"X-Request-ID": hostile})
    (made,) = answer.headers.getlist("X-Request-ID")
    assert MADE.fullmatch(made)
    assert [line["request_id"] for line in lines()] == [made]


def test_each_request_has_its_own(client: FlaskClient) -> None:
    assert len({client.get("/items").headers["X-Request-ID"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nowhere", 404),
        ("PATCH", "/items", 405),
        ("POST", "/items", 401),
        ("OPTIONS", "/items", 200),
        ("HEAD", "/items", 200),
        ("GET", "/items?limit=x", 422),
        ("GET", "/bug", 500),
    ],
)
def test_every_answer_has_one(
    app: Flask, client: FlaskClient, lines: Lines, method: str, path: str, status: int
) -> None:
    @app.get("/bug")
    @public
    def bug() -> NoReturn:
        raise KeyError("bug")

    answer = client.open(path, method=method)
    assert answer.status_code == status
    (line,) = lines()
    assert (line["request_id"], line["status"]) == (answer.headers["X-Request-ID"], status)


def test_pages_may_read_it(client: FlaskClient) -> None:
    exposed = client.get("/items", headers={"Origin": "https://menu.test"}).headers
    assert "X-Request-ID" in exposed["Access-Control-Expose-Headers"].split(", ")


def test_the_line_of_a_refusal_has_it_too(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """So the reason is found for the id that a caller reports."""
    form = logs.formatter("json", current_request_id)
    caplog.handler.setFormatter(form)
    client.delete("/items/1", headers={"X-Request-ID": "mine", "Authorization": "Bearer x"})
    assert '"request_id": "mine"' in caplog.text
    assert '"code": "token_opaque", "method": "DELETE"' in caplog.text


def test_outside_of_requests_there_is_none() -> None:
    assert current_request_id() is None
