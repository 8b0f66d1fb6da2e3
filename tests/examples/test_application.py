"""The application as a whole: errors, caches, its boundary to the guard layer."""

import ast
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.authz import __all__ as public_names
from examples.records import create_app

from .conftest import SignedIn, code_of

FILES = sorted(Path(__file__).parents[2].glob("examples/**/*.py"))


@pytest.mark.parametrize("path", ["/", "/nope", "/static/x.js", "/login/nope", "/records/foo/view"])
def test_unknown_address_is_404(client: FlaskClient, path: str) -> None:
    """It asks for no login: nothing is there."""
    answer = client.get(path)
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/login", {"POST", "OPTIONS"}),
        ("POST", "/records", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/records/foo", {"GET", "HEAD", "OPTIONS", "PUT"}),
    ],
)
def test_unknown_method_is_405(
    client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    """`Allow` names those that there are."""
    answer = client.open(path, method=method)
    assert (answer.status_code, code_of(answer)) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/records", "/records/public", "/records/foo", "/hello", "/nope"])
def test_no_answer_is_kept_by_a_cache(client: FlaskClient, signed_in: SignedIn, path: str) -> None:
    """To a shared cache a request with `X-App-Token` is like any other."""
    assert client.get(path).headers["Cache-Control"] == "no-store"
    answer = client.get(path, headers=signed_in("alice", "**"))
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_needs_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issuer and audience are for applications that take the guard layer's own tokens."""
    monkeypatch.delenv("AUTH0_ISSUER_URL", raising=False)
    monkeypatch.delenv("AUTH0_AUDIENCE", raising=False)
    monkeypatch.delenv("RECORDS_SECRET_KEY", raising=False)
    assert create_app().test_client().get("/hello").status_code == 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_public_names_of_the_guard_layer_only(path: Path) -> None:
    """What an application needs has a public name, but for the shape of its own errors."""
    imported = [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None
        for alias in node.names
        if node.module.split(".")[0] == "app"
    ]
    allowed = {("app.authz", name) for name in public_names}
    assert set(imported) <= allowed | {("app.authz.problems", "problem")}
