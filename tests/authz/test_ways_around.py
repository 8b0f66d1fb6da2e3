"""Ways to reach a view past its guard, and mistakes that would open one."""

import logging
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any, ClassVar

import pytest
from flask import Blueprint, Flask, Response, current_app, request
from flask.views import MethodView
from flask.views import View as ViewClass
from werkzeug.routing import Rule

from app.authz import (
    Authz,
    AuthzError,
    Rights,
    anonymous_only,
    current_identity,
    current_resource,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
)
from app.authz.verdicts import verdict_of

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


@pytest.fixture
def own() -> Flask:
    """An app in which a caller may read what is its own, and views call the one that shows it."""
    app, authz = app_with()

    @app.get("/record/<name>")
    @requires_auth
    @requires_permission("record/{name}")
    def show(name: str, **more: str) -> str:
        return name

    calling: dict[str, Callable[[str], str]] = {
        "other": lambda name: show("secret"),
        "more": lambda name: show(name, more="x"),
        "twice": lambda name: show(name) + show(name),
        "both": lambda name: show(name) + show(name="secret"),
    }
    for endpoint, view in calling.items():
        app.add_url_rule(f"/{endpoint}/<name>", endpoint, requires_auth(view))
    authz.check(app)
    return app


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/record/mine", 200),
        ("/record/secret", 403),
        ("/more/mine", 200),
        ("/more/secret", 403),
        ("/twice/mine", 200),
        ("/other/mine", 403),
        ("/both/mine", 403),
    ],
)
def test_a_call_is_decided_on_its_own_arguments(own: Flask, path: str, status: int) -> None:
    """What the route was let in for says nothing of another record."""
    assert own.test_client().get(path, headers=caller("record/mine")).status_code == status


def test_a_second_call_of_the_routes_own_view_is_decided_anew() -> None:
    app, _ = app_with()

    @app.get("/<name>")
    @requires_permission("record/{name}")
    def show(name: str, further: str = "secret") -> str:
        return show(further) if name == "mine" else name

    assert app.test_client().get("/mine", headers=caller("record/mine")).status_code == 403


RECORD = requires_permission("record/{name}")


def converting(view: Any) -> Any:
    """Stands for a decorator that makes an argument of another."""

    @wraps(view)
    def inner(name: str) -> Any:
        return view(name=request.args.get("instead", name))

    return inner


def loading(view: Any) -> Any:
    """Stands for a decorator that puts what an argument means in its place."""

    @wraps(view)
    def inner(name: str) -> Any:
        return view(record=[name])

    return inner


class Records(MethodView):
    @RECORD
    def get(self, name: str) -> Any:
        again = request.args.get("again")
        return self.get(again) if again and again != name else name


class Record(ViewClass):
    @RECORD
    def dispatch_request(self, name: str) -> Any:  # type: ignore[override]
        again = request.args.get("again")
        return self.dispatch_request(again) if again and again != name else name


class Bound:
    def method(self, name: str) -> Any:
        again = request.args.get("again")
        return bound(again) if again and again != name else name


bound: Any = RECORD(Bound().method)


@pytest.mark.parametrize(
    ("view", "path", "status"),
    [
        (RECORD(converting(requires_auth(lambda name: name))), "/mine", 200),
        (RECORD(converting(requires_auth(lambda name: name))), "/mine?instead=secret", 403),
        (converting(RECORD(lambda name: name)), "/mine?instead=secret", 403),
        (RECORD(loading(requires_auth(lambda record: record[0]))), "/mine", 200),
        (loading(RECORD(lambda record: record[0])), "/mine", 200),
        (Records.as_view("view"), "/mine?again=secret", 403),
        (Record.as_view("view"), "/mine?again=secret", 403),
        (Record.as_view("view"), "/mine?again=mine", 200),
        (bound, "/mine", 200),
        (bound, "/mine?again=secret", 403),
    ],
)
def test_what_was_decided_on_is_what_is_done(view: View, path: str, status: int) -> None:
    """Whatever stands between the guard and the view, and however often it is called."""
    app, authz = app_with()
    app.add_url_rule("/<name>", "view", view)
    authz.check(app)
    assert app.test_client().get(path, headers=caller("record/mine")).status_code == status


def test_a_hook_that_changes_the_arguments_reaches_nothing_else() -> None:
    app, _ = app_with()
    app.get("/<name>")(RECORD(lambda name: name))

    @app.before_request
    def swap() -> None:
        assert request.view_args
        request.view_args["name"] = "secret"

    assert app.test_client().get("/mine", headers=caller("record/mine")).status_code == 403


def test_a_guard_above_another_decorator_holds_for_calls_too() -> None:
    """What lies between them may answer without the view."""
    app, _ = app_with()
    kept: list[str] = []

    def caching(view: View) -> View:
        @wraps(view)
        def inner() -> str:
            kept[:] = kept or [view()]
            return kept[0]

        return inner

    view: Callable[[], str] = a(caching(requires_auth(lambda: "in")))
    app.add_url_rule("/", "view", view)
    app.add_url_rule("/open", "open", public(lambda: view()))
    assert statuses(app) == PERMITTED
    assert statuses(app, "/open") == (401, 401, 401)


def test_the_guard_of_a_blueprint_holds_for_calls_of_its_views() -> None:
    """Of those that bear a guard themselves: others know nothing of the call."""
    app, authz = app_with()
    bp = Blueprint("admin", __name__)
    view: Callable[[], str] = requires_auth(lambda: "in")
    bp.get("/inner")(view)
    authz.guard_blueprint(bp, a)
    app.register_blueprint(bp)
    app.get("/")(requires_auth(lambda: view()))
    assert statuses(app) == PERMITTED


