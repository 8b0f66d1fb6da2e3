"""The hook that enforces, and the check at boot."""

import logging

import pytest
from flask import Blueprint, Flask, Request, Response, abort, request

from app.authz import (
    Anonymous,
    Authz,
    AuthzError,
    Forbidden,
    Identity,
    Unauthorized,
    current_identity,
    public,
    requires_auth,
    requires_permission,
)
from app.authz.testing import Clock, TokenFactory

from .conftest import bearer_challenge
from .handmade import app_with, caller


@pytest.fixture
def authz(bare: Flask, clock: Clock) -> Authz:
    return Authz(bare, clock=clock, timer=clock)


def test_a_view_that_declares_nothing_is_closed(
    bare: Flask, authz: Authz, tokens: TokenFactory
) -> None:
    """An unchecked app is closed all the same: the check is for the developer."""

    @bare.get("/")
    def view() -> str:
        return "in"

    client = bare.test_client()
    assert client.get("/").status_code == 401
    headers = {"Authorization": f"Bearer {tokens.valid()}"}
    assert client.get("/", headers=headers).status_code == 200


def test_a_view_that_declares_nothing_stops_the_boot(bare: Flask, authz: Authz) -> None:
    """The message has endpoint, file, line and the cure."""

    @bare.get("/hole/<name>")
    def hole(name: str) -> str:
        return name

    line = hole.__code__.co_firstlineno
    with pytest.raises(RuntimeError) as caught:
        authz.check(bare)
    text = str(caught.value)
    assert "/hole/<name> (endpoint 'hole'" in text
    assert f"{__file__}:{line}" in text
    assert "@requires_auth" in text


def test_flasks_own_static_route_stops_the_boot(authz: Authz) -> None:
    app = Flask("with_static")
    with pytest.raises(RuntimeError, match=r"static_folder=None, or open it: app\.view_functions"):
        authz.check(app)


def test_an_app_without_authz_stops_the_boot() -> None:
    """A forgotten `init_app`."""
    app = Flask("bare", static_folder=None)
    for ask in (Authz().check, Authz().warm, Authz().key_sets):
        with pytest.raises(RuntimeError, match="this app has no Authz"):
            ask(app)


def test_a_name_outside_the_catalogue_stops_the_boot(bare: Flask) -> None:
    """A misspelt permission would be granted to nobody."""
    authz = Authz(bare, permissions=["create:items"])

    @bare.get("/right")
    @requires_permission("create:items")
    def right() -> str:
        return ""

    @bare.get("/wrong")
    @requires_permission("create:item")
    def wrong() -> str:
        return ""

    with pytest.raises(RuntimeError, match="'create:item'") as caught:
        authz.check(bare)
    assert "/right" not in str(caught.value)


def test_the_guard_runs_before_every_other_hook(bare: Flask, clock: Clock) -> None:
    """Nothing of the app's runs for a refused request, whatever was registered first."""
    seen = []
    bare.before_request(lambda: seen.append("before"))
    Authz(bare, clock=clock, timer=clock)
    bare.before_request(lambda: seen.append("after"))
    bare.get("/")(requires_auth(lambda: "in"))
    assert bare.test_client().get("/").status_code == 401
    assert seen == []


def test_addresses_without_a_view_are_not_guarded(bare: Flask, authz: Authz) -> None:
    """404 and 405 tell a stranger nothing, and cost no token check."""
    bare.post("/")(requires_auth(lambda: "in"))
    client = bare.test_client()
    assert client.get("/elsewhere").status_code == 404
    assert client.get("/").status_code == 405


def test_head_is_guarded_as_get(bare: Flask, authz: Authz) -> None:
    bare.get("/")(requires_auth(lambda: "in"))
    assert bare.test_client().head("/").status_code == 401


def test_options_passes_where_flask_answers_it(bare: Flask, authz: Authz) -> None:
    bare.get("/")(requires_auth(lambda: "in"))
    response = bare.test_client().options("/")
    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_options_of_the_views_own_is_guarded(bare: Flask, authz: Authz) -> None:
    bare.route("/", methods=["GET", "OPTIONS"])(requires_auth(lambda: "in"))
    assert bare.test_client().options("/").status_code == 401


