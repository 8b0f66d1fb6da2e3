"""Guards of whole blueprints, and of those that are nested in them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask

from app.authz import (
    Authz,
    anonymous_only,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)

from .handmade import app_with, caller

Decorator = Callable[[Any], Any]


def undecorated(view: Any) -> Any:
    return view


def status(app: Flask, path: str = "/", headers: dict[str, str] | None = None) -> int:
    return app.test_client().get(path, headers=headers or {}).status_code


def statuses(app: Flask, path: str = "/") -> tuple[int, int, int]:
    """Return what nobody gets, a caller, and one with the permissions a and b."""
    return status(app, path), status(app, path, caller()), status(app, path, caller("a", "b"))


def app_of(outer: list[Decorator], view: Decorator) -> tuple[Flask, Authz]:
    """Return an app with one view, in a blueprint with the outer guard."""
    app, authz = app_with()
    blueprint = Blueprint("menu", __name__)
    blueprint.get("/")(view(lambda: "in"))
    if outer:
        authz.guard_blueprint(blueprint, *outer)
    app.register_blueprint(blueprint)
    return app, authz


a = requires_permission("a")
b = requires_permission("b")

CLOSED = (401, 200, 200)
PERMITTED = (401, 403, 200)
OPEN = (200, 200, 200)


@pytest.mark.parametrize(
    ("outer", "view", "expected"),
    [
        ([requires_auth], undecorated, CLOSED),
        ([optional_auth], undecorated, OPEN),
        ([anonymous_only], undecorated, (200, 403, 403)),
        ([public], undecorated, OPEN),
        ([a], undecorated, PERMITTED),
        ([requires_auth, a], undecorated, PERMITTED),
        ([requires_auth()], undecorated, CLOSED),
        # The view's mode goes before the blueprint's.
        ([requires_auth], optional_auth, OPEN),
        ([optional_auth], requires_auth, CLOSED),
        ([requires_auth], anonymous_only, (200, 403, 403)),
        ([anonymous_only], requires_auth, CLOSED),
        # Requirements add up, whatever the mode.
        ([a], requires_auth, PERMITTED),
        ([requires_auth], a, PERMITTED),
        ([optional_auth], a, (401, 403, 200)),
        ([a], b, PERMITTED),
        ([a], requires_permission("c"), (401, 403, 403)),
        ([a], optional_auth, (401, 403, 200)),
        # Public stands alone, on either side.
        ([requires_auth], public, OPEN),
        ([requires_auth, a], public, OPEN),
        ([public], requires_auth, CLOSED),
        ([public], a, PERMITTED),
        ([public], optional_auth, OPEN),
        ([public], public, OPEN),
    ],
)
def test_a_blueprint_gives_its_views_a_default(
    outer: list[Decorator], view: Decorator, expected: tuple[int, int, int]
) -> None:
    app, authz = app_of(outer, view)
    authz.check(app)
    assert statuses(app) == expected


def test_one_permission_of_two_is_not_enough() -> None:
    app, _ = app_of([a, requires_scope("s")], b)
    assert status(app, "/", caller("a", "b")) == 403
    assert status(app, "/", caller("a", scopes=["s"])) == 403
    assert status(app, "/", caller("a", "b", scopes=["s"])) == 200


def test_the_challenge_names_the_blueprints_requirement_too() -> None:
    app, _ = app_of([a], b)
    response = app.test_client().get("/", headers=caller("a"))
    assert 'scope="a b"' in response.headers["WWW-Authenticate"]


def test_a_public_view_knows_nobody_in_a_guarded_blueprint() -> None:
    """Its blueprint's requirement is no obstacle either where it could not be decided."""
    app, _ = app_of([requires_claim("org", "acme")], public)
    assert statuses(app) == OPEN


def nested(outer: list[Decorator], inner: list[Decorator], view: Decorator) -> tuple[Flask, Authz]:
    """Return an app with a view at /outer/inner/, in two blueprints with guards of their own."""
    app, authz = app_with()
    parent, child = Blueprint("parent", __name__), Blueprint("child", __name__)
    child.get("/")(view(lambda: "in"))
    for blueprint, guard in ((parent, outer), (child, inner)):
        if guard:
            authz.guard_blueprint(blueprint, *guard)
    parent.register_blueprint(child, url_prefix="/inner")
    app.register_blueprint(parent, url_prefix="/outer")
    return app, authz


@pytest.mark.parametrize(
    ("outer", "inner", "view", "expected"),
    [
        ([requires_auth], [], undecorated, CLOSED),
        ([a], [], undecorated, PERMITTED),
        ([public], [], undecorated, OPEN),
        ([], [a], undecorated, PERMITTED),
        ([a], [b], undecorated, PERMITTED),
        ([requires_permission("c")], [a], b, (401, 403, 403)),
        ([a], [requires_permission("c")], b, (401, 403, 403)),
        ([requires_auth], [optional_auth], undecorated, OPEN),
        ([optional_auth], [requires_auth], undecorated, CLOSED),
        ([requires_auth], [optional_auth], requires_auth, CLOSED),
        ([public], [requires_auth], undecorated, CLOSED),
        ([public], [a], undecorated, PERMITTED),
        ([public], [], a, PERMITTED),
        ([requires_permission("c")], [public], undecorated, OPEN),
        ([requires_permission("c")], [requires_auth], public, OPEN),
        # A public blueprint in between opens only what asks for nothing.
        ([a], [public], b, PERMITTED),
        ([requires_permission("c")], [public], b, (401, 403, 403)),
    ],
)
def test_nested_blueprints_inherit(
    outer: list[Decorator],
    inner: list[Decorator],
    view: Decorator,
    expected: tuple[int, int, int],
) -> None:
    app, authz = nested(outer, inner, view)
    authz.check(app)
    assert statuses(app, "/outer/inner/") == expected


