"""Callers without a token."""

import pytest
from flask.testing import FlaskClient

from .conftest import SignedIn, code_of

PUBLIC = {"name": "public", "content": "bob can edit", "lastEditor": None}


def test_stranger_is_greeted(client: FlaskClient) -> None:
    """Nobody in particular may call it."""
    assert client.get("/hello").json == {"message": "Hello, stranger!"}


@pytest.mark.parametrize("user", ["alice", "bob", "charlie"])
def test_user_is_greeted_by_name(client: FlaskClient, signed_in: SignedIn, user: str) -> None:
    """It needs a login and no grant."""
    assert client.get("/hello", headers=signed_in(user)).json == {"message": f"Hello, {user}!"}


def test_list_holds_what_is_public(client: FlaskClient) -> None:
    """Everybody is granted to list and to view, and has the right to see this one."""
    answer = client.get("/records")
    assert answer.status_code == 200
    assert answer.json == [PUBLIC]


def test_public_record_is_shown(client: FlaskClient) -> None:
    """Everybody is granted to view."""
    assert client.get("/records/public").json == PUBLIC


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/records/foo"),
        ("GET", "/records/bar"),
        ("GET", "/records/nope"),
        ("GET", "/records/*"),
        ("GET", "/me"),
        ("POST", "/login/revoke-token"),
        ("PUT", "/records/foo"),
        ("PUT", "/records/bar"),
        ("PUT", "/records/public"),
        ("PUT", "/records/nope"),
    ],
)
def test_all_else_asks_for_a_login(client: FlaskClient, method: str, path: str) -> None:
    """One answer for what is forbidden and for what does not exist; no body is read before it."""
    answer = client.open(path, method=method, data="{")
    assert (answer.status_code, code_of(answer)) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="records"'


@pytest.mark.parametrize("path", ["/records", "/records/public"])
def test_user_has_no_anonymous_grants_on_top(
    client: FlaskClient, signed_in: SignedIn, path: str
) -> None:
    """Who logs in has the scopes of the login, and those alone."""
    answer = client.get(path, headers=signed_in("alice"))
    assert (answer.status_code, code_of(answer)) == (403, "permission_missing")
