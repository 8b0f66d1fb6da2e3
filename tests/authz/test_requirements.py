"""What a view may require of its caller, beyond a login."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.authz import (
    Permission,
    Scope,
    adopt_guard_of,
    all_of,
    any_of,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)

from .conftest import code_of
from .handmade import app_with, caller

View = Callable[..., Any]


def ask(decorator: Callable[[View], View], headers: dict[str, str]) -> TestResponse:
    """Ask for a view that is guarded so."""
    app, authz = app_with()
    app.get("/")(decorator(lambda: "in"))
    authz.check(app)
    return app.test_client().get("/", headers=headers)


def challenge(response: TestResponse) -> str | None:
    """Return the scope of a 403's challenge, None if it has none."""
    assert (response.status_code, code_of(response)) == (403, "permission_missing")
    text = response.headers["WWW-Authenticate"]
    begin, _, scope = text.partition(', scope="')
    assert begin.removesuffix('"') == 'Bearer realm="api", error="insufficient_scope'
    return scope.removesuffix('"') or None


@pytest.mark.parametrize(
    ("decorator", "headers"),
    [
        (requires_permission("a"), caller("a")),
        (requires_permission("a", "b"), caller("a", "b", "c")),
        (requires_scope("a"), caller(scopes=["a"])),
        (requires_scope("a", "b"), caller(scopes=["b", "a"])),
        (requires_permission(any_of("a", "b")), caller("b")),
        (requires_permission("a", any_of("b", "c")), caller("a", "c")),
        (requires_permission(any_of("a", all_of("b", "c"))), caller("b", "c")),
        (requires_permission(all_of(any_of("a", "b"), any_of("c", "d"))), caller("b", "d")),
        (requires_scope(any_of("a", "b")), caller(scopes=["b"])),
        (requires_permission(any_of("a", Scope("a"))), caller(scopes=["a"])),
        (requires_permission(any_of("a", Scope("a"))), caller("a")),
        (requires_scope(any_of("a", Permission("a"))), caller("a")),
        (requires_scope(all_of("a", Permission("b"))), caller("b", scopes=["a"])),
        (requires_permission(Scope("a")), caller(scopes=["a"])),
        (requires_claim("org", "acme"), caller(claims={"org": "acme"})),
    ],
)
def test_who_has_what_is_required_comes_in(
    decorator: Callable[[View], View], headers: dict[str, str]
) -> None:
    assert ask(decorator, headers).status_code == 200


