"""Classes of views: guards on the class, on its methods, and on what `as_view` makes of it."""

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

import pytest
from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView, View

from app.authz import (
    current_identity,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
)

from .handmade import app_with, caller

a = requires_permission("a")
b = requires_permission("b")

CLOSED = (401, 200, 200)
PERMITTED = (401, 403, 200)
OPEN = (200, 200, 200)


def app_of(view: Callable[..., Any], *, checked: bool = True) -> Flask:
    app, authz = app_with()
    app.add_url_rule("/", "view", view)
    if checked:
        authz.check(app)
    return app


def statuses(app: Flask, method: str = "GET", path: str = "/") -> tuple[int, ...]:
    """Return what nobody gets, a caller, and one with the permissions a and b."""
    client = app.test_client()
    headers: tuple[dict[str, str], ...] = ({}, caller(), caller("a", "b"))
    return tuple(client.open(path, method=method, headers=h).status_code for h in headers)


def test_a_guard_on_the_class_holds_for_all_methods() -> None:
    @a
    class Items(MethodView):
        def get(self) -> str:
            return "in"

        def delete(self) -> str:
            return "in"

    app = app_of(Items.as_view("items"))
    for method in ("GET", "HEAD", "DELETE"):
        assert statuses(app, method) == PERMITTED


@pytest.mark.parametrize(
    ("base", "own", "expected"),
    [
        (requires_auth, public, OPEN),
        (public, requires_auth, CLOSED),
        (a, requires_auth, PERMITTED),
        (requires_auth, a, PERMITTED),
        (optional_auth, requires_auth, CLOSED),
        (a, None, PERMITTED),
    ],
)
def test_a_class_goes_before_its_base(base: Any, own: Any, expected: tuple[int, ...]) -> None:
    """As a view does before its blueprint: its mode holds, what both require adds up."""

    @base
    class Items(MethodView):
        def get(self) -> str:
            return "in"

    class Mine(Items):
        pass

    view = (own(Mine) if own else Mine).as_view("items")
    assert statuses(app_of(view)) == expected


def test_a_guard_on_a_method_holds_for_it_alone() -> None:
    class Items(MethodView):
        @public
        def get(self) -> str:
            return "in"

        @a
        def post(self) -> str:
            return "in"

        @requires_auth
        async def put(self) -> dict[str, Any]:
            await asyncio.sleep(0)
            return {"subject": current_identity.subject}

    app = app_of(Items.as_view("items"))
    assert statuses(app, "GET") == statuses(app, "HEAD") == OPEN
    assert statuses(app, "POST") == PERMITTED
    assert statuses(app, "PUT") == CLOSED
    assert app.test_client().put("/", headers=caller()).json == {"subject": "al"}


def test_a_method_overrides_the_mode_and_adds_to_the_requirements_of_its_class() -> None:
    """As a view does in a blueprint."""

    @requires_auth
    @a
    class Items(MethodView):
        @public
        def get(self) -> str:
            return "in"

        @requires_permission("c")
        def post(self) -> str:
            return "in"

        @optional_auth
        def put(self) -> str:
            return "in"

    app = app_of(Items.as_view("items"))
    assert statuses(app, "GET") == OPEN
    assert statuses(app, "POST") == (401, 403, 403)
    assert statuses(app, "PUT") == PERMITTED
    headers = caller("a", "c")
    assert app.test_client().post("/", headers=headers).status_code == 200


def test_a_guard_among_the_decorators_of_a_class_holds() -> None:
    """Flask applies them to what `as_view` makes."""

    class Items(MethodView):
        decorators: ClassVar = [requires_auth, a]

        def get(self) -> str:
            return "in"

        @public
        def post(self) -> str:
            return "in"

        @optional_auth
        def put(self) -> str:
            return "in"

    app = app_of(Items.as_view("items"))
    assert statuses(app) == PERMITTED
    assert statuses(app, "POST") == OPEN
    assert statuses(app, "PUT") == PERMITTED


def test_a_guard_on_what_as_view_makes_holds() -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "in"

        @public
        def post(self) -> str:
            return "in"

    app = app_of(a(requires_auth(Items.as_view("items"))))
    assert statuses(app) == PERMITTED
    assert statuses(app, "POST") == OPEN


@pytest.mark.parametrize("every_request", [True, False])
def test_a_view_class_with_dispatch_request_is_guarded(every_request: bool) -> None:
    class Items(View):
        init_every_request = every_request
        methods: ClassVar = ["GET", "POST"]

        @a
        def dispatch_request(self) -> str:
            return "in"

    app = app_of(Items.as_view("items"))
    assert statuses(app, "GET") == statuses(app, "POST") == PERMITTED


