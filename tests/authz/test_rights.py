"""The rights tree: what a caller may have of what it may ask for."""

import asyncio
import logging
from collections.abc import Callable, Generator
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.authz import (
    Anonymous,
    AuthzError,
    Forbidden,
    Identity,
    Rights,
    any_of,
    current_resource,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
    requires_scope,
)

from .conftest import code_of
from .handmade import app_with, caller

Caller = Identity | Anonymous
Record = dict[str, Any]

RECORDS: dict[str, Record] = {
    "foo": {"readers": ["al", "bo"], "editors": ["al"]},
    "bar": {"readers": ["al"], "editors": []},
    "open": {"readers": [None], "editors": []},
}
ALL = ("record/*/view", "record/*/edit")


@pytest.fixture
def loads() -> list[str]:
    """The names that were loaded."""
    return []


@pytest.fixture
def rights(loads: list[str]) -> Rights:
    """A tree of records with readers and editors."""
    tree = Rights()

    @tree.context("record/{name}")
    def record(name: str) -> Record | None:
        loads.append(name)
        return RECORDS.get(name)

    @tree.right("record/{name}/view")
    def view(identity: Caller, resource: Record) -> bool:
        return identity.subject in resource["readers"] or None in resource["readers"]

    @tree.right("record/{name}/edit")
    def edit(identity: Caller, resource: Record) -> bool:
        return identity.subject in resource["editors"]

    return tree


@pytest.fixture
def client(rights: Rights) -> FlaskClient:
    """A client of an app that shows and changes records; everybody may ask to see them."""
    app, authz = app_with(
        {"AUTHZ_GLOB_GRANTS": "on"}, rights=rights, anonymous_grants=["record/*/view"]
    )

    @app.get("/<name>")
    @optional_auth
    @requires_permission("record/{name}/view")
    def show(name: str) -> Record:
        return dict(current_resource)

    @app.put("/<name>")
    @requires_permission("record/{name}/view", "record/{name}/edit")
    def change(name: str) -> Record:
        return dict(current_resource)

    @app.get("/")
    @requires_auth
    def nothing() -> str:
        return str(current_resource)

    authz.check(app)
    return app.test_client()


def test_a_right_decides_on_what_was_loaded(client: FlaskClient) -> None:
    """And the view has the resource without loading it again."""
    response = client.get("/foo", headers=caller(*ALL, subject="bo"))
    assert (response.status_code, response.json) == (200, RECORDS["foo"])


@pytest.mark.parametrize(
    ("name", "subject", "view", "edit"),
    [
        ("foo", "al", 200, 200),
        ("foo", "bo", 200, 403),
        ("foo", "cy", 403, 403),
        ("bar", "al", 200, 403),
        ("bar", "bo", 403, 403),
        ("open", "cy", 200, 403),
        ("none", "al", 403, 403),
    ],
)
def test_a_permission_is_needed_and_a_right(
    client: FlaskClient, name: str, subject: str, view: int, edit: int
) -> None:
    headers = caller(*ALL, subject=subject)
    assert client.get(f"/{name}", headers=headers).status_code == view
    assert client.put(f"/{name}", headers=headers).status_code == edit


def test_a_right_does_not_replace_the_permission(client: FlaskClient, loads: list[str]) -> None:
    """Nothing is loaded for who may not even ask."""
    response = client.put("/foo", headers=caller("record/*/view"))
    assert (response.status_code, code_of(response)) == (403, "permission_missing")
    assert loads == []