@pytest.mark.parametrize(
    ("decorator", "headers", "names"),
    [
        (requires_permission("a"), caller(), "a"),
        (requires_permission("a"), caller(scopes=["a"]), "a"),
        (requires_permission("a"), caller("A"), "a"),
        (requires_permission("a"), caller("a b", "a,b", " a", ""), "a"),
        (requires_permission("a", "b"), caller("a"), "a b"),
        (requires_scope("a"), caller("a"), "a"),
        (requires_scope("a", "b"), caller(scopes=["b"]), "a b"),
        (requires_permission(any_of("a", "b")), caller("c"), "a b"),
        (requires_permission("a", any_of("b", "c")), caller("b", "c"), "a b c"),
        (requires_permission(any_of("a", all_of("b", "c"))), caller("b"), "a b c"),
        (requires_permission(all_of(any_of("a", "b"), any_of("c", "b"))), caller("a"), "a b c"),
        (requires_permission(any_of("a", Scope("b"))), caller("b", scopes=["a"]), "a b"),
        (requires_permission(any_of("a", Scope("a"))), caller(), "a"),
        (requires_scope(all_of("a", Permission("b"))), caller("a", scopes=["b"]), "a b"),
    ],
)
def test_who_lacks_something_is_told_all_that_would_help(
    decorator: Callable[[View], View], headers: dict[str, str], names: str
) -> None:
    """RFC 6750, section 3: the scope needed for the request; of alternatives, all of them."""
    assert challenge(ask(decorator, headers)) == names


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: requires_permission(),
        lambda: requires_scope(),
        lambda: any_of(),
        lambda: all_of(),
        lambda: requires_permission(any_of("a", all_of())),
        lambda: requires_permission(["a", "b"]),  # type: ignore[arg-type]
        lambda: requires_permission(any_of("a b")),
        lambda: requires_scope(any_of("")),
        lambda: requires_permission(any_of(lambda: "")),  # type: ignore[arg-type]
        lambda: requires_scope(lambda: ""),  # type: ignore[arg-type]
        lambda: requires_permission(requires_scope("a")),  # type: ignore[arg-type]
        lambda: requires_permission(public),  # type: ignore[arg-type]
        lambda: Permission(""),
        lambda: Scope('"'),
        lambda: requires_claim("", 1),
        lambda: requires_claim("a", None),
        lambda: requires_claim(lambda: ""),  # type: ignore[call-arg, arg-type]
        lambda: requires_auth("a"),  # type: ignore[call-overload]
        lambda: any_of("a")(lambda: ""),  # type: ignore[operator]
        lambda: adopt_guard_of(lambda: ""),
        lambda: adopt_guard_of(requires_auth(lambda: "")),
    ],
)
def test_nothing_required_is_a_type_error(mistake: Callable[[], object]) -> None:
    """No expectation, no acceptance."""
    with pytest.raises(TypeError):
        mistake()


@pytest.mark.parametrize(
    ("expected", "value", "status"),
    [
        ("acme", "acme", 200),
        ("acme", "Acme", 403),
        ("acme", ["acme"], 403),
        ("acme", None, 403),
        (1, 1, 200),
        (1, 1.0, 200),
        (1, True, 403),
        (True, 1, 403),
        (True, True, 200),
        (False, 0, 403),
        (0, False, 403),
        (False, False, 200),
        (False, None, 403),
        ("", "", 200),
        (["a", "b"], ["a", "b"], 200),
        (["a", "b"], ["b", "a"], 403),
        ({"a": [1]}, {"a": [1]}, 200),
        ({"a": [1]}, {"a": [2]}, 403),
        ({"a": [1]}, {"a": [True]}, 403),
        ([1], [True], 403),
        ([1], [1, 2], 403),
        ({"a": 1}, {"b": 1}, 403),
        (1, [1], 403),
        ([1], 1, 403),
        (1, {"a": 1}, 403),
        ({"a": 1}, 1, 403),
        ({"a": 1}, ["a"], 403),
        (lambda value: value > 17, 18, 200),
        (lambda value: value > 17, 17, 403),
        (lambda value: value is None, None, 200),
        (lambda value: "a" in value, ["a"], 200),
        (lambda value: [], "a", 403),
        (partial(max, 0), 3, 200),
        (bool, "", 403),
    ],
)
def test_a_claim_equals_a_value_or_satisfies_a_predicate(
    expected: object, value: object, status: int
) -> None:
    """A value is compared as JSON has it: 1 is not true. A denied claim names no scope."""
    response = ask(requires_claim("org", expected), caller(claims={"org": value}))
    assert response.status_code == status
    if status == 403:
        assert challenge(response) is None


@pytest.mark.parametrize("expected", ["acme", lambda _: True], ids=["value", "predicate"])
def test_an_absent_claim_is_denied(expected: object) -> None:
    """A predicate is not asked about what is not there."""
    assert challenge(ask(requires_claim("org", expected), caller())) is None


def test_a_denied_claim_offers_no_scope_even_beside_a_permission() -> None:
    """A token with the permission, which the caller has, would be denied again."""

    def decorator(view: View) -> View:
        return requires_permission("a")(requires_claim("org", "acme")(view))

    assert challenge(ask(decorator, caller("a"))) is None
    response = ask(decorator, caller(claims={"org": "acme"}))
    assert challenge(response) == "a"


