"""Several issuers: each with its own keys and algorithms, some known only at run time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, Issuer, current_identity, requires_auth
from app.authz.reading import SettingsError
from app.authz.testing import Clock, FakeIssuer, SigningKey, TokenFactory

from .conftest import code_of

Ask = Callable[[str], Issuer | None]


@pytest.fixture
def other() -> Iterator[FakeIssuer]:
    """A second issuer."""
    with FakeIssuer() as fake:
        yield fake


@pytest.fixture
def other_tokens(other: FakeIssuer, clock: Clock) -> TokenFactory:
    return TokenFactory(other, clock=clock)


def client_of(app: Flask) -> FlaskClient:
    """Return a client of an app with one view, which answers with the caller's issuer."""
    app.get("/")(requires_auth(lambda: str(current_identity.issuer)))
    return app.test_client()


def ask(client: FlaskClient, token: str) -> str:
    """Return what the view answers, or the code of the refusal."""
    response = client.get("/", headers={"Authorization": f"Bearer {token}"})
    return response.text if response.status_code == 200 else code_of(response)


@pytest.fixture
def both(bare: Flask, clock: Clock, issuer: FakeIssuer, other: FakeIssuer) -> FlaskClient:
    """An app that accepts tokens of two issuers, as during a move from one to the other."""
    bare.config["AUTH0_ISSUER_URL"] = f"{issuer.url},{other.url}"
    Authz(bare, clock=clock, timer=clock)
    return client_of(bare)


def test_the_token_picks_its_issuer(
    both: FlaskClient, tokens: TokenFactory, other_tokens: TokenFactory
) -> None:
    """Only that one is asked for keys."""
    assert ask(both, tokens.valid()) == tokens.issuer.url
    assert (tokens.issuer.fetches, other_tokens.issuer.fetches) == (1, 0)
    assert ask(both, other_tokens.valid()) == other_tokens.issuer.url


def test_one_issuer_cannot_sign_for_another(
    both: FlaskClient, tokens: TokenFactory, other_tokens: TokenFactory
) -> None:
    """Even where both keys have one name."""
    other_tokens.issuer.keys = [SigningKey("first", number=5)]
    forged = other_tokens.make(claims=tokens.claims())
    assert ask(both, forged) == "token_signature"


def test_an_outage_of_one_leaves_the_other_alone(
    both: FlaskClient, tokens: TokenFactory, other_tokens: TokenFactory
) -> None:
    other_tokens.issuer.up = False
    assert ask(both, other_tokens.valid()) == "keys_unavailable"
    assert ask(both, tokens.valid()) == tokens.issuer.url


def finding(bare: Flask, clock: Clock, issuer_for: Ask) -> FlaskClient:
    """Return a client of an app that finds its issuers itself."""
    del bare.config["AUTH0_ISSUER_URL"], bare.config["AUTH0_AUDIENCE"]
    Authz(bare, issuer_for=issuer_for, clock=clock, timer=clock)
    return client_of(bare)


def test_an_app_may_find_issuers_at_run_time(
    bare: Flask, clock: Clock, tokens: TokenFactory, other_tokens: TokenFactory
) -> None:
    """It is asked once in a while, not for every token; each issuer has its own audience."""
    asked = []

    def issuer_for(url: str) -> Issuer | None:
        asked.append(url)
        return Issuer(url, [tokens.audience]) if url == tokens.issuer.url else None

    client = finding(bare, clock, issuer_for)
    for _ in range(3):
        assert ask(client, tokens.valid()) == tokens.issuer.url
        assert ask(client, other_tokens.valid()) == "token_issuer"
        assert ask(client, tokens.valid(aud="other")) == "token_audience"
    assert asked == [tokens.issuer.url, other_tokens.issuer.url]
    assert other_tokens.issuer.fetches == 0


