"""The four modes: who comes in with good credentials, with bad ones, and with none."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.authz import (
    Anonymous,
    Authz,
    anonymous_only,
    current_identity,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)
from app.authz.testing import Clock, FakeIssuer, TokenFactory

from .conftest import bearer_challenge, code_of
from .handmade import app_with, caller

MODES = {
    "requires_auth": requires_auth,
    "optional_auth": optional_auth,
    "anonymous_only": anonymous_only,
    "public": public,
}


def who() -> dict[str, Any]:
    """Say who calls."""
    return {
        "subject": current_identity.subject,
        "anonymous": isinstance(current_identity, Anonymous),
    }


@pytest.fixture
def client(bare: Flask, clock: Clock) -> FlaskClient:
    """A client of an app with a view of each mode, at an address of its name."""
    authz = Authz(bare, clock=clock, timer=clock)
    for name, mode in MODES.items():
        # A function has one guard, so each mode gets a view of its own.
        bare.add_url_rule(f"/{name}", name, mode(lambda: who()))
    authz.check(bare)
    return bare.test_client()


def get(client: FlaskClient, mode: str, token: str | None) -> TestResponse:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return client.get(f"/{mode}", headers=headers)


@pytest.mark.parametrize(
    ("mode", "status"),
    [("requires_auth", 200), ("optional_auth", 200), ("anonymous_only", 403), ("public", 200)],
)
def test_good_credentials(
    client: FlaskClient, tokens: TokenFactory, mode: str, status: int
) -> None:
    """They open everything but what is for others only."""
    assert get(client, mode, tokens.valid()).status_code == status


@pytest.mark.parametrize(
    ("mode", "status"),
    [("requires_auth", 401), ("optional_auth", 401), ("anonymous_only", 401), ("public", 200)],
)
@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("expired", "token_expired"),
        ("wrong_audience", "token_audience"),
        ("wrong_signature", "token_signature"),
        ("opaque", "token_opaque"),
        ("id_token", "token_is_id_token"),
    ],
)
def test_bad_credentials(
    client: FlaskClient, tokens: TokenFactory, mode: str, status: int, broken: str, code: str
) -> None:
    """They are worse than none: whoever sends them believes to be somebody."""
    response = get(client, mode, getattr(tokens, broken)())
    assert response.status_code == status
    if status == 401:
        assert code_of(response) == code
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("mode", "status"),
    [("requires_auth", 401), ("optional_auth", 200), ("anonymous_only", 200), ("public", 200)],
)
@pytest.mark.parametrize(
    "header", [None, "Basic YTpi", "Digest x"], ids=["no header", "Basic", "Digest"]
)
def test_no_credentials(client: FlaskClient, mode: str, status: int, header: str | None) -> None:
    """Another scheme is no credential of ours."""
    headers = {} if header is None else {"Authorization": header}
    response = client.get(f"/{mode}", headers=headers)
    assert response.status_code == status
    if status == 401:
        assert code_of(response) == "token_missing"
        assert response.headers["WWW-Authenticate"] == bearer_challenge()


@pytest.mark.parametrize("mode", ["requires_auth", "optional_auth", "anonymous_only"])
@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b", "Bearer  ", "bearer ,"])
def test_a_malformed_header_is_not_absent(client: FlaskClient, mode: str, header: str) -> None:
    """Optional authentication forgives absence only."""
    response = client.get(f"/{mode}", headers={"Authorization": header})
    assert (response.status_code, code_of(response)) == (400, "request_malformed")


@pytest.mark.parametrize(
    ("mode", "status"),
    [("requires_auth", 503), ("optional_auth", 503), ("anonymous_only", 503), ("public", 200)],
)
def test_unknown_keys_are_503_in_every_mode_but_public(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer, mode: str, status: int
) -> None:
    """Who calls cannot be known, and that is nobody's bad token."""
    issuer.up = False
    response = get(client, mode, tokens.valid())
    assert response.status_code == status
    if status == 503:
        assert code_of(response) == "keys_unavailable"
        assert "WWW-Authenticate" not in response.headers
        assert "Retry-After" in response.headers


