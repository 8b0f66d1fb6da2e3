"""The records example under test: the real application, over the test client."""

import time
from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from examples.records import create_app
from examples.records.records import Records
from examples.records.tokens import Tokens

PASSWORD = "hunter2"

ENVIRON = {"RECORDS_SECRET_KEY": "signs the tokens of tests"}

#: Makes the header that a user sends after a login with these scopes.
SignedIn = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def signed_in() -> SignedIn:
    """The tokens are made as a login makes them, without the slow look at a password."""
    tokens = Tokens(ENVIRON["RECORDS_SECRET_KEY"], time.time)

    @cache
    def header(username: str, *scopes: str) -> dict[str, str]:
        return {"X-App-Token": tokens.issue(username, scopes)}

    return header


@pytest.fixture(scope="module")
def app() -> Flask:
    """The application. Who revokes a token logs in for it."""
    return create_app(ENVIRON)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application, with its records as they are at first."""
    app.extensions["records"] = Records()
    return app.test_client()


def log_in(client: FlaskClient, username: str, *scopes: str) -> TestResponse:
    """Log in with the right password."""
    sent = {"username": username, "password": PASSWORD, "scopes": scopes}
    return client.post("/login", json=sent)


def token_of(answer: TestResponse) -> str:
    """Return the token of a login that must have been good."""
    assert answer.status_code == 200
    token = (answer.json or {})["token"]
    assert isinstance(token, str)
    return token


def code_of(answer: TestResponse) -> str:
    """Return the code of an error answer, or an empty text."""
    if answer.status_code < 400:
        return ""
    assert answer.mimetype == "application/problem+json"
    body = answer.json or {}
    assert body["status"] == answer.status_code
    return str(body["code"])
