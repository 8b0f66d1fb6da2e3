"""The `Authorization` header: what is a credential, what is none, and what is an error."""

import pytest
from flask.testing import FlaskClient

from app.authz.testing import TokenFactory

from .conftest import bearer_challenge, code_of


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("gap", [" ", "   "])
def test_the_scheme_has_no_case(
    client: FlaskClient, tokens: TokenFactory, scheme: str, gap: str
) -> None:
    """RFC 9110, section 11.1; one space or several."""
    headers = {"Authorization": f"{scheme}{gap}{tokens.valid()}"}
    assert client.get("/mine", headers=headers).status_code == 200


@pytest.mark.parametrize("value", ["", "Basic YWw6c2VjcmV0", "Digest a=b, c=d", "Bearerx y"])
def test_another_scheme_is_no_credential(client: FlaskClient, value: str) -> None:
    """What is not for us is as good as absent."""
    response = client.get("/mine", headers={"Authorization": value})
    assert (response.status_code, code_of(response)) == (401, "token_missing")
    assert response.headers["WWW-Authenticate"] == bearer_challenge()


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer a,Bearer b",
        "Bearer a, Bearer b",
        "Bearer ,",
        "Basic YWw6c2VjcmV0,Bearer a",
        "Bearer\ta",
        "Bearer \x00",
        "Bearer \xe9",
        ", Bearer a",
        " ",
        '"Bearer" a',
    ],
)
def test_a_malformed_header_is_400(client: FlaskClient, value: str) -> None:
    """RFC 6750, section 3.1: invalid_request."""
    response = client.get("/mine", environ_overrides={"HTTP_AUTHORIZATION": value})
    assert (response.status_code, code_of(response)) == (400, "request_malformed")
    challenge = bearer_challenge(error="invalid_request")
    assert response.headers["WWW-Authenticate"] == challenge


def test_a_header_sent_twice_is_400(client: FlaskClient, tokens: TokenFactory) -> None:
    """Two credentials are none: nobody can say which one counts."""
    twice = ",".join([f"Bearer {tokens.valid()}"] * 2)
    assert client.get("/mine", headers={"Authorization": twice}).status_code == 400


def test_the_longest_token_is_read(client: FlaskClient) -> None:
    """8,000 characters are a token, one more is not looked at."""
    longest = client.get("/mine", headers={"Authorization": "Bearer " + "a" * 8000})
    assert code_of(longest) == "token_opaque"
    longer = client.get("/mine", headers={"Authorization": "Bearer " + "a" * 8001})
    assert (longer.status_code, code_of(longer)) == (400, "request_malformed")


def test_a_token_elsewhere_is_no_credential(client: FlaskClient, tokens: TokenFactory) -> None:
    """Addresses and bodies end up in logs and histories."""
    token = tokens.valid(["create:items"])
    assert code_of(client.get(f"/mine?access_token={token}")) == "token_missing"
    posted = client.post("/items", data={"access_token": token})
    assert code_of(posted) == "token_missing"


def test_a_public_view_looks_at_no_credentials(client: FlaskClient) -> None:
    """Good, bad or none: nobody is known there."""
    for value in ("Bearer", "Bearer a.b.c", "Basic x"):
        response = client.get("/open", headers={"Authorization": value})
        assert (response.status_code, response.json) == (200, {"subject": None})
