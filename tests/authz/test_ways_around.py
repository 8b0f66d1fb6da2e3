"""Ways to reach a view past its guard, and mistakes that would open one."""

import logging
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any, ClassVar

import pytest
from flask import Blueprint, Flask, current_app, request
from flask.views import MethodView
from werkzeug.routing import Rule

from app.authz import (
    AuthzError,
    anonymous_only,
    current_identity,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
)

from .handmade import app_with, caller

View = Callable[..., Any]

a = requires_permission("a")

PERMITTED = (401, 403, 200)


def statuses(app: Flask, path: str = "/", method: str = "GET", **more: Any) -> tuple[int, ...]:
    """Return what nobody gets, a caller, and one with the permission."""
    client = app.test_client()
    headers: tuple[dict[str, str], ...] = ({}, caller(), caller("a"))
    return tuple(
        client.open(path, method=method, headers=each, **more).status_code for each in headers
    )


def app_of(view: View, **options: Any) -> Flask:
    """Return an app with one view, whose routes are as they should be."""
    app, authz = app_with()
    app.add_url_rule("/", "view", view, **options)
    authz.check(app)
    return app


class Bearer:
    """Views of all kinds, but functions."""

    def __call__(self) -> str:
        return "in"

    def method(self) -> str:
        return "in"

    @a
    def guarded(self) -> str:
        return "in"

    @classmethod
    def of_the_class(cls) -> str:
        return "in"

    @staticmethod
    def of_nobody() -> str:
        return "in"


KINDS: dict[str, Callable[[], View]] = {
    "a lambda": lambda: a(lambda: "in"),
    "a partial": lambda: a(partial(lambda text: text, "in")),
    "an object with __call__": lambda: a(Bearer()),
    "a bound method": lambda: a(Bearer().method),
    "a method that is guarded in its class": lambda: Bearer().guarded,
    "a class method": lambda: a(Bearer.of_the_class),
    "a static method": lambda: a(Bearer.of_nobody),
    "a cached function": lambda: a(cache(lambda: "in")),
    "a cached guard": lambda: cache(a(lambda: "in")),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_whatever_can_be_called_can_be_guarded(kind: Callable[[], View]) -> None:
    assert statuses(app_of(kind())) == PERMITTED


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_whatever_is_guarded_answers_500_without_authz(kind: Callable[[], View]) -> None:
    app = Flask("forgotten", static_folder=None)
    app.add_url_rule("/", "view", kind())
    response = app.test_client().get("/")
    # What the cache of a test before keeps is no view's body.
    assert response.status_code == 500
    assert "no Authz" in response.text


class Slotted:
    """What takes no attributes."""

    __slots__ = ()

    def __call__(self) -> str:
        return "in"


@pytest.mark.parametrize("view", [Slotted(), len, "view", 1, None.__class__])
def test_what_cannot_bear_a_guard_is_a_type_error(view: Any) -> None:
    with pytest.raises(TypeError):
        a(view)


def test_a_contradiction_names_a_view_without_a_name() -> None:
    with pytest.raises(TypeError, match="both requires_auth and public"):
        public(requires_auth(partial(lambda: "")))


def hiding(view: View) -> View:
    """Stands for a decorator without `functools.wraps`."""

    def inner(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return inner


HIDDEN: dict[str, Callable[[View], View]] = {
    "a decorator without wraps": hiding,
    "a partial": partial,
}


@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (requires_auth, a, PERMITTED),
        (optional_auth, a, PERMITTED),
        (requires_permission("b"), a, (401, 403, 403)),
        # Nobody is known on a public view: what is below it stays closed.
        (public, a, (401, 401, 401)),
        (public, requires_auth, (401, 401, 401)),
        (optional_auth, requires_auth, (401, 200, 200)),
        (requires_auth, anonymous_only, (401, 403, 403)),
        (requires_auth, public, (401, 200, 200)),
        (anonymous_only, a, (401, 403, 403)),
    ],
)
def test_a_guard_that_the_hook_cannot_see_holds_all_the_same(
    hide: Callable[[View], View], outer: Any, inner: Any, expected: tuple[int, ...]
) -> None:
    """Two guards with something between them that hides one from the other: both must hold."""
    assert statuses(app_of(outer(hide(inner(lambda: "in"))))) == expected


@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_hidden_guard_alone_stops_the_boot_and_holds(hide: Callable[[View], View]) -> None:
    app, authz = app_with()
    app.add_url_rule("/", "view", hide(a(lambda: "in")))
    with pytest.raises(RuntimeError, match="declares no guard"):
        authz.check(app)
    assert statuses(app) == PERMITTED


def test_a_hidden_guard_of_an_object_or_a_class_holds() -> None:
    class Items(MethodView):
        @requires_auth
        @hiding
        @a
        def get(self) -> str:
            return "in"

    class Item:
        @a
        def __call__(self) -> str:
            return "in"

    assert statuses(app_of(Items.as_view("items"))) == PERMITTED
    assert statuses(app_of(requires_auth(Item()))) == PERMITTED


