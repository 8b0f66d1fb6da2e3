"""Names that hold arguments of the view: taken literally, whatever the caller was granted."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import BaseConverter

from app.authz import any_of, requires_permission, requires_scope

from .conftest import code_of
from .handmade import app_with, caller

GLOBS = {"AUTHZ_GLOB_GRANTS": "on"}


def client_of(rule: str, name: str, **options: Any) -> FlaskClient:
    """Return a client of an app with one view that requires a name."""
    app, authz = app_with(GLOBS)
    app.get(rule, **options)(requires_permission(name)(lambda **_: "in"))
    authz.check(app)
    return app.test_client()


@pytest.mark.parametrize(
    ("rule", "path", "granted"),
    [
        ("/<name>", "/foo", "record/foo/view"),
        ("/<name>", "/a%20b", "record/a b/view"),
        ("/<name>", "/%C3%A4", "record/ä/view"),
        ("/<name>", "/..", "record/../view"),
        ("/<name>", "/{name}", "record/{name}/view"),
        ("/<name>", "/%5C1", "record/\\1/view"),
        ("/<int:name>", "/007", "record/7/view"),
        ("/<float:name>", "/1.50", "record/1.5/view"),
        (
            "/<uuid:name>",
            "/6F9619FF-8B86-D011-B42D-00CF4FC964FF",
            "record/6f9619ff-8b86-d011-b42d-00cf4fc964ff/view",
        ),
        ("/<path:name>", "/foo", "record/foo/view"),
        ("/<any(foo, bar):name>", "/bar", "record/bar/view"),
    ],
)
def test_an_argument_is_part_of_the_name(rule: str, path: str, granted: str) -> None:
    """As the view gets it, so it stands in the name."""
    client = client_of(rule, "record/{name}/view")
    assert client.get(path, headers=caller(granted)).status_code == 200
    assert client.get(path, headers=caller("record/other/view")).status_code == 403
    assert client.get(path, headers=caller("record/*/view")).status_code == 200


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/<name>", "/*"),
        ("/<name>", "/**"),
        ("/<name>", "/a*"),
        ("/<name>", "/%2A"),
        ("/<path:name>", "/a/b"),
        ("/<path:name>", "/foo/view"),
        ("/<path:name>", "/a%2Fb"),
    ],
)
@pytest.mark.parametrize(
    "granted",
    ["**", "record/**", "record/*/view", "record/*/*/view", "record/**/view", "record/a/b/view"],
)
def test_an_argument_that_could_mean_more_matches_nothing(
    rule: str, path: str, granted: str
) -> None:
    client = client_of(rule, "record/{name}/view")
    response = client.get(path, headers=caller(granted, "record/{name}/view", "record/*/view"))
    assert (response.status_code, code_of(response)) == (403, "permission_missing")


@pytest.mark.parametrize("empty", ["", None], ids=["empty", "none"])
def test_an_argument_that_says_nothing_matches_nothing(empty: str | None) -> None:
    """A default of the route may be empty, or None: no name is made of either."""
    client = client_of("/", "record/{name}/view", defaults={"name": empty})
    granted = ("**", "record//view", "record/*/view", "record/None/view", "record/{name}/view")
    assert client.get("/", headers=caller(*granted)).status_code == 403


def test_a_default_of_the_route_is_an_argument() -> None:
    client = client_of("/", "record/{name}/view", defaults={"name": "foo"})
    assert client.get("/", headers=caller("record/foo/view")).status_code == 200


def test_several_arguments_are_filled_in_at_once() -> None:
    """What one argument holds is not read as a place for the other."""
    client = client_of("/<one>/<two>", "{one}:{two}/view")
    assert client.get("/{two}/x", headers=caller("{two}:x/view")).status_code == 200
    assert client.get("/{two}/x", headers=caller("x:x/view")).status_code == 403


@pytest.mark.parametrize(
    ("name", "path", "granted", "status"),
    [
        ("doc:{x}:{y}", "/a/b", "doc:a:b", 200),
        ("doc:{x}:{y}", "/a:b/c", "doc:a:b:c", 403),
        ("doc:{x}:{y}", "/a/b:c", "doc:a:b:c", 403),
        ("{x}{y}", "/a/b", "ab", 200),
        ("{x}{y}", "/a/bc", "abc", 403),
        ("doc/{x}/{y}", "/a:b/c", "doc/a:b/c", 200),
        ("doc/{x}-{y}", "/a/b-c", "doc/a-b-c", 403),
        ("doc/{x}-{y}", "/a/b", "doc/a-b", 200),
        ("{x}:{y}:end", "/a/b", "a:b:end", 200),
    ],
)
def test_what_other_arguments_would_name_too_is_nothing(
    name: str, path: str, granted: str, status: int
) -> None:
    """Else whoever chooses names could reach what is another's."""
    app, authz = app_with()
    app.get("/<x>/<y>")(requires_permission(name)(lambda x, y: "in"))
    authz.check(app)
    assert app.test_client().get(path, headers=caller(granted)).status_code == status


