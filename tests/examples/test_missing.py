"""A record that does not exist, asked for by a caller who is known."""

import pytest
from flask.testing import FlaskClient

from .conftest import SignedIn, code_of

#: Names that are no record's.
MISSING = ["nope", "Foo", "foo ", "list", "{name}", "é", "..", "%00", "%ff", "a" * 2000]


@pytest.mark.parametrize("name", MISSING, ids=lambda name: name[:10])
@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
@pytest.mark.parametrize("grant", ["**/*", "record/*/*", "record/foo/*", "user/*"])
def test_missing_record_answers_as_a_forbidden_one(
    client: FlaskClient, signed_in: SignedIn, method: str, name: str, grant: str
) -> None:
    """Status, body and headers are the same, byte for byte, whatever was granted."""
    # Charlie may not view `bar`, and nobody may edit it.
    headers, body = signed_in("charlie", grant), {"content": "x"}
    missing = client.open(f"/records/{name}", method=method, json=body, headers=headers)
    forbidden = client.open("/records/bar", method=method, json=body, headers=headers)
    assert missing.status_code == forbidden.status_code == 403
    assert missing.data == forbidden.data
    assert list(missing.headers) == list(forbidden.headers)


@pytest.mark.parametrize("data", ["{", "", '{"content": 1}'])
def test_body_is_read_after_the_guard(client: FlaskClient, signed_in: SignedIn, data: str) -> None:
    """A wrong body does not tell what exists."""
    headers = signed_in("charlie", "**")
    missing = client.put("/records/nope", data=data, headers=headers)
    forbidden = client.put("/records/bar", data=data, headers=headers)
    assert code_of(missing) == "right_denied"
    assert missing.data == forbidden.data


@pytest.mark.parametrize("name", ["*", "**", "f*o", "%2A"])
def test_name_with_a_star_is_no_pattern(
    client: FlaskClient, signed_in: SignedIn, name: str
) -> None:
    """A caller cannot ask for several records at once."""
    assert client.get(f"/records/{name}", headers=signed_in("bob", "**")).status_code == 403


def test_slash_in_a_name_leads_nowhere(client: FlaskClient, signed_in: SignedIn) -> None:
    """It is another address, which nothing has."""
    assert client.get("/records/foo%2Fview", headers=signed_in("bob", "**")).status_code == 404