def test_an_async_predicate_is_a_type_error() -> None:
    async def predicate(value: object) -> bool:
        await asyncio.sleep(0)
        return False

    with pytest.raises(TypeError, match="async"):
        requires_claim("org", predicate)
    with pytest.raises(TypeError, match="async"):
        requires_claim("org", partial(predicate))


class Later:
    """Something to await, which Python takes for true."""

    def __await__(self) -> Generator[None, None, bool]:
        yield
        return False


def generated(value: object) -> Generator[bool, None, None]:
    yield False


async def generated_later(value: object) -> AsyncGenerator[bool, None]:
    yield False


def failing(value: object) -> bool:
    raise ValueError(value)


@pytest.mark.parametrize(
    "predicate", [lambda _: Later(), generated, lambda value: generated_later(value), failing]
)
def test_a_predicate_that_gives_no_answer_closes_the_door(predicate: object) -> None:
    """What Python takes for true without having decided is no decision."""
    response = ask(requires_claim("org", predicate), caller(claims={"org": "acme"}))
    assert response.status_code == 500


def test_requirements_of_all_kinds_add_up() -> None:
    def decorator(view: View) -> View:
        view = requires_permission("a")(requires_auth(view))
        return requires_claim("org", ["acme"])(requires_scope("b")(view))

    everything: dict[str, Any] = {"scopes": ["b"], "claims": {"org": ["acme"]}}
    assert ask(decorator, caller("a", **everything)).status_code == 200
    assert ask(decorator, caller(**everything)).status_code == 403
    assert ask(decorator, caller("a", **everything | {"scopes": []})).status_code == 403
    assert ask(decorator, caller("a", **everything | {"claims": {}})).status_code == 403


@pytest.fixture
def adopting() -> Flask:
    """An app with a view that adopts the guard of another and adds to it."""
    app, authz = app_with()

    @app.get("/one")
    @optional_auth
    @requires_permission("a")
    def one() -> str:
        return "in"

    @app.get("/other")
    @adopt_guard_of(one)
    @requires_scope("b")
    def other() -> str:
        return "in"

    authz.check(app)
    return app


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (caller("a", scopes=["b"]), 200),
        (caller("a"), 403),
        (caller(scopes=["b"]), 403),
        ({}, 401),
    ],
)
def test_an_adopted_guard_is_added(adopting: Flask, headers: dict[str, str], status: int) -> None:
    assert adopting.test_client().get("/other", headers=headers).status_code == status


def test_adopting_changes_nothing_for_the_other(adopting: Flask) -> None:
    assert adopting.test_client().get("/one", headers=caller("a")).status_code == 200


def test_a_mode_is_not_adopted() -> None:
    """What everybody may do is not what a view lets everybody do."""
    app, authz = app_with(anonymous_grants=["a"])
    one = app.get("/one")(optional_auth(requires_permission("a")(lambda: "in")))
    app.get("/other", endpoint="other")(adopt_guard_of(one)(lambda: "in"))
    authz.check(app)
    assert app.test_client().get("/one").status_code == 200
    assert app.test_client().get("/other").status_code == 401


def test_a_public_view_adopts_nothing() -> None:
    with pytest.raises(TypeError, match="public and require"):
        public(adopt_guard_of(requires_permission("a")(lambda: ""))(lambda: ""))


def test_to_require_the_same_twice_changes_nothing() -> None:
    """Equal requirements are one, and asked once."""
    asked = []

    def predicate(value: object) -> bool:
        asked.append(value)
        return True

    def decorator(view: View) -> View:
        view = requires_claim("org", predicate)(requires_claim("org", predicate)(view))
        return requires_permission(any_of("a", "b"))(requires_permission(any_of("a", "b"))(view))

    assert challenge(ask(decorator, caller(claims={"org": "acme"}))) == "a b"
    assert asked == ["acme"]