def test_the_guard_of_a_blueprint_holds_for_calls_of_its_classes() -> None:
    """Of whichever of their functions."""
    app, authz = app_with()
    bp = Blueprint("admin", __name__)
    bp.add_url_rule("/<name>", view_func=Record.as_view("inner"))
    authz.guard_blueprint(bp, a)
    app.register_blueprint(bp)
    app.get("/by/<name>")(requires_auth(lambda name: Record().dispatch_request(name)))
    for path, granted, status in [
        ("/by/mine", ["record/mine"], 403),
        ("/by/mine", ["record/mine", "a"], 200),
        ("/mine", ["record/mine", "a"], 200),
    ]:
        assert app.test_client().get(path, headers=caller(*granted)).status_code == status


def test_a_subclass_with_decorators_of_its_own_stays_guarded() -> None:
    @a
    class Base(MethodView):
        def get(self) -> str:
            return "in"

    class Own(Base):
        decorators: ClassVar = [lambda view: view]

    view: Any = Own.as_view("own")
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/", view_func=view)
    assert bare.test_client().get("/").status_code == 500
    app, _ = app_with()
    app.get("/")(public(lambda: view()))
    assert statuses(app) == (401, 401, 401)


@pytest.mark.parametrize("again", ["cause", "itself"])
def test_a_refusal_that_is_its_own_cause_is_answered(again: str) -> None:
    """Its frames are let go of once, and not for ever."""
    app, _ = app_with()
    inner: Callable[[], str] = a(lambda: "in")

    def view() -> str:
        try:
            return inner()
        except AuthzError as error:
            refusal, wrapped = error, LookupError()
        wrapped.__cause__ = refusal
        raise refusal from (wrapped if again == "cause" else refusal)

    app.add_url_rule("/", "view", requires_auth(view))
    assert statuses(app) == PERMITTED


def test_the_resource_of_an_inner_call_ends_with_it() -> None:
    """Else a view would change what its caller may only see."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: name)
    tree.right("record/{name}/view")(lambda: True)
    tree.right("record/{name}/edit")(lambda identity, resource: resource == "mine")
    app, _ = app_with(rights=tree)
    show: Callable[..., str] = requires_permission("record/{name}/view")(
        lambda name: str(current_resource)
    )

    @app.get("/<name>")
    @requires_permission("record/{name}/edit")
    def edit(name: str) -> str:
        return f"{show(name='theirs')}, {current_resource}"

    headers = caller("record/theirs/view", "record/mine/edit")
    assert app.test_client().get("/mine", headers=headers).text == "theirs, mine"


def test_the_resource_is_that_of_the_call() -> None:
    """What a view shows is what the right was asked about."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: f"the {name} record")
    tree.right("record/{name}/view")(lambda: True)
    app, _ = app_with(rights=tree)

    @app.get("/<name>")
    @requires_permission("record/{name}/view")
    def show(name: str) -> str:
        return str(current_resource)

    app.get("/by/<name>")(requires_auth(lambda name: show("other")))
    headers = caller("record/other/view")
    assert app.test_client().get("/by/mine", headers=headers).text == "the other record"


def test_a_refusal_that_a_view_catches_is_none() -> None:
    """No challenge, no log line, no verdict: the request was answered."""
    app, _ = app_with()
    inner: Callable[[], str] = a(lambda: "in")
    verdicts = []

    @app.get("/")
    @requires_auth
    def view() -> str:
        try:
            return inner()
        except AuthzError:
            return "something else"

    @app.after_request
    def keep(response: Response) -> Response:
        verdicts.append(verdict_of(request))
        return response

    response = app.test_client().get("/", headers=caller())
    assert (response.status_code, response.text) == (200, "something else")
    assert "WWW-Authenticate" not in response.headers
    assert [verdict.outcome for verdict in verdicts if verdict] == ["accepted"]


def test_stacked_decorators_look_once() -> None:
    def view() -> str:
        return "in"

    stacked = requires_auth(a(requires_permission("b")(view)))
    assert stacked.__wrapped__ is view  # type: ignore[attr-defined]


def test_an_error_handler_is_no_way_to_a_view(caplog: pytest.LogCaptureFixture) -> None:
    """Where no route was reached nobody was let in."""
    app, _ = app_with()
    view: Callable[[], str] = a(lambda: "in")
    app.register_error_handler(404, lambda error: view())
    assert app.test_client().get("/", headers=caller("a")).status_code == 500
    assert "no guard has let this request in: an error handler" in caplog.text


def test_an_error_handler_may_show_a_public_page() -> None:
    """To sign in on, say."""
    app, _ = app_with()
    view: Callable[[], str] = public(lambda: f"sign in, {current_identity.subject}")
    app.register_error_handler(404, lambda error: view())
    assert app.test_client().get("/", headers=caller("a")).text == "sign in, None"


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


def test_an_app_has_one_guard_layer() -> None:
    """Of two, one would authenticate, and the other be asked for its settings."""
    app = app_of(a(lambda: "in"))
    with pytest.raises(RuntimeError, match="has an Authz already"):
        Authz(authenticate=lambda request: None).init_app(app)
    assert statuses(app) == PERMITTED


def test_an_app_that_serves_cannot_be_guarded_any_more() -> None:
    """Who has come before would have found it open."""
    app = Flask("late", static_folder=None)
    app.test_client().get("/")
    with pytest.raises(AssertionError, match="has already handled its first request"):
        Authz(app, authenticate=lambda request: None)


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