@pytest.mark.parametrize(
    ("path", "granted", "status"),
    [("/long/b/c", "long:b:c", 200), ("/a/b:c/d", "a:b:c:d", 403)],
)
def test_three_arguments_are_told_apart_as_two_are(path: str, granted: str, status: int) -> None:
    app, _ = app_with()
    app.get("/<x>/<y>/<z>")(requires_permission("{x}:{y}:{z}")(lambda x, y, z: "in"))
    assert app.test_client().get(path, headers=caller(granted)).status_code == status


def test_scopes_hold_arguments_too() -> None:
    app, _ = app_with()
    app.get("/<name>")(requires_scope("record:{name}")(lambda name: "in"))
    client = app.test_client()
    assert client.get("/foo", headers=caller(scopes=["record:foo"])).status_code == 200
    assert client.get("/bar", headers=caller(scopes=["record:foo"])).status_code == 403


def test_the_challenge_shows_the_template() -> None:
    """Nothing that the caller sent comes back, not even quoted."""
    client = client_of("/<name>", "record/{name}/view")
    response = client.get("/hostile%0D%0Aname", headers=caller())
    assert 'scope="record/{name}/view"' in response.headers["WWW-Authenticate"]
    assert "hostile" not in str(response.headers) + response.text


@pytest.fixture
def mistaken() -> Flask:
    """An app with a view whose route lacks the argument that its name holds."""
    app, _ = app_with()

    @app.get("/<name>")
    @requires_permission(any_of("all", "record/{nmae}/view"))
    def view(name: str, nmae: str = "foo") -> str:
        return "in"

    return app


def test_an_argument_that_the_route_lacks_stops_the_boot(mistaken: Flask) -> None:
    authz = app_with()[1]
    with pytest.raises(RuntimeError, match="has no argument 'nmae'"):
        authz.check(mistaken)


def test_an_argument_that_the_route_lacks_closes_the_door(mistaken: Flask) -> None:
    """A default of the function's own is not what was routed."""
    granted = caller("record/foo/view", "record//view", "record/{nmae}/view")
    assert mistaken.test_client().get("/foo", headers=granted).status_code == 500


@pytest.mark.parametrize(
    "name", ["{}", "a/{", "}", "{a.b}", "{a!r}", "{a:d}", "{{a}}", "{0}", "{a b}", "{a[0]}"]
)
def test_braces_hold_the_name_of_an_argument_and_nothing_else(name: str) -> None:
    """No attribute, index or format is read from what the caller sent."""
    with pytest.raises(TypeError):
        requires_permission(name)


class Lower(BaseConverter):
    """A converter of the app's own, which fails at what it does not know."""

    def to_python(self, value: str) -> str:
        if value == "fails":
            raise RuntimeError(value)
        return value.lower()


@pytest.mark.parametrize(
    ("path", "status"), [("/FOO", 200), ("/BAR", 403), ("/fails", 500)], ids=str
)
def test_a_converter_of_the_apps_own_decides_the_argument(path: str, status: int) -> None:
    """Where it fails, no view is reached."""
    app, authz = app_with()
    app.url_map.converters["lower"] = Lower
    reached = []

    @app.get("/<lower:name>")
    @requires_permission("record/{name}/view")
    def view(name: str) -> str:
        reached.append(name)
        return "in"

    authz.check(app)
    response = app.test_client().get(path, headers=caller("record/foo/view"))
    assert response.status_code == status
    assert reached == (["foo"] if status == 200 else [])