def test_a_hidden_guard_is_answered_and_logged_as_any_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = app_of(requires_auth(hiding(a(lambda: "in"))))
    with caplog.at_level(logging.INFO):
        response = app.test_client().get("/", headers=caller())
    assert 'scope="a"' in response.headers["WWW-Authenticate"]
    (line,) = [r.getMessage() for r in caplog.records if r.name == "app.authz.refusals"]
    assert line.startswith("refused GET /: permission_missing: permission a is not granted")


def test_an_async_view_with_a_hidden_guard_is_closed() -> None:
    async def view() -> str:
        return "in"

    def hide(view: View) -> View:
        def inner() -> Any:
            return current_app.ensure_sync(view)()

        return inner

    assert statuses(app_of(requires_auth(hide(a(view))))) == PERMITTED


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        (requires_auth, (401, 403, 200)),
        (optional_auth, (401, 403, 200)),
        (public, (401, 401, 401)),
        (a, (401, 403, 200)),
    ],
)
def test_a_view_that_another_view_calls_is_guarded(guard: Any, expected: tuple[int, ...]) -> None:
    """A guard decorates a function: whoever gets there has passed it."""
    app, authz = app_with()

    @app.get("/inner")
    @a
    def inner() -> str:
        return "in"

    app.get("/")(guard(lambda: inner()))
    authz.check(app)
    assert statuses(app) == expected


def test_a_view_with_one_guard_may_call_another_of_the_same() -> None:
    app, authz = app_with()

    @app.put("/<name>")
    @requires_permission("a")
    def one(name: str) -> str:
        return name

    @app.put("/")
    @requires_permission("a")
    def by_body() -> str:
        return one("foo")

    authz.check(app)
    assert statuses(app, method="PUT") == PERMITTED


def test_an_error_handler_is_no_way_to_a_view() -> None:
    """Where no route was reached nobody was let in."""
    app, _ = app_with()
    view: Callable[[], str] = a(lambda: "in")
    app.register_error_handler(404, lambda error: view())
    assert app.test_client().get("/", headers=caller("a")).status_code == 500


def test_an_answer_to_refusals_is_no_way_to_a_view() -> None:
    app, _ = app_with()
    view: Callable[[], str] = a(lambda: "in")
    app.register_error_handler(AuthzError, lambda error: view())
    app.get("/")(view)
    assert statuses(app) == (500, 500, 200)


@pytest.mark.parametrize("when", ["before init", "after init"])
def test_a_hook_that_answers_early_answers_nobody_who_is_refused(when: str) -> None:
    app = Flask("early", static_folder=None)
    authz = app_with()[1]
    if when == "after init":
        authz.init_app(app)
    app.before_request(lambda: "early")
    if when == "before init":
        authz.init_app(app)
    app.get("/")(a(lambda: "in"))
    assert statuses(app) == PERMITTED


def test_a_hook_that_changes_the_method_reaches_no_other_guard() -> None:
    """The guard of the method that was routed was asked, and then that of what is called."""

    class Items(MethodView):
        @optional_auth
        def get(self) -> str:
            return "in"

        @a
        def delete(self) -> str:
            return "in"

    app, authz = app_with()
    app.add_url_rule("/", view_func=Items.as_view("items"))
    authz.check(app)

    @app.before_request
    def override() -> None:
        request.method = "DELETE"

    assert statuses(app) == PERMITTED


def test_a_hook_that_changes_the_route_reaches_no_other_guard() -> None:
    app, authz = app_with()
    app.get("/")(optional_auth(lambda: "in"))
    app.get("/other", endpoint="other")(a(lambda: "in"))
    authz.check(app)

    @app.before_request
    def rewrite() -> None:
        request.url_rule = next(app.url_map.iter_rules("other"))

    assert statuses(app) == PERMITTED


def test_a_request_inside_another_is_a_request_of_its_own() -> None:
    """Nobody is let in because somebody else was."""
    app, _ = app_with()
    app.get("/inner")(a(lambda: str(current_identity.subject)))

    @app.get("/")
    @requires_auth
    def outer() -> dict[str, Any]:
        with app.test_request_context("/inner"):
            anonymous = current_identity.subject
        inner = app.test_client().get("/inner").status_code
        return {"inner": inner, "inside": anonymous, "subject": current_identity.subject}

    response = app.test_client().get("/", headers=caller("a"))
    assert response.json == {"inner": 401, "inside": None, "subject": "al"}