def test_an_issuer_that_was_removed_is_refused_after_five_minutes(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    """And one that stays keeps its keys."""
    known = {tokens.issuer.url: Issuer(tokens.issuer.url, [tokens.audience])}
    client = finding(bare, clock, known.get)
    assert ask(client, tokens.valid()) == tokens.issuer.url
    clock.move(300)
    assert ask(client, tokens.valid()) == tokens.issuer.url
    assert tokens.issuer.fetches == 1
    known.clear()
    assert ask(client, tokens.valid()) == tokens.issuer.url
    clock.move(300)
    assert ask(client, tokens.valid()) == "token_issuer"


def test_each_issuer_has_its_own_algorithms(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    client = finding(bare, clock, lambda url: Issuer(url, [tokens.audience], ["ES256"]))
    assert ask(client, tokens.valid()) == "token_algorithm"
    assert tokens.issuer.fetches == 0


def test_another_issuer_than_the_one_asked_for_is_a_mistake(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    """The door stays closed: 500."""
    client = finding(bare, clock, lambda url: Issuer("https://else.test/", ["menu"]))
    response = client.get("/", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert response.status_code == 500


@pytest.mark.parametrize(
    "iss",
    ["", "\0", "a\nb", "javascript:x", "https://cust.test/ ", "http://cust.test/", "https://c/?a"],
)
def test_what_cannot_name_an_issuer_is_not_shown_to_the_app(
    bare: Flask, clock: Clock, tokens: TokenFactory, iss: str
) -> None:
    """It looks the name up in a database, say, which may choke on it."""

    def issuer_for(url: str) -> Issuer | None:
        raise AssertionError(url)

    assert ask(finding(bare, clock, issuer_for), tokens.valid(iss=iss)) == "token_issuer"


def test_a_name_in_other_letters_is_none(bare: Flask, clock: Clock, tokens: TokenFactory) -> None:
    """Whatever a look-up that is not strict about case makes of it."""
    issuer = Issuer("https://cust.test/", [tokens.audience])
    client = finding(bare, clock, lambda url: issuer)
    assert ask(client, tokens.valid(iss="HTTPS://cust.test/")) == "token_issuer"


@pytest.mark.parametrize("found", ["https://cust.test/", object()])
def test_what_is_no_issuer_is_a_mistake(
    bare: Flask, clock: Clock, tokens: TokenFactory, found: Any
) -> None:
    client = finding(bare, clock, lambda url: found)
    response = client.get("/", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert response.status_code == 500


@pytest.mark.parametrize(
    ("url", "audiences", "algorithms"),
    [
        ("http://tenant.test/", ["menu"], ["RS256"]),
        ("https://tenant.test/?a", ["menu"], ["RS256"]),
        ("https://tenant.test/", [], ["RS256"]),
        ("https://tenant.test/", [""], ["RS256"]),
        ("https://tenant.test/", ["menu"], []),
        ("https://tenant.test/", ["menu"], ["HS256"]),
        ("https://tenant.test/", ["menu"], ["none"]),
    ],
)
def test_an_issuer_without_expectations_cannot_be_made(
    url: str, audiences: list[str], algorithms: list[str]
) -> None:
    """No expectation would be no check."""
    with pytest.raises(ValueError, match=r"cannot be an issuer|at least one name|algorithms are"):
        Issuer(url, audiences, algorithms)


def test_an_issuer_that_is_named_needs_an_audience(bare: Flask) -> None:
    """Also where the app finds others."""
    del bare.config["AUTH0_AUDIENCE"]
    with pytest.raises(Exception, match="AUTH0_AUDIENCE is missing"):
        Authz(bare, issuer_for=lambda url: None)


def test_an_app_that_finds_issuers_has_several(bare: Flask) -> None:
    """So it must say where opaque tokens are asked for."""
    bare.config |= {"AUTH0_CLIENT_ID": "menu-api", "AUTH0_CLIENT_SECRET": "s3cr3t"}
    with pytest.raises(SettingsError, match="AUTHZ_INTROSPECTION_URL is missing"):
        Authz(bare, issuer_for=lambda url: None)
