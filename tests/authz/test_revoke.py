"""`flask authz revoke`."""

import json
import time
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask

from app.authz import Authz
from app.authz.settings import Issuer
from app.authz.state import Kind, Revocation
from app.authz.testing import MemoryState, TokenFactory
from app.authz.tokens.revocation import fingerprint

KEEP = 30 * 86_400

TENANT = Issuer("https://tenant.test/", frozenset({"api"}))
OTHER = Issuer("https://other.test/", frozenset({"api"}))


@pytest.fixture
def state() -> MemoryState:
    return MemoryState()


def guarded(bare: Flask, state: MemoryState | None, *issuers: Issuer) -> Flask:
    """Return an app whose guard layer shares a state."""
    bare.config["AUTH0_ISSUER_URL"] = [issuer.url for issuer in issuers]
    Authz(issuer_for=lambda url: None).init_app(bare, state=state)
    return bare


@pytest.fixture
def app(bare: Flask, state: MemoryState) -> Flask:
    """An app with one issuer."""
    return guarded(bare, state, TENANT)


def revoke(app: Flask, *arguments: str, stdin: str | None = None) -> Result:
    """Run the command as the shell would."""
    return app.test_cli_runner().invoke(args=["authz", "revoke", *arguments], input=stdin)


def only(state: MemoryState) -> Revocation:
    """Return the one entry that there is."""
    (entry,) = state.revocations()
    return entry


def test_a_jti_is_kept_for_as_long_as_is_set(app: Flask, state: MemoryState) -> None:
    result = revoke(app, "--jti", "1")
    entry = only(state)
    assert result.exit_code == 0, result.output
    assert entry == Revocation(TENANT.url, Kind.JTI, "1", None, entry.until)
    assert entry.until == pytest.approx(time.time() + KEEP, abs=10)


@pytest.mark.parametrize("kind", ["subject", "client"])
def test_a_subject_or_client_is_revoked_up_to_now(
    app: Flask, state: MemoryState, kind: str
) -> None:
    before = time.time()
    assert revoke(app, f"--{kind}", "al").exit_code == 0
    entry = only(state)
    assert (entry.kind, entry.value) == (kind, "al")
    assert entry.before is not None
    assert before <= entry.before <= time.time()


def test_it_says_what_it_did_and_where(app: Flask, state: MemoryState) -> None:
    """Results on standard output, nothing else anywhere."""
    result = revoke(app, "--subject", "al", "--until", "2100-01-01")
    assert result.stderr == ""
    first, second = result.stdout.splitlines()
    assert first.startswith("Revoked: subject 'al' of https://tenant.test/, tokens issued before 2")
    assert second == "Kept until 2100-01-01T00:00:00+00:00 in memory."


def test_json_says_the_same_to_machines(app: Flask, state: MemoryState) -> None:
    result = revoke(app, "--jti", "1", "--until", "4102444800", "--json")
    assert json.loads(result.stdout) == {
        "state": "memory",
        "issuer": TENANT.url,
        "kind": "jti",
        "value": "1",
        "before": None,
        "until": 4102444800.0,
    }


@pytest.mark.parametrize(
    "text",
    ["4102444800", "2100-01-01", "2100-01-01T00:00:00", "2100-01-01T02:00+02:00"],
)
def test_until_is_a_moment(app: Flask, state: MemoryState, text: str) -> None:
    """In seconds since the epoch, or as ISO 8601 has it; UTC if it does not say."""
    assert revoke(app, "--jti", "1", "--until", text).exit_code == 0
    assert only(state).until == datetime(2100, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text", ["3600", "21000101", "2020-01-01", "tomorrow", "", "-1", "9" * 400, "nan"]
)
def test_a_moment_that_does_not_lie_ahead_is_a_mistake(
    app: Flask, state: MemoryState, text: str
) -> None:
    result = revoke(app, "--jti", "1", "--until", text)
    assert result.exit_code == 2
    assert "since the epoch" in result.stderr
    assert not state.revocations()


@pytest.mark.parametrize(
    "arguments", [[], ["--jti", "1", "--subject", "al"], ["--issuer", TENANT.url]]
)
def test_exactly_one_thing_is_revoked(app: Flask, state: MemoryState, arguments: list[str]) -> None:
    result = revoke(app, *arguments)
    assert result.exit_code == 2
    assert "exactly one" in result.stderr
    assert not state.revocations()


@pytest.mark.parametrize("value", ["", "a\x00b", "a\nb"])
def test_a_value_that_no_token_has_is_a_mistake(app: Flask, state: MemoryState, value: str) -> None:
    result = revoke(app, "--subject", value)
    assert result.exit_code == 2
    assert "Nothing was revoked" in result.stderr


