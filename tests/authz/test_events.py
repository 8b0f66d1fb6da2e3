"""What the guard layer tells: signals for programs, and a log line for people."""

import logging
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient

from app.authz import (
    Authz,
    Identity,
    Rights,
    Unauthorized,
    anonymous_only,
    events,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
)
from app.authz.testing import Clock, FakeIssuer, TokenFactory

from .handmade import app_with, caller

Event = tuple[str, dict[str, Any]]

SIGNALS = {"accepted": events.accepted, "rejected": events.rejected, "denied": events.denied}


@pytest.fixture
def told() -> Iterator[list[Event]]:
    """Every signal that is sent, with its arguments; the sender among them."""
    found: list[Event] = []
    # A signal holds its receivers weakly.
    receivers = {
        name: lambda sender, name=name, **sent: found.append((name, {"sender": sender, **sent}))
        for name in SIGNALS
    }
    for name, signal in SIGNALS.items():
        signal.connect(receivers[name])
    yield found
    for name, signal in SIGNALS.items():
        signal.disconnect(receivers[name])


@pytest.fixture
def app(bare: Flask, clock: Clock) -> Flask:
    """An app with one view of each kind."""
    rights = Rights()
    rights.right("create")(lambda identity: True)
    rights.right("record/{name}/view")(lambda identity, name: name == "mine")
    authz = Authz(bare, rights=rights, clock=clock, timer=clock)
    bare.post("/items")(requires_permission("create")(lambda: "in"))
    bare.get("/record/<name>", endpoint="record")(
        optional_auth(requires_permission("record/{name}/view")(lambda name: "in"))
    )
    bare.get("/claim", endpoint="claim")(requires_claim("org", "acme")(lambda: "in"))
    bare.get("/login", endpoint="login")(anonymous_only(lambda: "in"))
    bare.get("/open", endpoint="open")(public(lambda: "in"))
    authz.check(bare)
    return bare


def subject_of(tokens: TokenFactory) -> str:
    claims = tokens.claims()
    return sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_accepted_request_is_told(
    app: Flask, client: FlaskClient, tokens: TokenFactory, told: list[Event]
) -> None:
    """With the rule, not the path; and the subject hashed, with its issuer."""
    client.get("/record/mine", headers=bearer(tokens.valid(("record/mine/view",))))
    told_of = {"sender": app, "route": "/record/<name>", "method": "GET"}
    assert told == [("accepted", {**told_of, "subject": subject_of(tokens)})]


@pytest.mark.parametrize("path", ["/open", "/login"])
def test_nobody_in_particular_is_accepted_without_a_subject(
    client: FlaskClient, told: list[Event], path: str
) -> None:
    client.get(path)
    ((kind, sent),) = told
    assert (kind, sent["route"], sent["subject"]) == ("accepted", path, None)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("expired", "token_expired"),
        ("unsigned", "token_algorithm"),
        ("opaque", "token_opaque"),
        ("unknown_key", "token_key_unknown"),
    ],
)
def test_a_rejected_request_is_told(
    app: Flask,
    client: FlaskClient,
    tokens: TokenFactory,
    told: list[Event],
    broken: str,
    code: str,
) -> None:
    """Of a token that did not verify no subject is known, whatever it says."""
    client.post("/items", headers=bearer(getattr(tokens, broken)()))
    told_of = {"sender": app, "route": "/items", "method": "POST"}
    assert told == [("rejected", {**told_of, "subject": None, "code": code})]


def test_missing_credentials_and_an_outage_are_told(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer, told: list[Event]
) -> None:
    client.post("/items")
    issuer.up = False
    client.post("/items", headers=bearer(tokens.valid()))
    codes = [(kind, sent["code"]) for kind, sent in told]
    assert codes == [("rejected", "token_missing"), ("rejected", "keys_unavailable")]


@pytest.mark.parametrize(
    ("method", "path", "code", "names"),
    [
        ("POST", "/items", "permission_missing", ("create",)),
        ("GET", "/record/foo", "permission_missing", ("record/{name}/view",)),
        ("GET", "/record/other", "right_denied", ("record/{name}/view",)),
        ("GET", "/claim", "permission_missing", ()),
        ("GET", "/login", "anonymous_only", ()),
    ],
)
def test_a_denied_request_is_told(
    client: FlaskClient,
    tokens: TokenFactory,
    told: list[Event],
    method: str,
    path: str,
    code: str,
    names: tuple[str, ...],
) -> None:
    """With who it was, and the names as the developer wrote them."""
    token = tokens.valid(("record/other/view",))
    assert client.open(path, method=method, headers=bearer(token)).status_code == 403
    ((kind, sent),) = told
    assert (kind, sent["code"], sent["names"]) == ("denied", code, names)
    assert (sent["method"], sent["subject"]) == (method, subject_of(tokens))


