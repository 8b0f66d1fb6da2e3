"""Where and how a guard is declared, and what is a mistake."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Blueprint, Flask, current_app

from app.authz import Authz, current_identity, public, requires_auth, requires_permission
from app.authz.testing import Clock, TokenFactory

Register = Callable[[Callable[..., Any]], Callable[..., Any]]
Placement = Callable[[Register, Callable[..., Any]], Callable[..., Any]]


def logged(view: Callable[..., Any]) -> Callable[..., Any]:
    """Stands for any decorator of the app's own."""

    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return current_app.ensure_sync(view)(*args, **kwargs)

    return inner


guard = requires_permission("create:items")

PLACEMENTS: dict[str, Placement] = {
    "below the route": lambda route, view: route(guard(view)),
    "above the route": lambda route, view: guard(route(view)),
    "on both sides of the route": lambda route, view: guard(route(requires_auth(view))),
    "below another decorator": lambda route, view: route(logged(guard(view))),
    "above another decorator": lambda route, view: route(guard(logged(view))),
    "above a route that is above another decorator": lambda route, view: guard(route(logged(view))),
    "above a decorator that is above the route": lambda route, view: guard(logged(route(view))),
    "twice": lambda route, view: route(guard(guard(view))),
    "after the registration": lambda route, view: (route(view), guard(view))[0],
}


@pytest.mark.parametrize("placement", PLACEMENTS.values(), ids=PLACEMENTS.keys())
@pytest.mark.parametrize("early", [True, False], ids=["init first", "init last"])
def test_the_order_does_not_matter(
    bare: Flask, clock: Clock, tokens: TokenFactory, placement: Placement, early: bool
) -> None:
    """Wherever the guard stands, the view is closed, and opens to the permission alone."""

    def view() -> str:
        return "in"

    authz = Authz(bare if early else None, clock=clock, timer=clock)
    placement(bare.get("/"), view)
    if not early:
        authz.init_app(bare)
    authz.check(bare)
    client = bare.test_client()
    assert client.get("/").status_code == 401
    for permissions, status in (([], 403), (["create:items"], 200)):
        headers = {"Authorization": f"Bearer {tokens.valid(tuple(permissions))}"}
        assert client.get("/", headers=headers).status_code == status


@pytest.mark.parametrize("placement", PLACEMENTS.values(), ids=PLACEMENTS.keys())
def test_async_views_are_guarded_alike(
    bare: Flask, clock: Clock, tokens: TokenFactory, placement: Placement
) -> None:
    async def view() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"subject": current_identity.subject}

    Authz(bare, clock=clock, timer=clock)
    placement(bare.get("/"), view)
    client = bare.test_client()
    assert client.get("/").status_code == 401
    headers = {"Authorization": f"Bearer {tokens.valid(('create:items',))}"}
    assert client.get("/", headers=headers).json == {"subject": tokens.claims()["sub"]}


def test_stacked_requirements_add_up(bare: Flask, clock: Clock, tokens: TokenFactory) -> None:
    """All that is declared must hold, and the challenge names it all."""
    Authz(bare, clock=clock, timer=clock)

    @bare.get("/")
    @requires_permission("read:items")
    @requires_permission("create:items", "read:items")
    def view() -> str:
        return "in"

    client = bare.test_client()
    headers = {"Authorization": f"Bearer {tokens.valid(('read:items',))}"}
    response = client.get("/", headers=headers)
    assert response.status_code == 403
    assert 'scope="create:items read:items"' in response.headers["WWW-Authenticate"]
    headers = {"Authorization": f"Bearer {tokens.valid(('read:items', 'create:items'))}"}
    assert client.get("/", headers=headers).status_code == 200


def test_the_view_keeps_its_name_and_signature() -> None:
    def view(name: str, *, size: int = 1) -> str:
        """Say something."""
        return name * size

    guarded = requires_auth(view)
    assert inspect.signature(guarded) == inspect.signature(view)
    assert (guarded.__name__, guarded.__doc__) == ("view", "Say something.")
    assert inspect.iscoroutinefunction(guarded) is False


@pytest.mark.parametrize(
    "declare",
    [
        lambda view: public(requires_auth(view)),
        lambda view: requires_auth(public(view)),
        lambda view: public(guard(view)),
        lambda view: guard(public(view)),
        lambda view: public(logged(guard(view))),
    ],
)
def test_a_contradiction_names_the_view(declare: Register) -> None:
    """It is a mistake of the developer's, seen at import."""

    def contradicted() -> str:
        return ""

    with pytest.raises(TypeError, match=r"test_decorators\..*contradicted: it cannot be"):
        declare(contradicted)


@pytest.mark.parametrize(
    "names", [(), ("",), ("a b",), ('a"b',), ("a\\b",), ("a\n",), ("ä",), (1,), (None,)]
)
def test_a_name_that_no_challenge_can_carry_is_a_type_error(names: tuple[Any, ...]) -> None:
    """An empty list would let everybody in; the rest would end up in a header."""
    with pytest.raises(TypeError, match="create:items"):
        requires_permission(*names)


def test_a_permission_without_a_name_is_a_type_error() -> None:
    """`@requires_permission` without parentheses gets the view for a name."""
    with pytest.raises(TypeError, match="needs a name"):
        requires_permission(lambda: "")  # type: ignore[arg-type]


def test_a_guarded_view_without_authz_answers_500(
    bare: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """A forgotten `init_app` must not leave the view open, and the log says what is missing."""

    @bare.get("/")
    @requires_auth
    def view() -> str:
        return "in"

    @bare.get("/async")
    @requires_auth
    async def later() -> str:
        return "in"

    client = bare.test_client()
    for path in ("/", "/async"):
        with caplog.at_level(logging.ERROR):
            response = client.get(path)
        assert response.status_code == 500
        assert b"no Authz" in response.data
        assert "no Authz" in caplog.text


def test_blueprints_and_url_values_change_nothing(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    blueprint = Blueprint("menu", __name__, url_prefix="/menu")

    @guard
    @blueprint.get("/<int:number>")
    def one(number: int) -> dict[str, int]:
        return {"number": number}

    bare.register_blueprint(blueprint)
    Authz(clock=clock, timer=clock).init_app(bare)
    client = bare.test_client()
    assert client.get("/menu/1").status_code == 401
    headers = {"Authorization": f"Bearer {tokens.valid(('create:items',))}"}
    assert client.get("/menu/1", headers=headers).json == {"number": 1}
    assert client.get("/menu/x", headers=headers).status_code == 404