def test_to_dispatch_without_the_hooks_reaches_no_guarded_view() -> None:
    """As a test may do, or a script."""
    app = app_of(a(lambda: "in"))
    with app.test_request_context("/", headers=caller("a")):
        with pytest.raises(Exception, match="500"):
            app.dispatch_request()
        app.preprocess_request()
        assert app.dispatch_request() == "in"
    with app.test_request_context("/", headers=caller()), pytest.raises(AuthzError):
        app.preprocess_request()


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ({"methods": ["OPTIONS"]}, "OPTIONS"),
        ({"methods": ["GET", "OPTIONS"]}, "OPTIONS"),
        ({"methods": ["HEAD"]}, "HEAD"),
        ({"methods": ["get"]}, "HEAD"),
        ({"methods": ["PURGE"]}, "PURGE"),
        ({"methods": ["TRACE"]}, "TRACE"),
        ({"methods": ["OPTIONS"], "provide_automatic_options": False}, "OPTIONS"),
    ],
)
def test_every_method_that_reaches_the_view_is_guarded(
    options: dict[str, Any], method: str
) -> None:
    assert statuses(app_of(a(lambda: "in"), **options), method=method) == PERMITTED


def test_a_rule_of_any_method_is_guarded_on_all() -> None:
    """As Flask's documentation of `Flask.endpoint` makes one."""
    app, authz = app_with()
    app.url_map.add(Rule("/", endpoint="view"))
    app.endpoint("view")(a(lambda: "in"))
    authz.check(app)
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "MADE-UP"):
        assert statuses(app, method=method) == PERMITTED


def test_rules_of_hosts_subdomains_and_websockets_are_guarded() -> None:
    app = Flask("hosts", static_folder=None, subdomain_matching=True)
    app.config["SERVER_NAME"] = "menu.test"
    app_with()[1].init_app(app)
    app.add_url_rule("/", "sub", a(lambda name: "in"), subdomain="<name>")
    app.add_url_rule("/ws", "ws", a(lambda: "in"), websocket=True)
    assert statuses(app, base_url="http://one.menu.test/") == PERMITTED
    assert statuses(app, "/ws", base_url="ws://menu.test/") == PERMITTED


def test_one_view_at_several_addresses_is_guarded_at_each() -> None:
    """By the same endpoint, by another, and with defaults."""
    app, authz = app_with()
    view = a(lambda number=1: "in")
    app.add_url_rule("/one", "one", view)
    app.add_url_rule("/two", "one", view)
    app.add_url_rule("/three/<int:number>", "three", view)
    app.add_url_rule("/four", "four", view, defaults={"number": 4})
    authz.check(app)
    for path in ("/one", "/two", "/three/3", "/four"):
        assert statuses(app, path) == PERMITTED


def test_a_view_that_takes_the_place_of_another_brings_its_guard() -> None:
    """As an extension may do with `app.view_functions`, even after the first request."""
    app = app_of(requires_auth(lambda: "in"))
    assert statuses(app) == (401, 200, 200)
    app.view_functions["view"] = a(lambda: "in")
    assert statuses(app) == PERMITTED


def test_a_guard_layer_of_two_is_passed_twice() -> None:
    """Whoever guards an app twice asks twice."""
    app = app_of(a(lambda: "in"))
    app_with(authenticate=lambda request: None)[1].init_app(app)
    assert statuses(app) == (401, 401, 401)


def test_a_static_file_of_a_blueprint_is_closed() -> None:
    app, authz = app_with()
    app.register_blueprint(Blueprint("files", __name__, static_folder=".", static_url_path="/f"))
    with pytest.raises(RuntimeError, match=r"files\.static"):
        authz.check(app)
    path = "/f/" + __file__.rpartition("/")[2]
    assert app.test_client().get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/%00", "/%ff%fe", "/a/../b", "/%2e%2e/%2e%2e", "/%ED%A0%80", "/%0d%0aX:y", "/{0}", "/" * 99],
)
def test_no_address_is_a_way_around_or_an_error(path: str) -> None:
    app, authz = app_with()
    app.get("/<path:rest>")(requires_permission("a", "{rest}")(lambda rest: "in"))
    authz.check(app)
    assert set(statuses(app, path)) <= {308, 401, 403, 404}


def test_a_class_decorated_twice_is_guarded_once() -> None:
    """Every layer lets in who has passed the guard."""

    class Items(MethodView):
        decorators: ClassVar = [a, requires_auth]

        @a
        def get(self) -> str:
            return "in"

    a(a(requires_auth(Items)))
    assert statuses(app_of(a(Items.as_view("items")))) == PERMITTED


def test_a_decorator_that_runs_before_the_view_sees_the_caller() -> None:
    """The guard has run before everything that stands around the view."""
    seen = []

    def auditing(view: View) -> View:
        @wraps(view)
        def inner(*args: Any, **kwargs: Any) -> Any:
            seen.append(current_identity.subject)
            return view(*args, **kwargs)

        return inner

    assert statuses(app_of(auditing(a(lambda: "in")))) == PERMITTED
    assert seen == ["al"]
