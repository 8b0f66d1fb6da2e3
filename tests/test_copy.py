"""The README's claim that `app/authz` can be taken into another project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.authz import Authz
from app.authz.testing import FakeIssuer, TokenFactory

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


#: The project that the README builds: its files in the order in which they stand there.
SECTION = README.split("## Take the guard layer into your own project\n")[1].split("\n## ")[0]
FILES = dict(
    zip(
        ("reports.py", "conftest.py", "test_reports.py"),
        re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL),
        strict=True,
    )
)


def project(folder: Path, package: str) -> None:
    """Put the project into an empty folder, with the guard layer under some name."""
    shutil.copytree(ROOT / "app" / "authz", folder / package)
    for name, text in FILES.items():
        text = text.replace("from authz", f"from {package}").replace('"authz.', f'"{package}.')
        (folder / name).write_text(text)


CALLS = """
from reports import create_app
client = create_app().test_client()
for headers in {headers!r}:
    print(client.get("/reports", headers=headers).status_code)
"""


def test_the_guard_layer_works_in_an_empty_project(
    issuer: FakeIssuer, tokens: TokenFactory, tmp_path: Path
) -> None:
    """One folder, under another name, and the README's own lines: closed, forbidden, open.

    No warning, and the log's line is seen though nobody has configured logging.
    """
    project(tmp_path, "guards")
    headers = [
        {},
        {"Authorization": f"Bearer {tokens.valid()}"},
        {"Authorization": f"Bearer {tokens.valid(('read:reports',))}"},
    ]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALLS.format(headers=headers)],
        cwd=tmp_path,
        env={"AUTH0_ISSUER_URL": issuer.url, "AUTH0_AUDIENCE": tokens.audience},
        capture_output=True,
        text=True,
    )
    (line,) = done.stderr.splitlines()
    assert line.startswith("refused GET /reports: permission_missing: ")
    assert done.stdout.split() == ["401", "403", "200"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sabotage", "failed"), [("", 0), ("app.before_request_funcs[None].pop(0)", 1)]
)
def test_the_tests_of_that_project_pass(tmp_path: Path, sabotage: str, failed: int) -> None:
    """As they stand in the README; and fail for an app that lost its guard."""
    project(tmp_path, "authz")
    factory = (tmp_path / "reports.py").read_text()
    (tmp_path / "reports.py").write_text(
        factory.replace("    return app\n", f"    {sabotage}\n    return app\n")
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == failed, done.stdout


def test_a_view_is_protected_as_the_readme_says(tokens: TokenFactory) -> None:
    """In the menu's app a name outside the catalogue stops the boot; elsewhere it is enough."""
    section = README.split("## Protect a view\n")[1]
    code = section.split("```python\n")[1].split("```")[0]
    written: dict[str, Any] = {"__name__": "orders"}
    exec(code, written)
    app = Flask("orders", static_folder=None)
    app.config.update(AUTH0_ISSUER_URL=tokens.issuer.url, AUTH0_AUDIENCE=tokens.audience)
    app.register_blueprint(written["bp"])
    Authz(app, permissions=["create:orders"]).check(app)
    headers = {"Authorization": f"Bearer {tokens.valid(['create:orders'], sub='al')}"}
    assert app.test_client().post("/orders").status_code == 401
    assert app.test_client().post("/orders", headers=headers).json == {"ordered_by": "al"}
    with pytest.raises(RuntimeError, match="add it there"):
        Authz(permissions=["create:items"]).check(app)
