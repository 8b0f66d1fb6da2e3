"""The served API against its own OpenAPI document, by schemathesis.

Another seed: `SCHEMATHESIS_SEED=2 pytest tests/serving/test_schemathesis.py`.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from app.extensions import db
from app.items.models import Item
from app.items.seed import FIRST_ITEMS

from .conftest import ROOT, ServerMaker

pytestmark = pytest.mark.slow

CONFIG = ROOT / "tests" / "serving" / "schemathesis.toml"

#: Seconds after which nothing is waited for any longer; on a quiet machine a run takes 40.
PATIENCE = 600


@pytest.fixture
def long_menu(app: Flask) -> None:
    """So many items that a guessed id often is one."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(insert(Item), FIRST_ITEMS * 200)


def test_what_is_served_is_what_is_documented(
    gunicorn: ServerMaker,
    bearer: Callable[..., dict[str, str]],
    shell: dict[str, str],
    tmp_path: Path,
    long_menu: None,
) -> None:
    """All checks, and warnings are failures."""
    server = gunicorn(WEB_CONCURRENCY="2")
    token = bearer("create:items", "update:items", "delete:items", "read:metrics")["Authorization"]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
            *("run", f"{server.url}/openapi.json", "--header", f"Authorization: {token}"),
            *("--seed", os.environ.get("SCHEMATHESIS_SEED", "1"), "--no-color"),
        ],
        cwd=tmp_path,
        env=shell | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert run.returncode == 0, run.stdout + run.stderr
