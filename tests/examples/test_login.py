"""Names and passwords."""

from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from examples.records import users

from .conftest import PASSWORD, SignedIn, code_of, log_in, token_of


@pytest.fixture(scope="module")
def first(app: Flask) -> TestResponse:
    """The answer to a wrong password."""
    return app.test_client().post("/login", json={"username": "alice", "password": "wrong"})


@pytest.mark.parametrize("user", ["alice", "bob", "charlie"])
def test_password_is_answered_with_a_token(client: FlaskClient, user: str) -> None:
    """The token, sent in `X-App-Token`, says who calls."""
    answer = log_in(client, user, "user/view")
    assert list(answer.json or {}) == ["token"]
    headers = {"X-App-Token": token_of(answer)}
    assert client.get("/me", headers=headers).json == {"username": user}


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("alice", "Hunter2"),
        ("alice", "hunter2\x00"),
        ("Alice", PASSWORD),
        ("dave", PASSWORD),
        ("", ""),
    ],
    ids=lambda text: ascii(text[:10]),
)
def test_wrong_name_or_password_is_401(
    client: FlaskClient, first: TestResponse, username: str, password: str
) -> None:
    """The answer does not say which of the two is wrong, nor repeat one."""
    answer = client.post("/login", json={"username": username, "password": password})
    assert (answer.status_code, code_of(answer)) == (401, "credentials_invalid")
    assert answer.data == first.data
    assert list(answer.headers) == list(first.headers)


def test_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    """Both cost one hash, which is nearly all of the time."""

    def seconds(username: str) -> float:
        began = process_time()
        assert not users.is_password(username, "wrong")
        return process_time() - began

    known = min(seconds("alice") for _ in range(3))
    assert min(seconds("dave") for _ in range(3)) > known / 2


def test_passwords_are_kept_hashed_only() -> None:
    """The module that knows the users does not hold a password of theirs."""
    kept = {name: value for name, value in vars(users).items() if name != "__builtins__"}
    assert PASSWORD not in repr(kept)


def test_hashes_of_one_password_differ() -> None:
    """Each has a salt of its own."""
    hashes = list(vars(users)["_HASHES"].values())
    assert len(set(hashes)) == len(hashes) == 3


@pytest.mark.parametrize("data", ["{", '{"username": "alice", "password": "hunter2"}'])
def test_login_is_for_anonymous_callers(
    client: FlaskClient, signed_in: SignedIn, data: str
) -> None:
    """Who has a good token is refused before the body is read."""
    answer = client.post(
        "/login", data=data, content_type="application/json", headers=signed_in("alice", "**")
    )
    assert (answer.status_code, code_of(answer)) == (403, "anonymous_only")
    assert "WWW-Authenticate" not in answer.headers


def test_login_with_a_bad_token_is_401(client: FlaskClient) -> None:
    """Bad credentials are refused in every mode."""
    sent = {"username": "alice", "password": PASSWORD}
    answer = client.post("/login", json=sent, headers={"X-App-Token": "x"})
    assert (answer.status_code, code_of(answer)) == (401, "credentials_invalid")


def test_two_logins_give_two_tokens(client: FlaskClient) -> None:
    """Each can be revoked without the other."""
    assert token_of(log_in(client, "alice")) != token_of(log_in(client, "alice"))
