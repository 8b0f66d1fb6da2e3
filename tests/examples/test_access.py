"""Who may do what with which record: every user, record, grant and action."""

from itertools import product

import pytest
from flask.testing import FlaskClient

from .conftest import SignedIn, code_of

USERS = ("alice", "bob", "charlie")
RECORDS = ("foo", "bar", "public")
ACTIONS = ("view", "edit")

#: What the records say: user, record, action.
RIGHTS = {
    ("alice", "foo", "view"),
    ("alice", "foo", "edit"),
    ("alice", "bar", "view"),
    ("alice", "public", "view"),
    ("bob", "foo", "view"),
    ("bob", "bar", "view"),
    ("bob", "public", "view"),
    ("bob", "public", "edit"),
    ("charlie", "foo", "view"),
    ("charlie", "public", "view"),
}

#: Scopes of a login, and the records and actions that they grant. Of patterns: `test_grants`.
GRANTS: dict[tuple[str, ...], set[tuple[str, str]]] = {
    (): set(),
    ("user/view", "record/list"): set(),
    ("record/foo/view",): {("foo", "view")},
    ("record/foo/edit", "record/bar/view"): {("foo", "edit"), ("bar", "view")},
    ("record/*/view",): {(record, "view") for record in RECORDS},
    ("record/bar/*",): {("bar", "view"), ("bar", "edit")},
    ("record/**",): set(product(RECORDS, ACTIONS)),
    ("**",): set(product(RECORDS, ACTIONS)),
    ("*/*",): set(),
}


@pytest.mark.parametrize("grants", GRANTS, ids=lambda grants: " ".join(grants) or "nothing")
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("user", USERS)
def test_grant_and_right_decide_together(
    client: FlaskClient,
    signed_in: SignedIn,
    user: str,
    record: str,
    action: str,
    grants: tuple[str, ...],
) -> None:
    """Without the grant it is `permission_missing`, without the right `right_denied`."""
    method, body = ("GET", None) if action == "view" else ("PUT", {"content": "New"})
    answer = client.open(
        f"/records/{record}", method=method, json=body, headers=signed_in(user, *grants)
    )
    if (record, action) not in GRANTS[grants]:
        assert (answer.status_code, code_of(answer)) == (403, "permission_missing")
    elif (user, record, action) not in RIGHTS:
        assert (answer.status_code, code_of(answer)) == (403, "right_denied")
    else:
        assert answer.status_code == 200
        assert (answer.json or {})["name"] == record


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("grants", GRANTS, ids=lambda grants: " ".join(grants) or "nothing")
def test_list_holds_what_is_open_at_its_own_address(
    client: FlaskClient, signed_in: SignedIn, user: str, grants: tuple[str, ...]
) -> None:
    """With the grant to list, the list is made of the answers that each record would give."""
    headers = signed_in(user, *grants, "record/list")
    answers = [client.get(f"/records/{record}", headers=headers) for record in RECORDS]
    listed = client.get("/records", headers=headers)
    assert listed.status_code == 200
    assert listed.json == [answer.json for answer in answers if answer.status_code == 200]


@pytest.mark.parametrize(
    ("user", "names"),
    [
        ("alice", ["foo", "bar", "public"]),
        ("bob", ["foo", "bar", "public"]),
        ("charlie", ["foo", "public"]),
    ],
)
def test_list_of_a_user_who_was_granted_everything(
    client: FlaskClient, signed_in: SignedIn, user: str, names: list[str]
) -> None:
    """It holds what the user may read, and what is public."""
    listed = client.get("/records", headers=signed_in(user, "**/*"))
    assert [record["name"] for record in listed.json or []] == names
