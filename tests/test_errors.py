"""Every error of the app as `application/problem+json`."""

import logging
from typing import NoReturn

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from marshmallow import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.routing import RequestRedirect

from app import errors


@pytest.fixture
def client() -> FlaskClient:
    """A client of an app that can only fail."""
    app = Flask("failing", static_folder=None)
    errors.init_app(app)

    @app.get("/<int:status>")
    def stop(status: int) -> NoReturn:
        abort(status, "library text")

    @app.get("/folder/")
    def folder() -> str:
        return ""

    @app.get("/bug")
    def bug() -> NoReturn:
        raise KeyError("secret")

    @app.get("/invalid")
    def invalid() -> NoReturn:
        raise ValidationError({"name": ["Is wrong."]})

    @app.get("/busy")
    def busy() -> NoReturn:
        raise ServiceUnavailable(retry_after=7)

    @app.get("/database/<kind>")
    def database(kind: str) -> NoReturn:
        cause = Exception("secret\n\tof two lines")
        raise {
            "operational": OperationalError("SELECT secret", {}, cause),
            "interface": InterfaceError("SELECT secret", {}, cause),
            "pool": PoolTimeoutError("secret"),
        }[kind]

    return app.test_client()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "request_malformed"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (406, "not_acceptable"),
        (412, "precondition_failed"),
        (413, "too_large"),
        (415, "unsupported_media_type"),
        (422, "invalid"),
        (500, "internal_error"),
        (501, "not_implemented"),
    ],
)
def test_error_is_a_problem_document(client: FlaskClient, status: int, code: str) -> None:
    """It has the members of RFC 9457 and our code, and no text of a library."""
    answer = client.get(f"/{status}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.json or {}
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert problem["status"] == status
    assert problem["code"] == code
    assert "library text" not in answer.text


def test_unknown_address_is_not_found(client: FlaskClient) -> None:
    """Routing fails the same way as a view."""
    assert (client.get("/nowhere").json or {})["code"] == "not_found"


def test_wrong_method_keeps_allow(client: FlaskClient) -> None:
    """The header says what is allowed."""
    answer = client.post("/bug")
    assert answer.status_code == 405
    assert {m.strip() for m in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_headers_of_an_error_are_kept(client: FlaskClient) -> None:
    """Only the type of its body is ours."""
    answer = client.get("/busy")
    assert answer.headers["Retry-After"] == "7"
    assert answer.content_type == "application/problem+json"


def test_redirect_is_left_alone(client: FlaskClient) -> None:
    """It is no error."""
    answer = client.get("/folder")
    assert answer.status_code == RequestRedirect.code
    assert answer.headers["Location"].endswith("/folder/")


def test_validation_error_lists_its_fields(client: FlaskClient) -> None:
    """Each field has its list of texts."""
    answer = client.get("/invalid")
    assert answer.status_code == 422
    assert (answer.json or {})["errors"] == {"name": ["Is wrong."]}


@pytest.mark.parametrize("kind", ["operational", "interface", "pool"])
def test_database_that_fails_is_503(
    client: FlaskClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller learns when to try again; the log, in one line, what happened and the cure."""
    answer = client.get(f"/database/{kind}")
    assert answer.status_code == 503
    assert (answer.json or {})["code"] == "database_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert "secret" not in answer.text
    (record,) = caplog.records
    assert "secret" in record.getMessage()
    assert "flask db upgrade" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_bug_is_500_and_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """The traceback is for the log alone."""
    answer = client.get("/bug")
    assert answer.status_code == 500
    assert (answer.json or {})["code"] == "internal_error"
    assert "secret" not in answer.text
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None


@pytest.mark.parametrize("path", ["//items", "/items//1", "/items/1//", "//evil.test/items"])
def test_two_slashes_are_not_redirected(client: FlaskClient, path: str) -> None:
    """A redirect would lead to whatever `Host` the caller has sent."""
    response = client.get(path, headers={"Host": "evil.test"})
    assert response.status_code == 404
    assert "Location" not in response.headers
