"""Headers of every answer, whatever it answers."""

from collections.abc import Callable

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from app import create_app
from app.authz import public

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/items", 200),
        ("OPTIONS", "/items", 200),
        ("POST", "/items", 401),
        ("GET", "/items/1", 404),
        ("GET", "/nowhere", 404),
        ("PATCH", "/items", 405),
        ("GET", "/items?limit=x", 422),
    ],
)
def test_every_answer_has_them(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value]
    assert len(answer.headers.getlist("Cache-Control")) == 1
    assert "Strict-Transport-Security" not in answer.headers


def test_a_failure_has_them(app: Flask) -> None:
    """What nobody has thought of gets them too."""

    @app.get("/broken")
    @public
    def broken() -> str:
        raise LookupError

    app.testing = False
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_refusals_are_not_stored_and_the_menu_may_be(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    assert client.get("/items").headers["Cache-Control"] == "public, no-cache"
    assert client.delete("/items/1").headers["Cache-Control"] == "no-store"
    denied = client.delete("/items/1", headers=bearer())
    assert (denied.status_code, denied.headers["Cache-Control"]) == (403, "no-store")


def test_what_an_answer_says_itself_is_kept(app: Flask) -> None:
    """A page has a policy of its own."""
    own = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=60"}

    @app.get("/page")
    @public
    def page() -> Response:
        return Response("<p>", headers=own)

    answer = app.test_client().get("/page")
    for name, value in own.items():
        assert answer.headers.getlist(name) == [value]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_with_chosen_origins_nobody_else_embeds_an_answer(environ: dict[str, str]) -> None:
    app = create_app(environ | {"CORS_ORIGINS": "https://menu.test"})
    headers = app.test_client().get("/").headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


class TestTransport:
    """`Strict-Transport-Security` goes with https alone (RFC 6797, section 7.2)."""

    NAME = "Strict-Transport-Security"

    @pytest.mark.parametrize(("url", "said"), [("https://menu.test", 1), ("http://menu.test", 0)])
    def test_the_public_address_says_whether(
        self, environ: dict[str, str], url: str, said: int
    ) -> None:
        app = create_app(environ | {"PUBLIC_URL": url})
        for path in ("/", "/nowhere"):
            headers = app.test_client().get(path).headers
            assert len(headers.getlist(self.NAME)) == said

    @pytest.mark.parametrize(("hops", "said"), [("1", True), ("0", False)])
    def test_so_does_a_proxy_that_is_trusted(
        self, environ: dict[str, str], hops: str, said: bool
    ) -> None:
        app = create_app(environ | {"PROXY_HOPS": hops})
        headers = app.test_client().get("/", headers={"X-Forwarded-Proto": "https"}).headers
        assert (self.NAME in headers) is said
