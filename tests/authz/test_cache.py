"""Tokens that were verified before: what is remembered, and what is checked all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.authz import Authz, current_identity, requires_auth
from app.authz.testing import Clock, FakeIssuer, SigningKey, TokenFactory
from app.authz.tokens import jose

from .conftest import Send, code_of


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Counts signatures that are really verified, and verifies them."""
    seen = []
    verify = jose.verify

    def counting(token: Any, key: Any) -> dict[str, Any]:
        seen.append(token.text)
        return verify(token, key)

    monkeypatch.setattr(jose, "verify", counting)
    return seen


def test_a_token_is_verified_once_a_minute(
    send: Send, tokens: TokenFactory, clock: Clock, verifications: list[str]
) -> None:
    token = tokens.valid()
    for _ in range(5):
        assert send(token).status_code == 200
    assert verifications == [token]
    clock.move(60)
    assert send(token).status_code == 200
    assert len(verifications) == 2


def test_only_successes_are_remembered(
    send: Send, tokens: TokenFactory, verifications: list[str]
) -> None:
    bad = tokens.wrong_signature()
    for _ in range(3):
        assert code_of(send(bad)) == "token_signature"
    assert len(verifications) == 3


def test_a_remembered_token_expires(send: Send, tokens: TokenFactory, clock: Clock) -> None:
    """To the second, leeway included."""
    token = tokens.valid(exp=int(clock()) + 20)
    assert send(token).status_code == 200
    clock.move(29)
    assert send(token).status_code == 200
    clock.move(1)
    assert code_of(send(token)) == "token_expired"


def test_a_remembered_token_goes_with_its_key(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """A withdrawn key is withdrawn for tokens that it has signed before."""
    token = tokens.valid()
    assert send(token).status_code == 200
    issuer.rotate()
    del issuer.keys[0]
    assert send(tokens.valid()).status_code == 200
    assert code_of(send(token)) == "token_key_unknown"


def test_a_key_that_was_replaced_under_its_name_verifies_anew(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    token = tokens.valid()
    assert send(token).status_code == 200
    issuer.keys = [SigningKey("first", number=7)]
    assert code_of(send(tokens.make(header=tokens.header(kid="late")))) == "token_key_unknown"
    assert code_of(send(token)) == "token_signature"


def test_remembered_tokens_keep_the_key_set_fresh(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, settle: Callable[[], None]
) -> None:
    """One token is all there is, and the set is renewed all the same."""
    token = tokens.valid()
    for _ in range(11):
        assert send(token).status_code == 200
        clock.move(50)
    settle()
    assert issuer.fetches == 2


def test_a_token_is_remembered_when_its_key_comes_again(
    send: Send,
    tokens: TokenFactory,
    clock: Clock,
    settle: Callable[[], None],
    verifications: list[str],
) -> None:
    """A renewed set has the same keys as other objects."""
    assert send(tokens.valid()).status_code == 200
    clock.move(481)
    token = tokens.valid()
    assert send(token).status_code == 200
    settle()
    assert send(token).status_code == 200
    assert verifications[1:] == [token]


def test_remembered_tokens_end_with_the_key_set(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """A day after the last good fetch nothing is known, whatever was verified before."""
    token = tokens.valid(exp=int(clock()) + 200_000)
    issuer_up_for = 86_390
    assert send(token).status_code == 200
    issuer.up = False
    clock.move(issuer_up_for)
    assert send(token).status_code == 200
    clock.move(20)
    assert code_of(send(token)) == "keys_unavailable"


@pytest.mark.parametrize(("size", "verified"), [("0", 4), ("1", 4), ("2", 2)])
def test_the_memory_is_bounded(
    bare: Flask,
    clock: Clock,
    tokens: TokenFactory,
    verifications: list[str],
    size: str,
    verified: int,
) -> None:
    """The oldest goes first; with 0 nothing is kept."""
    bare.config["AUTHZ_TOKEN_CACHE_SIZE"] = size
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: "in"))
    client = bare.test_client()
    for subject in ("al", "bo", "al", "bo"):
        headers = {"Authorization": f"Bearer {tokens.valid(sub=subject)}"}
        assert client.get("/", headers=headers).status_code == 200
    assert len(verifications) == verified


def test_what_a_view_does_to_its_claims_is_not_remembered(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    """One caller's request must not change the next one's identity."""
    Authz(bare, clock=clock, timer=clock)

    @bare.get("/")
    @requires_auth
    def view() -> str:
        roles: Any = current_identity.claims["roles"]
        nested: Any = current_identity.claims["nested"]
        with pytest.raises((AttributeError, TypeError)):
            roles.append("admin")
        with pytest.raises((AttributeError, TypeError)):
            nested["roles"] = ["admin"]
        return ""

    headers = {"Authorization": f"Bearer {tokens.valid(roles=['diner'], nested={'a': [1]})}"}
    assert bare.test_client().get("/", headers=headers).status_code == 200