def test_the_caller_is_the_token(bare: Flask, authz: Authz, tokens: TokenFactory) -> None:
    """Every attribute of the identity, as the token has it."""
    seen = []

    @bare.get("/")
    @requires_auth
    def view() -> str:
        seen.append(current_identity._get_current_object())  # type: ignore[union-attr]
        return ""

    token = tokens.valid(("a", "b"), org_id="org_1")
    bare.test_client().get("/", headers={"Authorization": f"Bearer {token}"})
    claims = tokens.claims(("a", "b"), org_id="org_1")
    assert seen == [
        Identity(
            subject=claims["sub"],
            permissions=["b", "a"],
            scopes=["openid", "profile"],
            claims=claims,
            issuer=claims["iss"],
            client_id="my-client",
            expires_at=claims["exp"],
        )
    ]
    assert seen[0].can("a")
    assert not seen[0].can("c")


def test_nobody_is_known_on_a_public_view(bare: Flask, authz: Authz, tokens: TokenFactory) -> None:
    @bare.get("/")
    @public
    def view() -> str:
        assert isinstance(current_identity, Anonymous)
        return str(current_identity.subject)

    headers = {"Authorization": f"Bearer {tokens.valid()}"}
    assert bare.test_client().get("/", headers=headers).text == "None"


def test_nobody_is_known_where_no_view_was_reached(bare: Flask, authz: Authz) -> None:
    @bare.errorhandler(404)
    def missing(_: Exception) -> str:
        return str(current_identity.subject)

    assert bare.test_client().get("/elsewhere").text == "None"


def test_a_caller_does_not_outlive_the_request(
    bare: Flask, authz: Authz, tokens: TokenFactory
) -> None:
    """Two requests inside one application context are still two callers."""
    bare.get("/")(requires_auth(lambda: "in"))
    bare.get("/who", endpoint="who")(public(lambda: str(current_identity.subject)))
    with bare.app_context():
        client = bare.test_client()
        headers = {"Authorization": f"Bearer {tokens.valid()}"}
        assert client.get("/", headers=headers).status_code == 200
        assert client.get("/who").text == "None"
        assert client.get("/").status_code == 401


@pytest.mark.parametrize("early", [True, False], ids=["before init", "after init"])
@pytest.mark.parametrize("kind", [AuthzError, Unauthorized])
def test_an_app_may_answer_in_its_own_words(
    bare: Flask, clock: Clock, early: bool, kind: type[AuthzError]
) -> None:
    """The challenge is added to whatever body the app makes."""

    def answer(error: AuthzError) -> tuple[str, int]:
        return f"no: {error.code}", error.status

    if early:
        bare.register_error_handler(kind, answer)
    Authz(bare, clock=clock, timer=clock)
    if not early:
        bare.register_error_handler(kind, answer)
    bare.get("/")(requires_auth(lambda: "in"))
    response = bare.test_client().get("/")
    assert (response.status_code, response.text) == (401, "no: token_missing")
    assert response.headers["WWW-Authenticate"] == bearer_challenge()