def test_a_guard_of_a_nested_blueprint_stays_in_it() -> None:
    app, _ = nested([requires_auth], [a], undecorated)
    app.add_url_rule("/outer/", "parent.own", requires_auth(lambda: "in"))
    assert statuses(app, "/outer/") == CLOSED
    assert statuses(app, "/outer/inner/") == PERMITTED


def test_a_blueprint_may_be_guarded_after_its_registration() -> None:
    """The guard is looked for when a request needs it."""
    app, authz = app_with()
    blueprint = Blueprint("menu", __name__)
    blueprint.get("/")(lambda: "in")
    app.register_blueprint(blueprint)
    with pytest.raises(RuntimeError, match=r"menu\."):
        authz.check(app)
    authz.guard_blueprint(blueprint, a)
    authz.check(app)
    assert statuses(app) == PERMITTED


def test_guards_of_a_blueprint_add_up() -> None:
    app, authz = app_of([requires_auth], undecorated)
    blueprint = app.blueprints["menu"]
    assert isinstance(blueprint, Blueprint)
    authz.guard_blueprint(blueprint, a)
    assert statuses(app) == PERMITTED


def test_views_outside_of_the_blueprint_are_not_touched() -> None:
    app, authz = app_of([public], undecorated)
    app.get("/other")(lambda: "in")
    assert status(app, "/other") == 401
    with pytest.raises(RuntimeError, match="/other"):
        authz.check(app)


@pytest.mark.parametrize(
    ("outer", "message"),
    [
        ([], "needs a guard"),
        ([requires_auth, public], "both requires_auth and public"),
        ([public, a], "public and require"),
        ([requires_permission], "needs a name"),
    ],
)
def test_a_guard_that_contradicts_itself_is_a_type_error(
    outer: list[Decorator], message: str
) -> None:
    authz = app_with()[1]
    with pytest.raises(TypeError, match=message):
        authz.guard_blueprint(Blueprint("menu", __name__), *outer)


def test_a_second_guard_that_contradicts_the_first_names_the_blueprint() -> None:
    authz, blueprint = app_with()[1], Blueprint("menu", __name__)
    authz.guard_blueprint(blueprint, requires_auth)
    with pytest.raises(TypeError, match=r"blueprint 'menu': .*both requires_auth and public"):
        authz.guard_blueprint(blueprint, public)


def two_blueprints(one: list[Decorator], two: list[Decorator]) -> tuple[Flask, Authz]:
    """Return an app with one view in two blueprints."""
    app, authz = app_with()

    def view() -> str:
        return "in"

    for name, guard in (("one", one), ("two", two)):
        blueprint = Blueprint(name, __name__, url_prefix=f"/{name}")
        blueprint.get("/")(view)
        authz.guard_blueprint(blueprint, *guard)
        app.register_blueprint(blueprint)
    return app, authz


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ([requires_auth], [public]),
        ([requires_auth], [a]),
        ([a], [b]),
        ([optional_auth], [requires_auth]),
    ],
)
def test_a_view_in_two_blueprints_of_different_guards_stops_the_boot(
    one: list[Decorator], two: list[Decorator]
) -> None:
    """Who reads the view cannot tell who may call it. Unchecked, each route has its own guard."""
    app, authz = two_blueprints(one, two)
    with pytest.raises(RuntimeError, match="one view with different guards") as caught:
        authz.check(app)
    assert f"{__file__}:" in str(caught.value)
    assert "'two.view'" in str(caught.value)


@pytest.mark.parametrize("guard", [[requires_auth], [public], [a, requires_auth]])
def test_a_view_in_two_blueprints_of_one_guard_is_fine(guard: list[Decorator]) -> None:
    app, authz = two_blueprints(guard, guard)
    authz.check(app)
    assert statuses(app, "/one/") == statuses(app, "/two/")


def test_a_blueprint_registered_twice_is_guarded_twice() -> None:
    """Under another name, and nested under another."""
    app, authz = app_with()
    parent, child = Blueprint("parent", __name__), Blueprint("child", __name__)
    child.get("/")(lambda: "in")
    authz.guard_blueprint(child, a)
    app.register_blueprint(child, url_prefix="/one")
    app.register_blueprint(child, url_prefix="/two", name="again")
    parent.register_blueprint(child, url_prefix="/three", name="deep")
    app.register_blueprint(parent)
    authz.check(app)
    for path in ("/one/", "/two/", "/three/"):
        assert statuses(app, path) == PERMITTED


def test_a_blueprints_own_hook_does_not_run_for_a_refused_request() -> None:
    app, authz = app_with()
    blueprint = Blueprint("menu", __name__)
    seen: list[str] = []

    @blueprint.before_request
    def answer_early() -> str:
        seen.append("hook")
        return "early"

    blueprint.get("/")(lambda: "in")
    authz.guard_blueprint(blueprint, requires_auth)
    app.register_blueprint(blueprint)
    assert status(app) == 401
    assert seen == []
    assert status(app, "/", caller()) == 200
