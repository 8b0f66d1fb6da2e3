"""`flask authz keys`, and what an issuer's keys say of themselves."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.authz import Authz, Identity, Issuer
from app.authz.errors import KeysUnavailable
from app.authz.testing import Clock, FakeIssuer, SigningKey, TokenFactory
from app.authz.testing.issuer import KEYS, METADATA, Answer
from app.authz.testing.signers import signer
from app.authz.tokens.keys import IssuerKeys

from .conftest import Send


def run(app: Flask, *options: str) -> Result:
    """Run the command as the shell would."""
    arguments = ["authz", "keys", *options]
    return app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)


def rows(app: Flask) -> list[dict[str, Any]]:
    """Return what `--json` prints."""
    result = run(app, "--json")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def held(app: Flask) -> IssuerKeys:
    """Return the keys of the one issuer."""
    (keys,) = app.extensions["authz"].callers.authenticator.issuers.configured
    assert isinstance(keys, IssuerKeys)
    return keys


def test_it_asks_the_issuer_and_prints_what_it_publishes(app: Flask, issuer: FakeIssuer) -> None:
    issuer.cache_control = "max-age=400"
    issuer.members = [issuer.signing_key.jwk, {"kty": "oct", "k": "c2VjcmV0"}]
    result = run(app)
    address = issuer.url.rstrip("/") + KEYS
    assert result.stdout.splitlines() == [
        issuer.url,
        f"  issuer      '{issuer.url}', as its metadata and its tokens write it",
        f"  keys at     {address}",
        "  fetched     in 0.00 s, 0 s ago",
        "  fresh for   7 min (its Cache-Control: max-age=400)",
        "  serves for  24 h, if no other set can be had",
        "  key         'first': RS256; RSA, 2048 bits",
        "  refused     member 1: it publishes its private part, so anybody could have signed",
        "  last error  none",
    ]
    assert (result.exit_code, result.stderr) == (0, "")
    assert issuer.requests == {METADATA: 1, KEYS: 1}


def test_a_max_age_out_of_bounds_is_shown_with_them(app: Flask, issuer: FakeIssuer) -> None:
    issuer.cache_control = "max-age=15"
    line = "  fresh for   5 min (its Cache-Control: max-age=15, kept within 300 and 3600 s)"
    assert line in run(app).stdout.splitlines()


def test_json_says_the_same_to_machines(app: Flask, issuer: FakeIssuer) -> None:
    assert rows(app) == [
        {
            "issuer": issuer.url,
            "state": "fresh",
            "name": issuer.url,
            "jwks_uri": issuer.url.rstrip("/") + KEYS,
            "keys": [
                {"kid": "first", "algorithms": ["RS256"], "kty": "RSA", "crv": None, "bits": 2048}
            ],
            "refused": [],
            "max_age": None,
            "age": 0.0,
            "fresh_for": 600.0,
            "serves_for": 86400.0,
            "fetch_seconds": 0.0,
            "error": "",
            "error_code": "",
        }
    ]


def test_keys_of_every_type_are_shown(bare: Flask, issuer: FakeIssuer) -> None:
    bare.config["AUTHZ_ALGORITHMS"] = "RS256,PS256,ES256,EdDSA"
    Authz(bare)
    unnamed = {
        key: value for key, value in SigningKey(number=1).jwk.items() if key[:2] not in ("al", "ki")
    }
    issuer.members = [unnamed, signer("ES256", 0).jwk, signer("EdDSA", 0).jwk]
    lines = [line for line in run(bare).stdout.splitlines() if line.startswith("  key  ")]
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "None: PS256, RS256; RSA, 2048 bits",
        "None: ES256; EC, P-256",
        "None: EdDSA; OKP, Ed25519",
    ]


def test_every_issuer_is_shown_and_one_outage_is_a_failure(bare: Flask, issuer: FakeIssuer) -> None:
    with FakeIssuer() as other:
        other.up = False
        bare.config["AUTH0_ISSUER_URL"] = f"{other.url},{issuer.url}"
        Authz(bare)
        result = run(bare)
        assert result.exit_code == 1
        assert f"{other.url}\n  error " in result.stdout
        assert "'first'" in result.stdout
        found = rows(bare)
    assert [row["state"] for row in found] == ["missing", "fresh"]
    assert found[0]["error_code"] == "unreachable"
    assert found[0]["keys"] == []


def test_no_usable_key_is_a_failure(app: Flask, issuer: FakeIssuer) -> None:
    issuer.members = [issuer.signing_key.jwk | {"use": "enc"}]
    result = run(app)
    assert result.exit_code == 1
    assert "refused     member 0: its use is not sig" in result.stdout
    assert "none of the keys can be used" in result.stdout


def test_what_an_issuer_sends_moves_no_terminal(app: Flask, issuer: FakeIssuer) -> None:
    issuer.members = [issuer.signing_key.jwk | {"kid": "\x1b[2J\u202e\n\xe9"}]
    for line in run(app).stdout.split("\n"):
        assert line.isascii()
        assert line.isprintable()


def test_an_app_that_authenticates_itself_has_no_keys(bare: Flask, issuer: FakeIssuer) -> None:
    Authz(bare, authenticate=lambda request: Identity("al"))
    result = run(bare, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
    assert "no token is looked at" in result.stderr
    assert not issuer.requests


def test_issuers_found_at_run_time_are_not_known_beforehand(bare: Flask) -> None:
    del bare.config["AUTH0_ISSUER_URL"], bare.config["AUTH0_AUDIENCE"]
    Authz(bare, issuer_for=lambda iss: Issuer(iss, ["a"]))
    result = run(bare)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "name no issuer" in result.stderr


def wrong_metadata() -> Answer:
    return 200, {}, [b'{"issuer": "https://other.test/", "jwks_uri": "https://other.test/keys"}']


def unsafe_metadata(issuer: FakeIssuer) -> Answer:
    metadata = {"issuer": issuer.name, "jwks_uri": "http://other.test/"}
    return 200, {}, [json.dumps(metadata).encode()]


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        (METADATA, lambda issuer: (500, {}, []), "status"),
        (METADATA, lambda issuer: (200, {}, [b"<html>"]), "malformed"),
        (METADATA, lambda issuer: (200, {}, [b"[]"]), "malformed"),
        (METADATA, lambda issuer: wrong_metadata(), "other_issuer"),
        (METADATA, unsafe_metadata, "unsafe"),
        (KEYS, lambda issuer: (200, {}, [b"{}"]), "malformed"),
        (KEYS, lambda issuer: (200, {}, [b" " * 1_000_001]), "too_large"),
    ],
    ids=["500", "HTML", "a list", "another's", "an unsafe address", "no keys", "huge"],
)
def test_a_failed_fetch_has_a_stable_name(
    app: Flask, issuer: FakeIssuer, path: str, answer: Any, code: str
) -> None:
    """For metrics and health checks; the text beside it is for people."""
    issuer.answers[path] = lambda: answer(issuer)
    (row,) = rows(app)
    assert row["error_code"] == code
    assert issuer.origin in row["error"]


def test_an_issuer_that_is_too_slow_has_a_name_too(bare: Flask, issuer: FakeIssuer) -> None:
    bare.config["AUTHZ_KEYS_TIMEOUT"] = "0.2"
    Authz(bare)
    issuer.drip_headers = True
    assert rows(bare)[0]["error_code"] == "timeout"


class TestStatus:
    """What one process knows at one moment."""

    def test_nothing_is_known_at_first_and_nobody_is_asked(
        self, app: Flask, issuer: FakeIssuer
    ) -> None:
        status = held(app).status()
        assert (status.state, status.age, status.usable, status.error) == ("missing", None, 0, "")
        assert (status.fresh_for, status.serves_for) == (0, 0)
        assert not issuer.requests

    def test_a_fetch_over_its_time_has_failed(
        self, app: Flask, issuer: FakeIssuer, clock: Clock
    ) -> None:
        """Whether its thread has noticed or not."""
        issuer.drip_headers = True
        with pytest.raises(KeysUnavailable):
            held(app).published(0)
        assert held(app).status().error_code == ""
        clock.move(4)
        assert held(app).status().error_code == "timeout"

    def test_a_set_grows_old(
        self, app: Flask, send: Send, tokens: TokenFactory, clock: Clock
    ) -> None:
        send(tokens.valid())
        keys = held(app)
        clock.move(100)
        status = keys.status()
        assert (status.state, status.age, status.usable) == ("fresh", 100, 1)
        assert (status.fresh_for, status.serves_for) == (500, 86_300)
        clock.move(500)
        assert (keys.status().state, keys.status().fresh_for) == ("stale", 0)
        clock.move(86_400)
        assert (keys.status().state, keys.status().published) == ("missing", None)

    def test_a_failed_renewal_is_told_while_the_old_set_serves(
        self,
        app: Flask,
        send: Send,
        tokens: TokenFactory,
        issuer: FakeIssuer,
        clock: Clock,
        settle: Any,
    ) -> None:
        send(tokens.valid())
        issuer.up = False
        clock.move(700)
        send(tokens.valid())
        settle()
        status = held(app).status()
        assert (status.state, status.usable, status.error_code) == ("stale", 1, "unreachable")
        issuer.up = True
        clock.move(60)
        send(tokens.valid())
        settle()
        assert (held(app).status().state, held(app).status().error_code) == ("fresh", "")

    def test_loading_waits_for_the_network_only_without_a_set(
        self, app: Flask, issuer: FakeIssuer, clock: Clock
    ) -> None:
        keys = held(app)
        assert keys.published().jwks_uri == issuer.url.rstrip("/") + KEYS
        clock.move(100)
        assert keys.published().issuer == issuer.url
        assert issuer.fetches == 1
