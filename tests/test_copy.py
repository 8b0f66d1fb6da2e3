"""The README's claim that `app/authz` can be taken into another project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.authz.testing import FakeIssuer, TokenFactory

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def block_after(heading: str, language: str) -> str:
    """Return the first code block of a language under a heading of the README."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, f"no {language} block under {heading!r}"
    return found[1]


CALLS = """
from app import app
client = app.test_client()
for headers in {headers!r}:
    print(client.get("/reports", headers=headers).status_code)
"""


@pytest.mark.parametrize("package", ["authz", "guards"])
def test_the_guard_layer_works_in_an_empty_project(
    issuer: FakeIssuer, tokens: TokenFactory, tmp_path: Path, package: str
) -> None:
    """One folder, under any name, and the README's own lines: closed, forbidden, open.

    No warning, and the log's line is seen though nobody has configured logging.
    """
    shutil.copytree(ROOT / "app" / "authz", tmp_path / package)
    code = block_after("Take the guard layer into your own project", "python")
    code = code.replace("from authz", f"from {package}")
    (tmp_path / "app.py").write_text(code)
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