def test_public_looks_at_no_credentials(
    client: FlaskClient, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """The caller is `Anonymous` there, and the issuer is never asked."""
    assert get(client, "public", tokens.valid()).json == {"subject": None, "anonymous": True}
    assert issuer.requests.total() == 0


@pytest.mark.parametrize("mode", ["optional_auth", "anonymous_only", "public"])
def test_a_caller_without_credentials_is_anonymous(client: FlaskClient, mode: str) -> None:
    assert get(client, mode, None).json == {"subject": None, "anonymous": True}


@pytest.mark.parametrize("mode", ["requires_auth", "optional_auth"])
def test_a_caller_with_good_credentials_is_known(
    client: FlaskClient, tokens: TokenFactory, mode: str
) -> None:
    expected = {"subject": tokens.claims()["sub"], "anonymous": False}
    assert get(client, mode, tokens.valid()).json == expected


def test_anonymous_only_has_no_challenge(client: FlaskClient, tokens: TokenFactory) -> None:
    """No other token would help."""
    response = get(client, "anonymous_only", tokens.valid())
    assert (response.status_code, code_of(response)) == (403, "anonymous_only")
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize(
    "requirement",
    [requires_permission("read"), requires_scope("read"), requires_claim("org", "acme")],
    ids=["permission", "scope", "claim"],
)
def test_anonymous_callers_who_are_denied_are_asked_to_sign_in(requirement: Any) -> None:
    """Signing in may help them: 401 and a challenge without error."""
    app, _ = app_with()
    app.get("/")(optional_auth(requirement(lambda: "in")))
    response = app.test_client().get("/")
    assert (response.status_code, code_of(response)) == (401, "token_missing")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    ("config", "options"),
    [
        ({"AUTHZ_ANONYMOUS_GRANTS": "read, list"}, {}),
        ({"AUTHZ_ANONYMOUS_GRANTS": ["read", "list"]}, {}),
        ({}, {"anonymous_grants": ["read", "list"]}),
        ({"AUTHZ_ANONYMOUS_GRANTS": "delete"}, {"anonymous_grants": ["read", "list"]}),
    ],
    ids=["setting as text", "setting as list", "option", "option before setting"],
)
def test_anonymous_grants(config: dict[str, Any], options: dict[str, Any]) -> None:
    """What everybody may do is a setting, or an option that takes its place."""
    app, authz = app_with(config, **options)
    app.get("/read")(optional_auth(requires_permission("read", "list")(lambda: "in")))
    app.get("/delete", endpoint="delete")(
        optional_auth(requires_permission("delete")(lambda: "in"))
    )
    app.get("/open", endpoint="open")(public(lambda: {"can": current_identity.can("read")}))
    authz.check(app)
    client = app.test_client()
    assert client.get("/read").status_code == 200
    assert client.get("/delete").status_code == 401
    assert client.get("/open").json == {"can": True}


def test_identified_callers_do_not_get_the_anonymous_grants_on_top() -> None:
    """A caller has what the issuer granted, and nothing else."""
    app, _ = app_with(anonymous_grants=["read"])
    app.get("/")(optional_auth(requires_permission("read")(lambda: "in")))
    client = app.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/", headers=caller()).status_code == 403
    assert client.get("/", headers=caller("read")).status_code == 200


def test_anonymous_grants_do_not_open_what_needs_a_login() -> None:
    app, _ = app_with(anonymous_grants=["read"])
    app.get("/")(requires_permission("read")(lambda: "in"))
    assert app.test_client().get("/").status_code == 401


@pytest.mark.parametrize(("globs", "status"), [("on", 200), ("off", 401)])
def test_anonymous_grants_are_globs_where_grants_are(globs: str, status: int) -> None:
    app, _ = app_with({"AUTHZ_GLOB_GRANTS": globs}, anonymous_grants=["record/*/view"])
    app.get("/")(optional_auth(requires_permission("record/foo/view")(lambda: "in")))
    assert app.test_client().get("/").status_code == status


def test_one_text_is_no_list_of_grants() -> None:
    """Its letters would be granted."""
    with pytest.raises(TypeError, match="list of names"):
        Authz(anonymous_grants="read")


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
@pytest.mark.parametrize("headers", [{}, caller()], ids=["nobody", "somebody"])
def test_a_mode_works_bare_and_called(mode: Any, headers: dict[str, str]) -> None:
    app, authz = app_with()
    app.get("/bare", endpoint="bare")(mode(lambda: "in"))
    app.get("/called", endpoint="called")(mode()(lambda: "in"))
    authz.check(app)
    client = app.test_client()
    bare, called = (client.get(path, headers=headers) for path in ("/bare", "/called"))
    assert (bare.status_code, bare.data) == (called.status_code, called.data)
