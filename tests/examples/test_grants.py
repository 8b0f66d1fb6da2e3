"""Scopes of a login as grants: patterns, and texts that are none."""

from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from .conftest import SignedIn, code_of, log_in, token_of

#: Texts that are no grant, the long ones last.
MALFORMED = [
    "",
    " ",
    "/",
    "//",
    "*",
    "***",
    "***/***",
    "user",
    "user/",
    "/user/view",
    "user//view",
    "user/view/",
    " user/view",
    "user/view ",
    "user/vie*",
    "us*/view",
    "user/v**",
    "user/?",
    "user/[a-z]*",
    ".*",
    "(.*)",
    "user\\view",
    "user/view\n",
    "user/view\x00",
    "USER/VIEW",
    "user／view",  # noqa: RUF001 - a full-width slash
    "user/view user/*",
    "user/view,user/*",
    "user/{name}",
    "\ud800",
    "é/*",
    "\U0001f600",
    "%2a",
    "a" * 8000,
    "*/" * 4000,
    "**/" * 2500 + "x",
]


@pytest.mark.parametrize("grant", ["user/view", "user/*", "*/view", "*/*", "**/*", "**/view", "**"])
def test_grant_covers_user_view(client: FlaskClient, signed_in: SignedIn, grant: str) -> None:
    """`*` is one segment, `**` any number."""
    answer = client.get("/me", headers=signed_in("bob", grant))
    assert answer.status_code == 200
    assert answer.json == {"username": "bob"}


@pytest.mark.parametrize("grant", ["record/list", "record/*", "*/*", "**/*", "**", "*/list"])
def test_grant_covers_record_list(client: FlaskClient, signed_in: SignedIn, grant: str) -> None:
    """The view's name has two segments."""
    assert client.get("/records", headers=signed_in("bob", grant)).status_code == 200


@pytest.mark.parametrize("grant", ["record/*/*", "record/*/view", "record/foo/*", "user/*"])
def test_grant_for_records_does_not_cover_the_list(
    client: FlaskClient, signed_in: SignedIn, grant: str
) -> None:
    """`record/*/*` has three segments, and `record/list` two."""
    answer = client.get("/records", headers=signed_in("bob", grant))
    assert (answer.status_code, code_of(answer)) == (403, "permission_missing")


@pytest.mark.parametrize("grant", MALFORMED, ids=lambda grant: ascii(grant[:20]))
def test_malformed_grant_matches_nothing(
    client: FlaskClient, signed_in: SignedIn, grant: str
) -> None:
    """No view takes it for a grant."""
    headers = signed_in("alice", grant)
    assert client.get("/hello", headers=headers).json == {"message": "Hello, alice!"}
    assert code_of(client.get("/me", headers=headers)) == "permission_missing"
    assert code_of(client.get("/records", headers=headers)) == "permission_missing"
    assert code_of(client.get("/records/foo", headers=headers)) == "permission_missing"


@pytest.mark.parametrize(
    "grants",
    [[grant for grant in MALFORMED if len(grant) < 99], *([grant] for grant in MALFORMED[-3:])],
    ids=["short", "letters", "stars", "pairs"],
)
def test_login_takes_any_text_for_a_scope(client: FlaskClient, grants: list[str]) -> None:
    """The token is good where no permission is needed, and nowhere else."""
    headers = {"X-App-Token": token_of(log_in(client, "alice", *grants))}
    assert client.get("/hello", headers=headers).json == {"message": "Hello, alice!"}
    assert code_of(client.get("/me", headers=headers)) == "permission_missing"


def test_good_grant_stands_beside_malformed_ones(client: FlaskClient, signed_in: SignedIn) -> None:
    """One bad text does not spoil the others."""
    headers = signed_in("alice", "***", "user/view", "", "user/view")
    assert client.get("/me", headers=headers).status_code == 200
    assert client.get("/records", headers=headers).status_code == 403


def test_login_without_scopes_allows_what_needs_no_permission(client: FlaskClient) -> None:
    """`scopes` may be left out."""
    answer = client.post("/login", json={"username": "alice", "password": "hunter2"})
    headers = {"X-App-Token": token_of(answer)}
    assert client.get("/hello", headers=headers).status_code == 200
    assert client.get("/me", headers=headers).status_code == 403


def test_scopes_too_large_for_a_token_are_refused_at_login(client: FlaskClient) -> None:
    """There is no token that the application would not take back."""
    answer = log_in(
        client, "alice", *(sha256(bytes([number])).hexdigest() for number in range(256))
    )
    assert (answer.status_code, code_of(answer)) == (422, "invalid")
    assert list((answer.json or {})["errors"]) == ["scopes"]