# Issuers


def test_with_several_issuers_one_must_be_named(bare: Flask, state: MemoryState) -> None:
    app = guarded(bare, state, TENANT, OTHER)
    result = revoke(app, "--jti", "1")
    assert result.exit_code == 2
    assert "Give --issuer: https://tenant.test/, https://other.test/." in result.stderr
    assert revoke(app, "--jti", "1", "--issuer", "https://other.test").exit_code == 0
    assert only(state).issuer == "https://other.test"


def test_an_issuer_that_is_not_configured_is_told(app: Flask, state: MemoryState) -> None:
    """It is written all the same: an app may find issuers at run time."""
    result = revoke(app, "--jti", "1", "--issuer", "https://typo.test/")
    assert "Warning: 'https://typo.test/' is not a configured issuer" in result.stderr
    assert only(state).issuer == "https://typo.test/"


# A token


def test_a_token_is_kept_until_it_cannot_pass_any_more(
    app: Flask, state: MemoryState, tokens: TokenFactory
) -> None:
    """Its own end, and the longest leeway after it. No part of it is printed."""
    token = tokens.valid()
    result = revoke(app, "--token", "-", stdin=f"{token}\n")
    assert result.exit_code == 0, result.output
    ends = tokens.claims()["exp"] + 300
    assert only(state) == Revocation("", Kind.TOKEN, fingerprint(token), None, ends)
    assert not any(part in result.output for part in token.split("."))


def test_a_token_needs_no_issuer(bare: Flask, state: MemoryState, tokens: TokenFactory) -> None:
    app = guarded(bare, state, TENANT, OTHER)
    assert revoke(app, "--token", "-", stdin=tokens.valid()).exit_code == 0


@pytest.mark.parametrize("token", ["opaque", "v4.public.abc", "a.b.c.d.e"])
def test_a_token_that_does_not_say_its_end_is_kept_like_the_rest(
    app: Flask, state: MemoryState, token: str
) -> None:
    revoke(app, "--token", "-", stdin=token)
    assert only(state).value == fingerprint(token)
    assert only(state).until == pytest.approx(time.time() + KEEP, abs=10)


@pytest.mark.parametrize("exp", [10**400, 1e300, 9e15], ids=["huge", "1e300", "9e15"])
def test_a_token_of_eternity_is_kept_to_the_end_of_dates(
    app: Flask, state: MemoryState, tokens: TokenFactory, exp: float
) -> None:
    result = revoke(app, "--token", "-", stdin=tokens.valid(exp=exp))
    assert "9999-12-31" in result.stdout


@pytest.mark.parametrize("exp", ["soon", True, None])
def test_an_end_of_another_type_is_none(
    app: Flask, state: MemoryState, tokens: TokenFactory, exp: object
) -> None:
    revoke(app, "--token", "-", stdin=tokens.valid(exp=exp))
    assert only(state).until == pytest.approx(time.time() + KEEP, abs=10)


def test_a_token_that_has_expired_is_told(
    app: Flask, state: MemoryState, tokens: TokenFactory
) -> None:
    result = revoke(app, "--token", "-", stdin=tokens.expired())
    assert result.exit_code == 1
    assert "has expired" in result.stderr
    assert not state.revocations()


def test_a_token_in_the_arguments_is_refused(app: Flask, state: MemoryState) -> None:
    """Everybody on the machine sees them. It is not repeated."""
    result = revoke(app, "--token", "eyJhbGciOi")
    assert result.exit_code == 2
    assert "--token -" in result.stderr
    assert "eyJ" not in result.output


@pytest.mark.parametrize("stdin", ["", " \n", "Bearer eyJ", "eyJ\neyJ", "é", "x" * 8001])
def test_what_is_no_token_is_a_mistake(app: Flask, state: MemoryState, stdin: str) -> None:
    """It would be written and refuse nobody."""
    result = revoke(app, "--token", "-", stdin=stdin)
    assert result.exit_code == 2
    assert not state.revocations()


# Failure


def test_a_state_that_is_down_is_told(app: Flask, state: MemoryState) -> None:
    """The operator must not believe that it is done."""
    state.down = True
    result = revoke(app, "--jti", "1")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "may not be revoked: the state is down (turn it on again)" in result.stderr


def test_an_app_without_a_state_has_no_deny_list(bare: Flask) -> None:
    result = revoke(guarded(bare, None, TENANT), "--jti", "1")
    assert result.exit_code == 1
    assert "no shared state" in result.stderr
