"""The walls of the house: who may import whom."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

AUTHZ = Path(__file__).parents[2] / "app" / "authz"

#: Parts from the base up. Each imports only from those before it, or from within itself.
BASE = {
    "addresses",
    "algorithms",
    "errors",
    "events",
    "expiring",
    "identity",
    "observer",
    "parsing",
    "reading",
    "settings",
}
EDGE = {
    "answers",
    "attachment",
    "callers",
    "cli",
    "challenges",
    "current",
    "decorators",
    "enforcement",
    "extension",
    "metadata",
    "openapi",
    "origin",
    "presented",
    "problems",
    "proxies",
    "refusals",
    "refusing",
    "route_check",
    "routes",
    "verdicts",
}
BELOW = {
    "base": {"base"},
    "policy": {"base", "policy"},
    "state": {"base", "state"},
    "tokens": {"base", "state", "tokens"},
    "inspection": {"base", "state", "tokens", "inspection"},
    "edge": {"base", "policy", "state", "tokens", "inspection", "edge"},
    "testing": {"base", "policy", "state", "edge", "testing"},
    "front": {"base", "policy", "edge"},
}

FILES = sorted(AUTHZ.rglob("*.py"))


def part_of(module: tuple[str, ...]) -> str:
    """Return the part that a module of the package belongs to."""
    if not module or module == ("__init__",):
        return "front"
    if module[0] in ("policy", "state", "tokens", "inspection", "testing"):
        return module[0]
    assert module[0] in BASE | EDGE, f"{module[0]}.py belongs to no part: add it to this test"
    return "base" if module[0] in BASE else "edge"


def imports(path: Path) -> list[tuple[int, str]]:
    """Return every imported module with its level: 0 for absolute ones."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.module is None:
                found += [(node.level, alias.name) for alias in node.names]
            else:
                found.append((node.level, node.module))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(AUTHZ)))
def test_imports_go_down(path: Path) -> None:
    """Also: policy and tokens never meet, and nothing comes from elsewhere in the project."""
    here = path.relative_to(AUTHZ).with_suffix("").parts
    for level, name in imports(path):
        assert not (level == 0 and name.split(".")[0] in ("app", "config"))
        if level:
            module = (*here[: len(here) - level], *name.split("."))
            assert len(here) >= level, f"{path} imports from outside the package"
            assert part_of(module) in BELOW[part_of(here)], f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(AUTHZ)))
def test_flask_is_imported_at_the_edge_only(path: Path) -> None:
    part = part_of(path.relative_to(AUTHZ).with_suffix("").parts)
    names = {name.split(".")[0] for level, name in imports(path) if not level}
    assert part in ("edge", "testing") or not names & {"flask", "werkzeug"}


def test_jose_is_imported_in_one_file() -> None:
    """Authlib's leaves with 2.0: the swap must be one file."""
    users = {
        path.name
        for path in FILES
        for _, name in imports(path)
        if name.split(".")[0] in ("authlib", "joserfc")
    }
    assert users == {"jose.py"}


@pytest.mark.parametrize(("package", "file"), [("sqlalchemy", "sql.py"), ("redis", "redis.py")])
def test_a_store_is_imported_in_one_file(package: str, file: str) -> None:
    """Who keeps the shared state elsewhere need not have it."""
    users = [
        path.name
        for path in FILES
        if any(not level and name.split(".")[0] == package for level, name in imports(path))
    ]
    assert users == [file]


def test_the_layer_imports_no_store_by_itself(tmp_path: Path) -> None:
    """A copy of it works where there is neither SQLAlchemy nor redis."""
    shutil.copytree(AUTHZ, tmp_path / "authz")
    modules = "authz, authz.cli, authz.state, authz.tokens.revocation"
    code = f"import sys, {modules}; sys.exit(bool({{'sqlalchemy', 'redis'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path)
    assert done.returncode == 0
