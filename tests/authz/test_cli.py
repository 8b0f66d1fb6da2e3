"""`flask authz routes` and `flask authz permissions`."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.authz import (
    Authz,
    all_of,
    any_of,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
    requires_scope,
)


@pytest.fixture
def app(bare: Flask) -> Flask:
    """An app with an open route, guarded ones, and a hole."""
    Authz(bare)

    @bare.get("/menu")
    @public
    def menu() -> str:
        return ""

    @bare.route("/menu", methods=["PUT", "PATCH"])
    @requires_permission("update:items", any_of("create:items", "admin"))
    def change() -> str:
        return ""

    @bare.get("/mine")
    @requires_scope("profile")
    @requires_auth
    def mine() -> str:
        return ""

    @bare.get("/hole/<name>")
    def hole(name: str) -> str:
        return name

    return bare


def run(app: Flask, *arguments: str) -> Result:
    """Run a command as the shell would."""
    return app.test_cli_runner().invoke(args=["authz", *arguments])


def rows(app: Flask) -> dict[str, dict[str, Any]]:
    """Return what `--json` prints, by endpoint."""
    return {row["endpoint"]: row for row in json.loads(run(app, "routes", "--json").stdout)}


def test_the_table_has_every_route_with_its_guard(app: Flask) -> None:
    """A line a route: methods, rule, mode, requirements, file and line."""
    lines = run(app, "routes").stdout.splitlines()
    assert lines[0].split() == ["METHODS", "RULE", "MODE", "REQUIRES", "DECLARED", "AT"]
    (change,) = [line for line in lines if "PATCH" in line]
    assert change.split("  ")[0] == "PATCH, PUT"
    assert "permission update:items, any of (permission create:items, permission admin)" in change
    line = inspect.unwrap(app.view_functions["change"]).__code__.co_firstlineno
    assert change.endswith(f"test_cli.py:{line}")
    assert len(lines) == 6  # with the head, and the layer's own route


def test_the_table_shows_combinations_in_combinations(app: Flask) -> None:
    guard = requires_permission(any_of("a", all_of("b", "c")))
    app.get("/deep", endpoint="deep")(guard(lambda: ""))
    (deep,) = [line for line in run(app, "routes").stdout.splitlines() if "/deep" in line]
    assert "any of (permission a, all of (permission b, permission c))" in deep


def test_json_says_the_same_to_machines(app: Flask) -> None:
    found = rows(app)
    assert found["menu"]["mode"] == "public"
    assert found["menu"]["open"] is True
    assert found["change"]["methods"] == ["PATCH", "PUT"]
    assert found["mine"] | {"declared_at": ""} == {
        "methods": ["GET"],
        "rule": "/mine",
        "endpoint": "mine",
        "mode": "requires_auth",
        "requires": ["scope profile"],
        "open": False,
        "declared_at": "",
    }
    assert found["hole"]["mode"] == "undeclared"


@pytest.mark.parametrize("allowed", ["GET /menu", "/menu", "menu"])
def test_check_fails_for_a_hole_alone(app: Flask, allowed: str) -> None:
    """A route that declares nothing is closed, and still nobody meant it so."""
    result = run(app, "routes", "--check", allowed)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("GET /hole/<name> ")
    assert "/menu" in result.stdout


def test_check_fails_for_an_open_route_that_nobody_allowed(app: Flask) -> None:
    app.view_functions["hole"] = requires_auth(app.view_functions["hole"])
    result = run(app, "routes", "--check")
    assert result.exit_code == 1
    assert "GET /menu" in result.stderr
    assert "is open" in result.stderr
    assert run(app, "routes", "--check", "GET /menu").exit_code == 0
    assert run(app, "routes", "--check", "PUT /menu").exit_code == 1
    assert run(app, "routes").exit_code == 0


def test_an_optional_route_is_open(app: Flask) -> None:
    """A caller without credentials gets in there."""
    app.view_functions["hole"] = optional_auth(app.view_functions["hole"])
    assert rows(app)["hole"]["open"] is True
    assert run(app, "routes", "--check", "/menu").exit_code == 1


def test_what_is_allowed_may_stand_in_a_file(app: Flask, tmp_path: Path) -> None:
    app.view_functions["hole"] = public(app.view_functions["hole"])
    listed = tmp_path / "open-routes"
    listed.write_text("GET /menu\n\n  /hole/<name>\n")
    assert run(app, "routes", "--check", str(listed)).exit_code == 0


def test_permissions_lists_each_name_with_its_routes(app: Flask) -> None:
    """And the line that makes them the API's permissions in a tenant."""
    app.config["AUTH0_AUDIENCE"] = "https://menu-api.test/it's,other"
    lines = run(app, "permissions").stdout.splitlines()
    assert lines[1].split("  ")[0] == "update:items"
    assert lines[1].endswith("PATCH /menu, PUT /menu")
    assert lines[-1] == (
        "auth0 apis update 'https://menu-api.test/it'\"'\"'s'"
        " --scopes update:items,create:items,admin"
    )


def test_permissions_as_json_maps_names_to_routes(app: Flask) -> None:
    result = run(app, "permissions", "--json")
    assert json.loads(result.stdout)["admin"] == ["PATCH /menu", "PUT /menu"]
    assert result.stderr == ""


def test_an_app_without_permissions_has_no_line_for_a_tenant(bare: Flask) -> None:
    Authz(bare)
    assert "auth0" not in run(bare, "permissions").stdout
