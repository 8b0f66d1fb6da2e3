"""What the records hold, and their editing."""

import pytest
from flask.testing import FlaskClient

from examples.records import create_app

from .conftest import ENVIRON, SignedIn, code_of


@pytest.mark.parametrize(
    ("name", "content"),
    [("foo", "Hello world!"), ("bar", "nobody can edit"), ("public", "bob can edit")],
)
def test_record_at_first(client: FlaskClient, signed_in: SignedIn, name: str, content: str) -> None:
    """Nobody has edited it."""
    answer = client.get(f"/records/{name}", headers=signed_in("alice", "**/*"))
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json == {"name": name, "content": content, "lastEditor": None}


@pytest.mark.parametrize(("user", "name"), [("alice", "foo"), ("bob", "public")])
def test_edited_record_keeps_content_and_editor(
    client: FlaskClient, signed_in: SignedIn, user: str, name: str
) -> None:
    """The answer is the record, and whoever reads it later gets the same."""
    sent = {"content": "New"}
    answer = client.put(f"/records/{name}", json=sent, headers=signed_in(user, "record/*/edit"))
    assert answer.status_code == 200
    assert answer.json == {"name": name, "content": "New", "lastEditor": user}
    assert client.get(f"/records/{name}", headers=signed_in("charlie", "**")).json == answer.json


def test_edited_record_keeps_readers_and_editors(client: FlaskClient, signed_in: SignedIn) -> None:
    """An edit changes content and editor, and nobody's rights."""
    headers = signed_in("bob", "**")
    client.put("/records/public", json={"content": "once"}, headers=headers)
    again = client.put("/records/public", json={"content": "twice"}, headers=headers)
    assert again.status_code == 200
    denied = client.put("/records/public", json={"content": "x"}, headers=signed_in("alice", "**"))
    assert denied.status_code == 403
    assert (client.get("/records/public").json or {})["content"] == "twice"


@pytest.mark.parametrize(
    "content",
    ["", " ", "\x00", "a\nb\r\tc", "\x7f\x1b[0m", "é", "\u2028", "\U0001f600", "<b>", "x" * 60_000],
    ids=ascii,
)
def test_content_is_any_text(client: FlaskClient, signed_in: SignedIn, content: str) -> None:
    """It comes back as it was sent."""
    headers = signed_in("alice", "record/foo/*")
    answer = client.put("/records/foo", json={"content": content}, headers=headers)
    assert (answer.json or {})["content"] == content
    assert (client.get("/records/foo", headers=headers).json or {})["content"] == content


def test_each_application_has_records_of_its_own(signed_in: SignedIn) -> None:
    """What one edits, another made beside it does not show."""
    headers = signed_in("bob", "**")
    one, other = create_app(ENVIRON).test_client(), create_app(ENVIRON).test_client()
    one.put("/records/public", json={"content": "New"}, headers=headers)
    assert (other.get("/records/public").json or {})["content"] == "bob can edit"


def test_denied_edit_changes_nothing(client: FlaskClient, signed_in: SignedIn) -> None:
    """The record stays as it was."""
    sent = {"content": "New"}
    answer = client.put("/records/public", json=sent, headers=signed_in("alice", "**"))
    assert code_of(answer) == "right_denied"
    assert client.get("/records/public").json == {
        "name": "public",
        "content": "bob can edit",
        "lastEditor": None,
    }