def seen_from_outside(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, list(response.headers), response.data


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
@pytest.mark.parametrize("headers", [caller(*ALL, subject="cy"), {}], ids=["known", "anonymous"])
def test_missing_and_denied_look_the_same(
    client: FlaskClient, method: str, headers: dict[str, str]
) -> None:
    """Status, every header and the body: nobody learns what exists."""
    denied = client.open("/foo", method=method, headers=headers)
    missing = client.open("/none", method=method, headers=headers)
    assert seen_from_outside(denied) == seen_from_outside(missing)


@pytest.mark.parametrize(
    ("path", "subject", "reason"),
    [
        ("/foo", "cy", "the right record/{name}/view said no"),
        ("/none", "al", "what record/{name}/view is about is not there"),
    ],
)
def test_the_log_says_what_the_answer_does_not(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str, subject: str, reason: str
) -> None:
    client.get(path, headers=caller(*ALL, subject=subject))
    assert f"right_denied: no right: {reason}" in caplog.text


def test_a_right_that_forgets_to_answer_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    tree = Rights()
    tree.right("a")(lambda: None)
    app, _ = app_with(rights=tree)
    app.get("/")(requires_permission("a")(lambda: "in"))
    assert app.test_client().get("/", headers=caller("a")).status_code == 403
    assert "the right a returned nothing" in caplog.text


def test_a_denied_right_has_a_code_of_its_own(client: FlaskClient) -> None:
    """No scope is offered: the caller has the permission."""
    response = client.get("/foo", headers=caller(*ALL, subject="cy"))
    assert (response.status_code, code_of(response)) == (403, "right_denied")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api", error="insufficient_scope"'


@pytest.mark.parametrize("name", ["foo", "none"])
def test_anonymous_callers_are_asked_to_sign_in(client: FlaskClient, name: str) -> None:
    response = client.get(f"/{name}")
    assert (response.status_code, code_of(response)) == (401, "token_missing")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_anonymous_callers_may_have_rights(client: FlaskClient) -> None:
    assert client.get("/open").json == RECORDS["open"]


def test_a_resource_is_loaded_once_per_request(client: FlaskClient, loads: list[str]) -> None:
    """However many names need it."""
    headers = caller(*ALL)
    assert client.put("/foo", headers=headers).status_code == 200
    assert loads == ["foo"]
    client.put("/foo", headers=headers)
    client.put("/none", headers=headers)
    assert loads == ["foo", "foo", "none"]


def test_there_is_no_resource_where_no_right_was_asked(client: FlaskClient) -> None:
    """To use it there is a mistake of the view's."""
    assert client.get("/", headers=caller()).status_code == 500


def test_a_resource_does_not_outlive_its_request(client: FlaskClient) -> None:
    headers = caller(*ALL)
    with client.application.app_context():
        assert client.get("/foo", headers=headers).status_code == 200
        assert client.get("/", headers=headers).status_code == 500


def one_view(rights: Any, rule: str, *names: Any, **options: Any) -> Flask:
    """Return an app with one view that requires names, and shows what was loaded."""
    app, authz = app_with({"AUTHZ_GLOB_GRANTS": "on"}, rights=rights, **options)

    @app.get(rule)
    @requires_permission(*names)
    def view(**_: Any) -> str:
        return f"in {current_resource!r}"

    authz.check(app)
    return app


def ask(app: Flask, path: str, *granted: str, **more: Any) -> TestResponse:
    return app.test_client().get(path, headers=caller(*(granted or ("**",)), **more))


def test_exact_names_go_before_arguments() -> None:
    """Whatever the order of declaration."""
    tree = Rights()
    tree.context("user/{name}")(lambda name: f"user {name}")
    tree.context("user/me")(lambda: "me")
    tree.right("user/{name}/{action}")(lambda name, action: False)
    tree.right("user/{name}/view")(lambda name: True)
    tree.right("user/me/{action}")(lambda action: action == "edit")
    app = one_view(tree, "/<name>/<action>", "user/{name}/{action}")
    assert ask(app, "/me/edit").text == "in 'me'"
    assert ask(app, "/bo/view").text == "in 'user bo'"
    assert ask(app, "/bo/edit").status_code == 403
    # From the left: `user/me/{action}` goes before `user/{name}/view`.
    assert ask(app, "/me/view").status_code == 403


def test_nested_contexts_get_the_resource_above() -> None:
    """Each level is loaded from that above it; the right gets the innermost."""
    tree = Rights()

    @tree.context("shop/{shop}")
    def shop(shop: str) -> dict[str, list[str]] | None:
        return {"north": {"menu": ["tea"]}, "south": {}}.get(shop)

    @tree.context("shop/{shop}/menu/{menu}")
    def menu(above: dict[str, list[str]], menu: str) -> list[str] | None:
        return above.get(menu)

    @tree.right("shop/{shop}/menu/{menu}/view")
    def view(identity: Caller, resource: list[str], shop: str, menu: str) -> bool:
        return resource == ["tea"] and (shop, menu) == ("north", "menu")

    app = one_view(tree, "/<shop>/<menu>", "shop/{shop}/menu/{menu}/view")
    assert ask(app, "/north/menu").text == "in ['tea']"
    assert ask(app, "/north/other").status_code == 403
    assert ask(app, "/south/menu").status_code == 403
    assert ask(app, "/west/menu").status_code == 403


def test_nothing_below_a_missing_resource_is_loaded() -> None:
    tree, loaded = Rights(), []
    tree.context("shop/{shop}")(lambda shop: None)

    @tree.context("shop/{shop}/menu")
    def menu(shop: str) -> str:
        loaded.append(shop)
        return "menu"

    tree.right("shop/{shop}/menu/view")(lambda: True)
    assert ask(one_view(tree, "/<shop>", "shop/{shop}/menu/view"), "/a").status_code == 403
    assert loaded == []


@pytest.mark.parametrize("resource", [0, "", [], {}, False])
def test_a_resource_that_is_empty_is_there(resource: object) -> None:
    """Only None is nothing."""
    tree = Rights()
    tree.context("a")(lambda: resource)
    tree.right("a/b")(lambda identity, found: found is resource)
    assert ask(one_view(tree, "/", "a/b"), "/").status_code == 200


def test_a_right_without_a_context_gets_no_resource() -> None:
    tree, got = Rights(), []

    @tree.right("list")
    def listing(identity: Caller, resource: object) -> bool:
        got.append((identity.subject, resource))
        return True

    app, _ = app_with(rights=tree)
    app.get("/")(requires_permission("list")(lambda: "in"))
    assert ask(app, "/", "list").status_code == 200
    assert got == [("al", None)]


@pytest.mark.parametrize(
    "right",
    [
        lambda: True,
        lambda identity: identity.subject == "al",
        lambda identity, record: record == "R",
        lambda identity, record, name: (record, name) == ("R", "foo"),
        lambda name: name == "foo",
        lambda name, identity, record: (name, record) == ("foo", "R"),
        lambda identity, *, name: name == "foo",
        lambda name, **rest: (name, rest) == ("foo", {}),
        lambda identity, record, **rest: rest == {"name": "foo"},
        lambda identity, record, wanted="R": record == wanted,
        lambda resource: resource == "R",
        lambda resource, identity: (resource, identity.subject) == ("R", "al"),
        lambda resource, who: (resource, who.subject) == ("R", "al"),
        lambda identity, resource=None: resource == "R",
        lambda resource, identity=None, *, name="": identity is not None and name == "foo",
    ],
)
def test_a_right_takes_what_it_needs(right: Callable[..., bool]) -> None:
    """Identity, resource and arguments by their names, even where the function has a default; under
    other names identity and resource in this order."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: "R")
    tree.right("record/{name}/view")(right)
    app = one_view(tree, "/<name>", "record/{name}/view")
    assert ask(app, "/foo").status_code == 200


def test_arguments_come_as_the_view_has_them() -> None:
    """An `int` stays one under its own name; what the name alone holds is text."""
    tree = Rights()
    got: list[object] = []

    @tree.context("item/{number}")
    def item(number: int) -> str:
        got.append(number)
        return "item"

    @tree.right("item/{other}/view")
    def view(other: str) -> bool:
        got.append(other)
        return True

    assert ask(one_view(tree, "/<int:number>", "item/{number}/view"), "/7").status_code == 200
    assert got == [7, "7"]


def test_an_argument_called_none_is_text() -> None:
    """What the view has not is not what it has as None."""
    tree = Rights()
    tree.right("record/{name}/view")(lambda name: name == "None")
    app = one_view_without_resource(tree, "/<id>", "record/{id}/view")
    assert ask(app, "/None").status_code == 200
    assert ask(app, "/none").status_code == 403


def one_view_without_resource(rights: Any, rule: str, *names: Any) -> Flask:
    app, authz = app_with({"AUTHZ_GLOB_GRANTS": "on"}, rights=rights)
    app.get(rule)(requires_permission(*names)(lambda **_: "in"))
    authz.check(app)
    return app


@pytest.mark.parametrize(
    ("granted", "status"),
    [
        (("mine", "all"), 200),
        (("all",), 200),
        (("mine",), 403),
        (("other",), 403),
    ],
)
def test_of_alternatives_one_that_was_granted_may_lack_its_right(
    granted: tuple[str, ...], status: int
) -> None:
    """Another one counts if it has both, the grant and the right."""
    tree = Rights()
    tree.right("mine")(lambda identity: False)
    tree.right("all")(lambda identity: True)
    app = one_view_without_resource(tree, "/", any_of("mine", "all"))
    assert ask(app, "/", *granted).status_code == status


def test_a_right_of_what_was_not_granted_opens_nothing() -> None:
    """The grant of one alternative and the right of the other do not add up."""
    tree = Rights()
    tree.right("a")(lambda: False)
    tree.right("b")(lambda: True)
    app = one_view_without_resource(tree, "/", any_of("a", "b"))
    response = ask(app, "/", "a")
    assert (response.status_code, code_of(response)) == (403, "right_denied")


def test_the_resource_of_a_denied_alternative_is_not_handed_on() -> None:
    """The view gets what the caller has a right on."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: f"record {name}")
    tree.right("record/{name}/edit")(lambda resource: False)
    tree.right("draft/{name}/edit")(lambda: True)
    tree.context("draft/{name}")(lambda name: f"draft {name}")
    app = one_view(tree, "/<name>", any_of("draft/{name}/edit", "record/{name}/edit"))
    assert ask(app, "/foo").text == "in 'draft foo'"
    app = one_view(tree, "/<name>", any_of("record/{name}/edit", "draft/{name}/edit"))
    assert ask(app, "/foo").text == "in 'draft foo'"
    tree.right("all")(lambda: True)
    app = one_view(tree, "/<name>", any_of("record/{name}/edit", "all"))
    assert ask(app, "/foo").text == "in <LocalProxy unbound>"


def test_a_word_at_the_end_of_a_right_is_no_argument_of_a_context() -> None:
    """The right to list records is about no record of the name "list"."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: None)
    tree.right("record/list")(lambda identity, resource: resource is None)
    tree.right("record/{name}")(lambda: True)
    app = one_view_without_resource(tree, "/", "record/list")
    assert ask(app, "/").status_code == 200
    app = one_view_without_resource(tree, "/<name>", "record/{name}")
    assert ask(app, "/foo").status_code == 403


def test_a_word_at_the_end_is_told_from_an_argument_above_it() -> None:
    """Of three segments, the last decides."""
    tree = Rights()
    tree.context("shop/{shop}")(lambda shop: f"shop {shop}")
    tree.context("shop/{shop}/{record}")(lambda record: f"record {record}")
    tree.right("shop/{shop}/list")(lambda resource: resource == "shop a")
    tree.right("shop/{shop}/{record}")(lambda resource: resource == "record b")
    assert ask(one_view(tree, "/<shop>", "shop/{shop}/list"), "/a").text == "in 'shop a'"
    app = one_view(tree, "/<shop>/<record>", "shop/{shop}/{record}")
    assert ask(app, "/a/b").text == "in 'record b'"


def test_a_context_may_have_a_word_above_its_argument() -> None:
    tree = Rights()
    tree.context("shop/main/{record}")(lambda record: f"record {record}")
    tree.right("shop/main/{record}")(lambda resource: resource == "record b")
    assert ask(one_view(tree, "/<record>", "shop/main/{record}"), "/b").text == "in 'record b'"


def test_trees_of_several_blueprints_are_joined() -> None:
    """What one tree loads, the right of another is given."""
    records, actions = Rights(), Rights()
    records.context("record/{name}")(lambda name: name.upper())
    actions.right("record/{name}/view")(lambda identity, record: record == "FOO")
    app = one_view([records, actions], "/<name>", "record/{name}/view")
    assert ask(app, "/foo").text == "in 'FOO'"
    assert ask(app, "/bar").status_code == 403


def test_a_joined_tree_may_grow_until_it_is_needed() -> None:
    """The modules that declare rights may be imported after the extension is made."""
    tree = Rights()
    app, authz = app_with(rights=[tree])
    app.get("/")(requires_permission("a")(lambda: "in"))
    tree.right("a")(lambda: True)
    authz.check(app)
    assert ask(app, "/", "a").status_code == 200


def test_two_trees_with_one_path_stop_the_boot() -> None:
    one, two = Rights(), Rights()
    one.right("record/{name}/view")(lambda: True)
    two.right("record/{other}/view")(lambda: True)
    app, authz = app_with(rights=[one, two])
    app.get("/")(requires_permission("record/foo/view")(lambda: "in"))
    with pytest.raises(TypeError, match="declared twice"):
        authz.check(app)
    assert ask(app, "/", "record/foo/view").status_code == 500


def test_scopes_and_claims_have_no_rights() -> None:
    """Only permissions are asked of the tree."""
    app, authz = app_with(rights=Rights())
    app.get("/")(requires_scope("openid")(lambda: "in"))
    authz.check(app)
    assert ask(app, "/", scopes=["openid"]).status_code == 200


async def asynchronous() -> bool:
    await asyncio.sleep(0)
    return True


async def asynchronous_generator() -> Any:
    yield True


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("a/b", asynchronous),
        ("a/b", asynchronous_generator),
        ("a/b", lambda identity, resource, other: True),
        ("a/{name}", lambda identity, resource, nmae: True),
        ("a/b", lambda *args: True),
        ("a/b", lambda identity, /: True),
        ("", lambda: True),
        ("a b", lambda: True),
        ("a/*/b", lambda: True),
        ("a/**", lambda: True),
        ("a//b", lambda: True),
        ("/a", lambda: True),
        ("a/x{name}", lambda: True),
        ("a/{name", lambda: True),
        ("a/{}", lambda: True),
        ("a/{name}/{name}", lambda: True),
    ],
)
@pytest.mark.parametrize("declare", [Rights.right, Rights.context])
def test_what_cannot_work_is_a_type_error(
    declare: Callable[..., Any], path: str, function: Callable[..., Any]
) -> None:
    """Seen at import, not when somebody first asks."""
    with pytest.raises(TypeError):
        declare(Rights(), path)(function)


def test_a_context_knows_no_caller() -> None:
    """What exists does not hang on who asks."""
    with pytest.raises(TypeError, match="identity"):
        Rights().context("record/{name}")(lambda identity, name: name)


@pytest.mark.parametrize("declare", [Rights.right, Rights.context])
@pytest.mark.parametrize(
    ("one", "two"), [("a/b", "a/b"), ("a/{b}", "a/{c}"), ("{a}/b/{c}", "{x}/b/{y}")]
)
def test_one_path_has_one_function(declare: Callable[..., Any], one: str, two: str) -> None:
    """Names of arguments tell no paths apart."""
    tree = Rights()
    declare(tree, one)(lambda: True)
    with pytest.raises(TypeError, match="declared twice"):
        declare(tree, two)(lambda: True)


class Later:
    """Something to await, which Python takes for true."""

    def __await__(self) -> Generator[None, None, bool]:
        yield
        return False


def generated() -> Generator[bool, None, None]:
    yield False


def failing() -> bool:
    raise LookupError("no such thing")


@pytest.mark.parametrize("function", [lambda: Later(), generated, failing])
@pytest.mark.parametrize("place", ["right", "context"])
def test_a_function_that_gives_no_answer_closes_the_door(
    place: str, function: Callable[[], Any]
) -> None:
    """What Python takes for true without having decided is no decision."""
    tree = Rights()
    tree.context("a")(function if place == "context" else lambda: "resource")
    tree.right("a/b")(function if place == "right" else lambda: True)
    assert ask(one_view(tree, "/", "a/b"), "/").status_code == 500


def test_a_function_may_refuse_in_its_own_words() -> None:
    """An error of the guard layer is a refusal, wherever it is raised."""
    tree = Rights()

    @tree.right("a")
    def refuse() -> bool:
        raise Forbidden("not on Mondays")

    response = ask(one_view_without_resource(tree, "/", "a"), "/")
    assert (response.status_code, code_of(response)) == (403, "permission_missing")
    assert "Mondays" not in response.text


def test_a_name_that_no_right_answers_stops_the_boot() -> None:
    """Where that can be seen: the name holds nothing of the caller's, or too many segments."""
    tree = Rights()
    tree.right("record/{name}/view")(lambda: True)
    app, authz = app_with(rights=tree)
    app.get("/<name>")(requires_permission("record/{name}/view")(lambda name: ""))
    app.get("/1/<name>", endpoint="one")(requires_permission("record/{name}/veiw")(lambda name: ""))
    app.get("/2/<name>", endpoint="two")(requires_permission("record/{name}")(lambda name: ""))
    app.get("/3", endpoint="three")(requires_permission(any_of("record/a/view", "a"))(lambda: ""))
    app.get("/4", endpoint="four")(public(lambda: ""))
    with pytest.raises(RuntimeError) as caught:
        authz.check(app)
    lines = str(caught.value).splitlines()[1:]
    assert [line.split()[2] for line in lines] == ["/1/<name>", "/2/<name>", "/3"]
    assert all("no right of Authz(rights=...) answers" in line for line in lines)


def test_a_name_that_no_right_answers_closes_the_door(caplog: pytest.LogCaptureFixture) -> None:
    """The log says what is missing; the caller is told nothing."""
    tree = Rights()
    tree.right("record/foo/view")(lambda: True)
    app = one_view_without_resource(tree, "/<name>", "record/{name}/view")
    assert ask(app, "/foo").status_code == 200
    with caplog.at_level(logging.ERROR):
        response = ask(app, "/b%0Aar")
    assert response.status_code == 500
    assert "rights.right" not in response.text
    assert "declare one with rights.right" in caplog.text


def test_an_empty_list_of_trees_opens_nothing() -> None:
    """A tree without rights is a tree: no name has one."""
    app, authz = app_with(rights=[])
    app.get("/")(requires_permission("a")(lambda: "in"))
    with pytest.raises(RuntimeError, match="no right"):
        authz.check(app)
    assert ask(app, "/", "a").status_code == 500


@pytest.mark.parametrize("path", ["/*", "/**", "/fo*", "/a/b"])
def test_an_argument_that_could_mean_more_reaches_no_right(path: str, loads: list[str]) -> None:
    tree = Rights()
    tree.context("record/{name}")(lambda name: loads.append(name))
    tree.right("record/{name}/view")(lambda: True)
    app = one_view(tree, "/<path:name>", "record/{name}/view")
    assert ask(app, path).status_code == 403
    assert loads == []


def test_an_own_answer_to_refusals_hides_what_exists_too(client: FlaskClient) -> None:
    """An app that answers in its own words has one error for both."""
    client.application.register_error_handler(
        AuthzError, lambda error: (f"{error.code}", error.status)
    )
    headers = caller(*ALL, subject="cy")
    denied, missing = client.get("/foo", headers=headers), client.get("/none", headers=headers)
    assert seen_from_outside(denied) == seen_from_outside(missing)
    assert denied.text == "right_denied"


def test_a_context_that_answers_not_found_tells_nobody() -> None:
    """`abort(404)` in a context is a resource that is not there: 403, as for one that is denied."""
    tree = Rights()
    tree.context("record/{name}")(lambda name: abort(404))
    tree.right("record/{name}/view")(lambda: True)
    app, _ = app_with(rights=tree)
    app.get("/<name>")(requires_permission("record/{name}/view")(lambda name: "in"))
    response = app.test_client().get("/foo", headers=caller("record/foo/view"))
    assert (response.status_code, code_of(response)) == (403, "right_denied")