def test_a_method_called_get_is_no_view_of_a_class_with_dispatch_request() -> None:
    """Only a `MethodView` dispatches by method: elsewhere `get` may be anything."""

    class Items(View):
        @public
        def get(self, key: str) -> str:
            return key

        @a
        def dispatch_request(self) -> str:
            return self.get("in")

    assert statuses(app_of(requires_auth(Items.as_view("items")))) == PERMITTED


def test_a_dispatch_of_a_classs_own_guards_all_methods() -> None:
    class Items(MethodView):
        @a
        def dispatch_request(self, **kwargs: Any) -> ResponseReturnValue:
            return super().dispatch_request(**kwargs)

        def get(self) -> str:
            return "in"

    assert statuses(app_of(Items.as_view("items"))) == PERMITTED


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
def test_a_method_without_a_guard_stops_the_boot(method: str) -> None:
    """HEAD and OPTIONS too, where the class answers them itself. Unchecked, it is closed."""

    class Items(MethodView):
        @public
        def get(self) -> str:
            return "in"

    setattr(Items, method.lower(), lambda self: "in")
    app, authz = app_with()
    app.add_url_rule("/", "view", Items.as_view("items"), methods=["GET", method])
    with pytest.raises(RuntimeError) as caught:
        authz.check(app)
    assert f"{method} / (endpoint 'view', {__file__}:" in str(caught.value)
    assert "GET /" not in str(caught.value)
    assert statuses(app, method) == CLOSED


def test_head_has_the_guard_of_get_unless_it_has_its_own() -> None:
    class Items(MethodView):
        @a
        def get(self) -> str:
            return "in"

        @public
        def head(self) -> str:
            return ""

    app = app_of(Items.as_view("items"))
    assert statuses(app, "GET") == PERMITTED
    assert statuses(app, "HEAD") == OPEN


class Guarded(MethodView):
    """A base whose methods are guarded."""

    @a
    def get(self) -> str:
        return "in"

    @a
    def post(self) -> str:
        return "in"


def test_inherited_methods_bring_their_guards() -> None:
    class Items(Guarded):
        pass

    app = app_of(Items.as_view("items"))
    assert statuses(app) == statuses(app, "POST") == PERMITTED


def test_an_overridden_method_has_no_guard_but_its_own() -> None:
    """It is another function. Unchecked, it is closed."""

    class Items(Guarded):
        def get(self) -> str:
            return "in"

    app, authz = app_with()
    app.add_url_rule("/", "view", Items.as_view("items"))
    with pytest.raises(RuntimeError, match="GET / ") as caught:
        authz.check(app)
    assert "POST" not in str(caught.value)
    assert statuses(app) == CLOSED


def test_a_class_inherits_the_guard_of_its_base() -> None:
    @requires_auth
    class Base(MethodView):
        pass

    @a
    class Items(Base):
        def get(self) -> str:
            return "in"

    class Others(Base):
        def get(self) -> str:
            return "in"

    assert statuses(app_of(Items.as_view("items"))) == PERMITTED
    assert statuses(app_of(Others.as_view("others"))) == CLOSED


def test_a_call_of_the_bases_method_is_held_to_its_guard() -> None:
    """A guard decorates a function: whoever gets there has passed it."""

    class Items(Guarded):
        @requires_auth
        def get(self) -> str:
            return super().get()

    assert statuses(app_of(Items.as_view("items"))) == PERMITTED


def test_what_two_classes_share_may_be_guarded_differently() -> None:
    """Each class is a view of its own, even where a base holds the function that answers."""

    class Base(MethodView):
        def get(self) -> str:
            return "in"

    @public
    class Menu(Base):
        pass

    @a
    class Orders(Base):
        pass

    app, authz = app_with()
    app.add_url_rule("/menu", view_func=Menu.as_view("menu"))
    app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
    authz.check(app)
    assert statuses(app, path="/menu") == OPEN
    assert statuses(app, path="/orders") == PERMITTED


def test_what_as_view_makes_of_one_class_may_be_guarded_differently() -> None:
    """As Flask's documentation has it: one `ListView` for several models."""

    class ListView(View):
        def __init__(self, model: str) -> None:
            self.model = model

        def dispatch_request(self) -> str:
            return self.model

    app, authz = app_with()
    app.add_url_rule("/menu", view_func=public(ListView.as_view("menu", "menu")))
    app.add_url_rule("/users", view_func=a(ListView.as_view("users", "users")))
    authz.check(app)
    assert statuses(app, path="/menu") == OPEN
    assert statuses(app, path="/users") == PERMITTED


