"""Authentication of an app's own, what it makes of a caller, and answers in an app's own words."""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient

from app.authz import (
    Anonymous,
    Authz,
    AuthzError,
    Forbidden,
    Identity,
    SettingsError,
    Unauthorized,
    anonymous_only,
    current_identity,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)
from app.authz.errors import TokenMissing

from .conftest import code_of
from .handmade import app_with, caller

MODES = {
    "requires_auth": requires_auth,
    "optional_auth": optional_auth,
    "anonymous_only": anonymous_only,
    "public": public,
}


def client_of(authenticate: Callable[..., Any], **options: Any) -> FlaskClient:
    """Return a client of an app with a view of each mode, at an address of its name."""
    app, authz = app_with(authenticate=authenticate, **options)
    for name, mode in MODES.items():
        app.add_url_rule(f"/{name}", name, mode(lambda: {"subject": current_identity.subject}))
    authz.check(app)
    return app.test_client()


def statuses(client: FlaskClient) -> list[int]:
    """Return what each mode answers, in the order above."""
    return [client.get(f"/{name}").status_code for name in MODES]


class Later:
    """Something to await that nobody awaits."""

    def __await__(self) -> Generator[None, None, Identity]:
        yield
        return Identity("al")


async def asynchronous(request: Request) -> Identity:
    await asyncio.sleep(0)
    return Identity(subject=request.path)


def refusing(request: Request) -> None:
    raise Unauthorized("no such user")


def failing(request: Request) -> None:
    raise LookupError("database gone")


@pytest.mark.parametrize(
    ("authenticate", "expected"),
    [
        (lambda request: Identity("al"), [200, 200, 403, 200]),
        (asynchronous, [200, 200, 403, 200]),
        (lambda request: None, [401, 200, 200, 200]),
        (refusing, [401, 401, 401, 200]),
        (failing, [500, 500, 500, 200]),
        (lambda request: True, [500, 500, 500, 200]),
        (lambda request: False, [500, 500, 500, 200]),
        (lambda request: "al", [500, 500, 500, 200]),
        (lambda request: {"subject": "al"}, [500, 500, 500, 200]),
        (lambda request: Anonymous(), [500, 500, 500, 200]),
        (lambda request: Identity, [500, 500, 500, 200]),
        (lambda request: Later(), [500, 500, 500, 200]),
        (lambda: Identity("al"), [500, 500, 500, 200]),
    ],
    ids=[
        "an identity",
        "async",
        "no login",
        "bad credentials",
        "an error",
        "true",
        "false",
        "a text",
        "a mapping",
        "anonymous",
        "a class",
        "something to await",
        "without a parameter",
    ],
)
def test_authentication_is_replaceable(
    authenticate: Callable[..., Any], expected: list[int]
) -> None:
    """Whatever is neither an identity nor nothing closes the door, but to `public`."""
    assert statuses(client_of(authenticate)) == expected


def test_bad_credentials_have_a_code() -> None:
    """And the reason stays with us."""
    response = client_of(refusing).get("/requires_auth")
    assert (response.status_code, code_of(response)) == (401, "credentials_invalid")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert "no such user" not in response.text


def test_no_login_has_the_code_of_a_missing_token() -> None:
    response = client_of(lambda request: None).get("/requires_auth")
    assert (response.status_code, code_of(response)) == (401, "token_missing")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_authentication_gets_the_request_and_takes_the_place_of_tokens() -> None:
    """No `Authorization` header is looked at."""
    client = client_of(lambda request: Identity(request.headers["X-App-Token"]))
    headers = {"X-App-Token": "bo", "Authorization": "Bearer"}
    assert client.get("/requires_auth", headers=headers).json == {"subject": "bo"}


def test_authentication_is_asked_once_a_request() -> None:
    asked = []

    def authenticate(request: Request) -> Identity:
        asked.append(request.path)
        return Identity("al")

    client = client_of(authenticate)
    client.get("/requires_auth")
    client.get("/public")
    assert asked == ["/requires_auth"]


