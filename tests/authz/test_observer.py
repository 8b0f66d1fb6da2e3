"""What the layer tells of its work on tokens and keys."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, requires_auth
from app.authz.observer import Observer
from app.authz.testing import Clock, FakeIssuer, TokenFactory


class Listing(Observer):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.issuers: list[str] = []

    def token_remembered(self) -> None:
        self.told.append(("remembered", None))

    def token_verified(self, seconds: float, code: str) -> None:
        self.told.append(("verified", code))

    def keys_fetched(self, issuer: str, code: str) -> None:
        self.told.append(("fetched", code))
        self.issuers.append(issuer)

    def stale_keys_used(self, issuer: str) -> None:
        self.told.append(("stale", issuer))

    def unknown_key(self, issuer: str) -> None:
        self.told.append(("unknown", issuer))


@pytest.fixture
def observer() -> Listing:
    return Listing()


@pytest.fixture
def app(bare: Flask, clock: Clock, observer: Listing) -> Flask:
    authz = Authz(clock=clock, timer=clock)
    authz.init_app(bare, observer=observer)
    bare.get("/")(requires_auth(lambda: "in"))
    return bare


def call(client: FlaskClient, token: str) -> int:
    return client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("up", [True, False])
def test_a_fetch_is_told_with_its_issuer(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer, observer: Listing, up: bool
) -> None:
    issuer.up = up
    assert call(client, tokens.valid()) == (200 if up else 503)
    assert observer.issuers == [issuer.url]


def test_a_token_is_verified_once(
    client: FlaskClient, tokens: TokenFactory, observer: Listing
) -> None:
    token = tokens.valid()
    assert [call(client, token), call(client, token)] == [200, 200]
    assert observer.told == [("fetched", ""), ("verified", ""), ("remembered", None)]


def test_a_bad_token_is_told_with_its_code(
    client: FlaskClient, tokens: TokenFactory, observer: Listing
) -> None:
    call(client, tokens.expired())
    call(client, tokens.unsigned())
    codes = [code for told, code in observer.told if told == "verified"]
    assert codes == ["token_expired", "token_algorithm"]


def test_an_outage_is_told(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer, observer: Listing
) -> None:
    issuer.up = False
    assert call(client, tokens.valid()) == 503
    (fetched, (verified, code)) = observer.told
    assert fetched[0] == "fetched"
    assert fetched[1]
    assert (verified, code) == ("verified", "keys_unavailable")


def test_stale_keys_and_unknown_ones_are_told(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, observer: Listing
) -> None:
    call(client, tokens.valid())
    observer.told.clear()
    call(client, tokens.unknown_key())
    assert ("unknown", issuer.url) in observer.told
    issuer.up = False
    clock.move(3700)
    assert call(client, tokens.valid()) == 200
    assert ("stale", issuer.url) in observer.told