def test_one_view_of_a_class_in_two_blueprints_of_different_guards_stops_the_boot() -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "in"

    view = Items.as_view("items")
    app, authz = app_with()
    for name, guard in (("one", requires_auth), ("two", public)):
        blueprint = Blueprint(name, __name__, url_prefix=f"/{name}")
        blueprint.add_url_rule("/", view_func=view)
        authz.guard_blueprint(blueprint, guard)
        app.register_blueprint(blueprint)
    with pytest.raises(RuntimeError, match="one view with different guards"):
        authz.check(app)


def test_a_blueprints_guard_reaches_into_classes() -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "in"

        @public
        def post(self) -> str:
            return "in"

        @b
        def put(self) -> str:
            return "in"

    app, authz = app_with()
    blueprint = Blueprint("menu", __name__)
    blueprint.add_url_rule("/", view_func=Items.as_view("items"))
    authz.guard_blueprint(blueprint, requires_auth, a)
    app.register_blueprint(blueprint)
    authz.check(app)
    assert statuses(app) == statuses(app, "PUT") == PERMITTED
    assert statuses(app, "POST") == OPEN
    assert app.test_client().put("/", headers=caller("b")).status_code == 403


def without_wraps(view: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for a decorator that hides what it decorates."""

    def inner(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return inner


def with_wraps(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return inner


@pytest.mark.parametrize("other", [with_wraps, without_wraps])
def test_other_decorators_of_a_class_hide_no_guard(other: Callable[..., Any]) -> None:
    @a
    class Items(MethodView):
        decorators: ClassVar = [other]

        def get(self) -> str:
            return "in"

    assert statuses(app_of(Items.as_view("items"))) == PERMITTED
    assert statuses(app_of(requires_auth(other(Items.as_view("items"))))) == PERMITTED


def test_a_guard_above_the_route_of_a_class_holds() -> None:
    """`add_url_rule` has the view by then: the guard is found on what both share."""

    class Items(MethodView):
        def get(self) -> str:
            return "in"

    view = Items.as_view("items")
    app, authz = app_with()
    app.add_url_rule("/", view_func=view)
    a(view)
    authz.check(app)
    assert statuses(app) == PERMITTED


@pytest.mark.parametrize("guard", [requires_auth, public, a], ids=["auth", "public", "permission"])
@pytest.mark.parametrize("place", ["class", "method", "decorators", "view"])
def test_a_class_in_an_app_without_authz_answers_500(guard: Any, place: str) -> None:
    """A forgotten `init_app` leaves nothing open."""

    class Items(MethodView):
        decorators: ClassVar = [guard] if place == "decorators" else []

        def get(self) -> str:
            return "in"

    if place == "method":
        Items.get = guard(Items.get)  # type: ignore[method-assign]
    if place == "class":
        guard(Items)
    view = Items.as_view("items")
    app = Flask("forgotten", static_folder=None)
    app.add_url_rule("/", view_func=guard(view) if place == "view" else view)
    assert app.test_client().get("/", headers=caller("a")).status_code == 500


def test_contradictions_of_a_class_are_type_errors() -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "in"

    with pytest.raises(TypeError, match=r"Items: it cannot be both"):
        public(requires_auth(Items))
    with pytest.raises(TypeError, match=r"Items\.get: it cannot be public and"):
        public(a(Items.get))


def test_a_class_that_is_no_view_is_a_type_error() -> None:
    class Items:
        def get(self) -> str:
            return "in"

    with pytest.raises(TypeError, match="Items is no View class"):
        requires_auth(Items)


def test_an_argument_of_a_class_view_is_part_of_a_name() -> None:
    class Record(MethodView):
        @requires_permission("record/{name}/view")
        def get(self, name: str) -> str:
            return name

    app, authz = app_with()
    app.add_url_rule("/<name>", view_func=Record.as_view("record"))
    authz.check(app)
    client = app.test_client()
    assert client.get("/foo", headers=caller("record/foo/view")).text == "foo"
    assert client.get("/bar", headers=caller("record/foo/view")).status_code == 403


def test_two_guard_layers_do_not_share_what_they_found() -> None:
    """One class in two apps, each with a blueprint guard of its own."""

    class Items(MethodView):
        def get(self) -> str:
            return "in"

    found = []
    for guard in (public, a):
        app, authz = app_with()
        blueprint = Blueprint("menu", __name__)
        blueprint.add_url_rule("/", view_func=Items.as_view("items"))
        authz.guard_blueprint(blueprint, guard)
        app.register_blueprint(blueprint)
        found.append(statuses(app))
    assert found == [OPEN, PERMITTED]