def test_no_issuer_is_needed() -> None:
    """Issuer and audience are settings of tokens. The others are checked all the same."""
    app = Flask("bare", static_folder=None)
    Authz(app, authenticate=lambda request: None)
    with pytest.raises(SettingsError, match="AUTH0_ISSUER_URL"):
        Authz(app)
    app.config["AUTHZ_GLOB_GRANT"] = "on"
    with pytest.raises(SettingsError, match="AUTHZ_GLOB_GRANTS"):
        Authz(app, authenticate=lambda request: None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Identity(subject="al", permissions=["a"], scopes=["s"], claims={"c": [1]}),
        lambda: Identity("al", ("a",), {"s"}, {"c": [1]}),
        lambda: Identity("al", permissions=iter("a"), scopes=(s for s in "s"), claims={"c": [1]}),
    ],
)
def test_an_identity_made_by_hand_meets_every_requirement(make: Callable[[], Identity]) -> None:
    app, authz = app_with(authenticate=lambda request: make())

    @app.get("/")
    @requires_permission("a")
    @requires_scope("s")
    @requires_claim("c", [1])
    def view() -> dict[str, Any]:
        return {
            "subject": current_identity.subject,
            "permissions": sorted(current_identity.permissions),
            "scopes": sorted(current_identity.scopes),
            "claims": dict(current_identity.claims),
            "others": [
                current_identity.issuer,
                current_identity.client_id,
                current_identity.expires_at,
                current_identity.principal,
            ],
            "can": [current_identity.can("a"), current_identity.can("b")],
        }

    authz.check(app)
    assert app.test_client().get("/").json == {
        "subject": "al",
        "permissions": ["a"],
        "scopes": ["s"],
        "claims": {"c": [1]},
        "others": [None, None, None, None],
        "can": [True, False],
    }


def test_an_identity_cannot_be_changed() -> None:
    """One may serve many requests: neither it nor what it was made of changes it."""
    permissions, claims = ["a"], {"c": 1}
    identity = Identity("al", permissions, claims=claims)
    permissions.append("b")
    claims["c"] = 2
    assert (identity.permissions, identity.claims["c"]) == (frozenset("a"), 1)
    with pytest.raises(FrozenInstanceError):
        identity.subject = "bo"  # type: ignore[misc]
    with pytest.raises(TypeError):
        identity.claims["c"] = 2  # type: ignore[index]


@pytest.mark.parametrize(("globs", "expected"), [("on", 200), ("off", 403)])
def test_the_glob_setting_holds_for_identities_made_by_hand(globs: str, expected: int) -> None:
    """How grants match is the app's choice, not the identity's."""
    app, _ = app_with({"AUTHZ_GLOB_GRANTS": globs})

    @app.get("/")
    @requires_permission("record/foo/view")
    def view() -> str:
        return "in"

    @app.get("/can")
    @requires_auth
    def can() -> dict[str, bool]:
        return {"can": current_identity.can("record/foo/view")}

    client, headers = app.test_client(), caller("record/*/view")
    assert client.get("/", headers=headers).status_code == expected
    assert client.get("/can", headers=headers).json == {"can": expected == 200}


def test_one_identity_in_two_apps_matches_as_each_app_says() -> None:
    shared = Identity("al", ["a/*"])
    found = []
    for globs in ("on", "off", "on"):
        app, _ = app_with({"AUTHZ_GLOB_GRANTS": globs}, authenticate=lambda request: shared)
        app.get("/")(requires_permission("a/b")(lambda: "in"))
        found.append(app.test_client().get("/").status_code)
    assert found == [200, 403, 200]


async def load_later(identity: Identity) -> str:
    await asyncio.sleep(0)
    return f"user {identity.subject}"


