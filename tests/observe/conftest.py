"""What the API writes of its requests."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.observe.metrics import Metrics

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that gets 500 for a bug, as callers do."""
    app.testing = False
    return app.test_client()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Returns the request lines that were written since it was last asked."""

    def read() -> list[dict[str, Any]]:
        written = capsys.readouterr().err.splitlines()
        found = [json.loads(line) for line in written if line.startswith("{")]
        return [line for line in found if line["event"] == "request"]

    return read


@pytest.fixture
def numbers(app: Flask) -> Callable[[str], float]:
    """Returns the value of a sample, written as Prometheus writes it; 0 if there is none."""

    def read(sample: str) -> float:
        metrics: Metrics = app.extensions["metrics"]
        for line in metrics.exposed().decode().splitlines():
            if line.startswith(f"{sample} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    return read