def test_an_anonymous_caller_is_denied_without_a_subject(
    client: FlaskClient, told: list[Event]
) -> None:
    client.get("/record/foo")
    ((kind, sent),) = told
    assert (kind, sent["code"], sent["subject"]) == ("denied", "token_missing", None)


def test_addresses_without_a_view_are_not_told(client: FlaskClient, told: list[Event]) -> None:
    client.get("/elsewhere")
    client.get("/items")
    client.options("/items")
    assert told == []


def test_no_signal_holds_a_token(
    client: FlaskClient, tokens: TokenFactory, told: list[Event]
) -> None:
    """Nor a part of one, nor the name of who sent it."""
    for token in (tokens.valid(("create",)), tokens.valid(), tokens.expired(), "opaque-text"):
        client.post("/items", headers=bearer(token))
        client.get("/claim", headers=bearer(token))
        text = repr(told)
        assert not [part for part in token.split(".") if part in text]
    assert tokens.claims()["sub"] not in repr(told)
    assert len(told) == 8


def test_two_callers_are_told_apart(told: list[Event]) -> None:
    """By issuer and subject: the same name at another issuer is somebody else."""
    app, _ = app_with()
    app.get("/")(requires_auth(lambda: "in"))
    for attributes in ({}, {"subject": "bo"}, {"issuer": "https://issuer.test"}, {}):
        app.test_client().get("/", headers=caller(**attributes))
    first, second, third, fourth = (sent["subject"] for _, sent in told)
    assert len({first, second, third}) == 3
    assert first == fourth


def test_a_receiver_that_fails_closes_the_door() -> None:
    """What must be told is told, or nothing happens."""

    def fail(sender: Flask, **sent: Any) -> None:
        raise LookupError("audit log gone")

    reached = []
    app, _ = app_with()

    @app.get("/")
    @requires_auth
    def view() -> str:
        reached.append("view")
        return "in"

    with events.accepted.connected_to(fail, app):
        assert app.test_client().get("/", headers=caller()).status_code == 500
    assert reached == []


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "app.authz.refusals"]


@pytest.mark.parametrize(
    ("method", "path", "permissions", "line"),
    [
        ("POST", "/items", (), "POST /items: permission_missing: permission create is not granted"),
        (
            "GET",
            "/record/foo",
            ("record/foo/view",),
            "GET /record/<name>: right_denied: no right: ",
        ),
        ("GET", "/claim", (), "GET /claim: permission_missing: claim org is absent"),
        ("GET", "/login", (), "GET /login: anonymous_only: the caller has signed in"),
    ],
)
def test_a_denial_is_one_log_line_with_its_reason(
    client: FlaskClient,
    tokens: TokenFactory,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    permissions: tuple[str, ...],
    line: str,
) -> None:
    with caplog.at_level(logging.INFO):
        client.open(path, method=method, headers=bearer(tokens.valid(permissions)))
    (found,) = lines_of(caplog)
    assert found.startswith(f"refused {line}")


def test_an_accepted_request_is_no_log_line(
    client: FlaskClient, tokens: TokenFactory, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.post("/items", headers=bearer(tokens.valid(("create",))))
    assert lines_of(caplog) == []


HOSTILE = "x\r\n2030-01-01 INFO refused GET /: nothing \x1b[2J\u2028\u202e\x00é' \\n"


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("/claim", {"permissions": [HOSTILE, HOSTILE * 20]}),
        ("/claim", {"org": HOSTILE}),
        ("/login", {"sub": HOSTILE}),
        ("/login", {"aud": HOSTILE}),
        ("/login", {"iss": HOSTILE}),
        ("/login", {"nonce": HOSTILE}),
        ("/login", {"azp": [HOSTILE]}),
        ("/record/a%0D%0Ab", {"permissions": ["record/a\r\nb/view", HOSTILE]}),
        ("/record/a%0D%0Ab", {HOSTILE: 1}),
    ],
)
def test_nothing_in_the_log_is_forged_by_a_token(
    client: FlaskClient,
    tokens: TokenFactory,
    caplog: pytest.LogCaptureFixture,
    path: str,
    claims: dict[str, Any],
) -> None:
    """What a caller writes is quoted, in ASCII, and bounded."""
    with caplog.at_level(logging.INFO):
        response = client.get(path, headers=bearer(tokens.valid(**claims)))
    assert response.status_code in (401, 403)
    (line,) = lines_of(caplog)
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 2000


def test_a_failing_login_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    """Authentication of an app's own gives the reason itself."""

    def authenticate(request: Request) -> Identity:
        raise Unauthorized("the signature is bad")

    app, _ = app_with(authenticate=authenticate)
    app.get("/")(requires_auth(lambda: "in"))
    with caplog.at_level(logging.INFO):
        app.test_client().get("/")
    assert lines_of(caplog) == ["refused GET /: credentials_invalid: the signature is bad"]