@pytest.mark.parametrize(
    "loader", [lambda identity: f"user {identity.subject}", load_later], ids=["sync", "async"]
)
def test_the_principal_is_what_the_app_loads(loader: Callable[..., Any]) -> None:
    """The app's own user, say. Nobody in particular has none."""
    app, _ = app_with(principal_loader=loader)
    app.get("/")(optional_auth(lambda: {"principal": current_identity.principal}))
    app.get("/open", endpoint="open")(public(lambda: {"principal": current_identity.principal}))
    client = app.test_client()
    assert client.get("/", headers=caller()).json == {"principal": "user al"}
    assert client.get("/").json == {"principal": None}
    assert client.get("/open", headers=caller()).json == {"principal": None}


def test_a_principal_loader_may_refuse() -> None:
    """A user who was locked out, say."""

    def load(identity: Identity) -> None:
        raise Unauthorized("locked out")

    app, _ = app_with(principal_loader=load)
    app.get("/")(optional_auth(lambda: "in"))
    response = app.test_client().get("/", headers=caller())
    assert (response.status_code, code_of(response)) == (401, "credentials_invalid")


def test_a_principal_loader_that_fails_closes_the_door() -> None:
    app, _ = app_with(principal_loader=lambda identity: 1 / 0)
    app.get("/")(optional_auth(lambda: "in"))
    client = app.test_client()
    assert client.get("/", headers=caller()).status_code == 500
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("early", [True, False], ids=["before init", "after init"])
@pytest.mark.parametrize(
    ("kind", "path", "headers", "expected"),
    [
        (AuthzError, "/", {}, "own token_missing"),
        (Unauthorized, "/", {}, "own token_missing"),
        (TokenMissing, "/", {}, "own token_missing"),
        (AuthzError, "/", caller(), "own permission_missing"),
        (Forbidden, "/", caller(), "own permission_missing"),
    ],
)
def test_answers_are_changed_in_one_place(
    early: bool,
    kind: type[AuthzError],
    path: str,
    headers: dict[str, str],
    expected: str,
) -> None:
    """The status is the app's to choose too; the challenge is added."""
    app = Flask("own", static_folder=None)
    authz = Authz(authenticate=app_authenticate)
    if not early:
        authz.init_app(app)
    app.register_error_handler(kind, lambda error: (f"own {error.code}", 418))
    if early:
        authz.init_app(app)
    app.get("/")(requires_permission("a")(lambda: "in"))
    response = app.test_client().get(path, headers=headers)
    assert (response.status_code, response.text) == (418, expected)
    assert response.headers.get_all("WWW-Authenticate") == [
        'Bearer realm="api", error="insufficient_scope", scope="a"'
        if headers
        else 'Bearer realm="api"'
    ]


def app_authenticate(request: Request) -> Identity | None:
    return Identity("al") if "X-Caller" in request.headers else None


def test_an_answer_for_one_kind_leaves_the_others() -> None:
    app, _ = app_with()
    app.register_error_handler(Forbidden, lambda error: ("own", 403))
    app.get("/")(requires_permission("a")(lambda: "in"))
    assert app.test_client().get("/", headers=caller()).text == "own"
    assert code_of(app.test_client().get("/")) == "token_missing"


def test_an_own_answer_may_bring_its_own_challenge() -> None:
    app, _ = app_with()
    own = {"WWW-Authenticate": 'Own realm="x"'}
    app.register_error_handler(AuthzError, lambda error: ("own", 401, own))
    app.get("/")(requires_auth(lambda: "in"))
    response = app.test_client().get("/")
    assert response.headers.get_all("WWW-Authenticate") == ['Own realm="x"']


@pytest.mark.parametrize("kind", [Exception, 401, 403, 500], ids=str)
def test_an_answer_to_other_errors_is_none_to_refusals(kind: Any) -> None:
    app, _ = app_with()
    app.register_error_handler(kind, lambda error: ("own", 200))
    app.get("/")(requires_auth(lambda: "in"))
    assert app.test_client().get("/").status_code == 401
