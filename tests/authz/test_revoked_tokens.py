"""Revoked tokens, as requests bring them: see `test_revocation` for the list itself."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, Issuer, current_identity, optional_auth, public, requires_auth
from app.authz.state import Kind, Revocation
from app.authz.testing import Clock, FakeIssuer, MemoryState, TokenFactory
from app.authz.tokens.revocation import EFFECTIVE_WITHIN, USABLE_FOR, fingerprint

from .conftest import code_of

Make = Callable[..., FlaskClient]


@pytest.fixture
def make(authz_settings: dict[str, str], clock: Clock, state: MemoryState) -> Make:
    """Makes a server of an API with a shared state; keywords are options of `Authz`."""

    def make(**options: object) -> FlaskClient:
        app = Flask("revoking", static_folder=None)
        app.config.update(authz_settings)
        authz = Authz(clock=clock, timer=clock, **options)  # type: ignore[arg-type]
        authz.init_app(app, state=state)

        @app.get("/mine")
        @requires_auth
        def mine() -> str:
            return str(current_identity.subject)

        @app.get("/maybe")
        @optional_auth
        def maybe() -> str:
            return str(current_identity.subject)

        @app.get("/open")
        @public
        def everybody() -> str:
            return "open"

        return app.test_client()

    return make


def get(client: FlaskClient, token: str, path: str = "/mine") -> str:
    """Return what came of a request: the subject or the code of the refusal."""
    response = client.get(path, headers={"Authorization": f"Bearer {token}"})
    return response.text if response.status_code == 200 else code_of(response)


def entry(issuer: FakeIssuer, clock: Clock, kind: Kind, value: str) -> Revocation:
    """Return an entry that would be made now."""
    many = kind in (Kind.SUBJECT, Kind.CLIENT)
    url = "" if kind is Kind.TOKEN else issuer.url
    return Revocation(url, kind, value, clock() if many else None, clock() + 3600)


@pytest.mark.parametrize("kind", list(Kind))
def test_it_is_refused_by_every_server_within_a_second(
    make: Make,
    issuer: FakeIssuer,
    state: MemoryState,
    clock: Clock,
    tokens: TokenFactory,
    kind: Kind,
) -> None:
    """Remembered or not."""
    token = tokens.valid(sub="al", jti="1", client_id="app", iat=int(clock()) - 60)
    seen_before, new = make(), make()
    assert get(seen_before, token) == "al"
    values = {Kind.JTI: "1", Kind.SUBJECT: "al", Kind.CLIENT: "app", Kind.TOKEN: fingerprint(token)}
    state.revoke(entry(issuer, clock, kind, values[kind]))
    clock.move(EFFECTIVE_WITHIN)
    assert get(seen_before, token) == get(new, token) == "token_revoked"
    assert get(new, token, "/maybe") == "token_revoked"
    assert get(new, token, "/open") == "open"
    assert get(new, tokens.valid(sub="bo", jti="2", client_id="other")) == "bo"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.SUBJECT, "al", "its subject; wanted 'iat from {now}', found {iat};"),
        (Kind.JTI, "one", "its jti; wanted None, found 'one'"),
    ],
)
def test_the_log_says_what_the_list_names(
    make: Make,
    issuer: FakeIssuer,
    state: MemoryState,
    clock: Clock,
    tokens: TokenFactory,
    caplog: pytest.LogCaptureFixture,
    kind: Kind,
    value: str,
    words: str,
) -> None:
    state.revoke(entry(issuer, clock, kind, value))
    iat = int(clock()) - 60
    assert get(make(), tokens.valid(sub="al", jti="one", iat=iat)) == "token_revoked"
    expected = f"token_revoked: the deny-list names {words.format(now=clock(), iat=iat)}"
    assert expected.rstrip(";") in caplog.text


def test_a_subject_of_another_issuer_is_another(
    make: Make, issuer: FakeIssuer, state: MemoryState, clock: Clock
) -> None:
    """Two tenants may both have an al."""
    with FakeIssuer() as other:
        client = make(issuer_for=lambda url: Issuer(other.url, ["https://api.test"]))
        state.revoke(entry(issuer, clock, Kind.SUBJECT, "al"))
        ours, theirs = (TokenFactory(each, clock=clock) for each in (issuer, other))
        assert get(client, ours.valid(sub="al", iat=int(clock()) - 1)) == "token_revoked"
        assert get(client, theirs.valid(sub="al", iat=int(clock()) - 1)) == "al"


def test_a_token_issued_afterwards_is_good(
    make: Make, issuer: FakeIssuer, state: MemoryState, clock: Clock, tokens: TokenFactory
) -> None:
    """Who signs in again is let in."""
    client = make()
    state.revoke(entry(issuer, clock, Kind.SUBJECT, "al"))
    clock.move(2)
    assert get(client, tokens.valid(sub="al", iat=int(clock()))) == "al"


def test_an_outage_of_the_state_closes_after_five_seconds(
    make: Make, state: MemoryState, clock: Clock, tokens: TokenFactory
) -> None:
    """Until then the last list holds; public routes ask nobody."""
    client, token = make(), tokens.valid(sub="al")
    assert get(client, token) == "al"
    state.down = True
    clock.move(USABLE_FOR - 0.5)
    assert get(client, token) == "al"
    clock.move(1)
    assert get(client, token) == get(client, token, "/maybe") == "state_unavailable"
    assert get(client, token, "/open") == "open"
    state.down = False
    clock.move(0.5)
    assert get(client, token) == "al"


def test_a_bad_token_asks_nothing_of_the_state(
    make: Make, state: MemoryState, tokens: TokenFactory
) -> None:
    client = make()
    get(client, tokens.valid(aud="https://other.test"))
    assert state.reads == 0