def test_a_view_may_refuse_too(bare: Flask, authz: Authz, tokens: TokenFactory) -> None:
    """What a view raises is answered as the guard's own refusals are."""

    @bare.get("/")
    @requires_auth
    def view() -> str:
        raise Forbidden("not on Mondays")

    response = bare.test_client().get("/", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert response.status_code == 403
    challenge = bearer_challenge(error="insufficient_scope")
    assert response.headers["WWW-Authenticate"] == challenge
    assert "Mondays" not in response.text


def test_of_two_refusals_the_last_is_answered(
    bare: Flask, authz: Authz, tokens: TokenFactory
) -> None:
    """A view that calls another may catch its refusal, and refuse for a reason of its own."""

    @bare.get("/other")
    @requires_permission("a")
    def other() -> str:
        return "in"

    @bare.get("/")
    @requires_auth
    def view() -> str:
        try:
            return other()
        except Forbidden:
            raise Unauthorized("not on Mondays") from None

    response = bare.test_client().get("/", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert response.status_code == 401
    challenge = bearer_challenge(error="invalid_token")
    assert response.headers.getlist("WWW-Authenticate") == [challenge]


def test_an_app_that_authenticates_itself_has_no_keys(bare: Flask) -> None:
    authz = Authz(bare, authenticate=lambda _: None)
    authz.warm(bare)
    assert authz.key_sets(bare) == ()


def test_two_apps_do_not_share_a_guard(bare: Flask, clock: Clock, tokens: TokenFactory) -> None:
    """One `Authz` may serve several apps; what belongs to an app lies in the app."""
    other = Flask("other", static_folder=None)
    other.config.update(bare.config, AUTH0_AUDIENCE="https://other.test")
    authz = Authz(clock=clock, timer=clock)
    for app in (bare, other):
        authz.init_app(app)
        app.get("/")(requires_auth(lambda: "in"))
    headers = {"Authorization": f"Bearer {tokens.valid()}"}
    assert bare.test_client().get("/", headers=headers).status_code == 200
    assert other.test_client().get("/", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "hostile", ["x\r\nINFO refused nothing \x1b[31m\u2028é" + "A" * 500, "\0" * 199]
)
def test_a_refusal_is_one_log_line(
    bare: Flask, authz: Authz, tokens: TokenFactory, caplog: pytest.LogCaptureFixture, hostile: str
) -> None:
    """Code, reason, both values and the cure; nothing that a caller writes can begin a line."""
    bare.get("/view/<name>")(requires_auth(lambda name: "in"))
    token = tokens.valid(aud=hostile)
    with caplog.at_level(logging.INFO):
        bare.test_client().get("/view/%0Aname", headers={"Authorization": f"Bearer {token}"})
    (line,) = [r.getMessage() for r in caplog.records if r.name == "app.authz.refusals"]
    assert line.startswith("refused GET /view/<name>: token_audience: aud does not name this API; ")
    assert "wanted ['https://api.test']" in line
    assert "AUTH0_AUDIENCE" in line
    assert line.isprintable()
    assert line.isascii()
    assert len(line) < 600
    assert token.split(".")[2] not in line


@pytest.mark.parametrize(
    ("globs", "granted", "cure"),
    [
        ("off", "order/*/view", "AUTHZ_GLOB_GRANTS=on"),
        ("on", "order/*/view", "RBAC"),
        ("off", "order", "RBAC"),
    ],
)
def test_a_pattern_that_does_not_count_is_told(
    caplog: pytest.LogCaptureFixture, globs: str, granted: str, cure: str
) -> None:
    app, _ = app_with({"AUTHZ_GLOB_GRANTS": globs})
    app.get("/")(requires_permission("order/1/edit")(lambda: "in"))
    assert app.test_client().get("/", headers=caller(granted)).status_code == 403
    assert cure in caplog.text


def test_a_deep_value_does_not_break_the_log(
    bare: Flask, authz: Authz, tokens: TokenFactory
) -> None:
    """What can be parsed cannot always be printed: neither may become a 500."""
    bare.get("/")(requires_auth(lambda: "in"))
    client = bare.test_client()
    for depth in range(10, 960, 10):
        deep = "[" * depth + "]" * depth
        for claims in (
            f'{{"iss": {deep}}}',
            f'{{"iss": "{tokens.issuer.url}", "exp": 9999999999, "aud": {deep}}}',
        ):
            header = {"Authorization": f"Bearer {tokens.make(claims=claims)}"}
            assert client.get("/", headers=header).status_code in (400, 401)


def test_an_error_of_the_apps_stays_the_apps(bare: Flask, authz: Authz) -> None:
    @bare.get("/")
    @public
    def view() -> Response:
        abort(418 if request.args else 409)

    assert bare.test_client().get("/").status_code == 409


def test_a_refusal_of_a_views_own_gets_its_challenge_whoever_answers(
    bare: Flask, authz: Authz, tokens: TokenFactory, caplog: pytest.LogCaptureFixture
) -> None:
    """And its log line: no refusal goes unseen."""

    @bare.get("/")
    @requires_auth
    def view() -> str:
        raise Forbidden("not on Mondays")

    bare.register_error_handler(AuthzError, lambda error: ("no", error.status))
    response = bare.test_client().get("/", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert (response.status_code, response.text) == (403, "no")
    challenge = bearer_challenge(error="insufficient_scope")
    assert response.headers["WWW-Authenticate"] == challenge
    assert "not on Mondays" in caplog.text


def test_a_reason_of_the_apps_own_cannot_forge_a_line(
    bare: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """An app's authentication may quote its caller."""

    def authenticate(_: Request) -> Identity | None:
        raise Unauthorized("no user \r\nINFO all is well \x1b[2J\u2028é")

    Authz(bare, authenticate=authenticate)
    bare.get("/")(requires_auth(lambda: "in"))
    assert bare.test_client().get("/").status_code == 401
    (line,) = [r.getMessage() for r in caplog.records if r.name == "app.authz.refusals"]
    assert line.isprintable()
    assert line.isascii()


def test_a_blueprint_guard_that_declares_nothing_is_a_type_error(authz: Authz) -> None:
    with pytest.raises(TypeError, match="declare nothing"):
        authz.guard_blueprint(Blueprint("menu", __name__), lambda view: view)
