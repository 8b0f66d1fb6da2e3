"""The line of a request."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.authz import public
from app.authz.testing import TokenFactory
from app.observe.lines import Lines as Writer
from app.observe.requests import Outcome

from .conftest import Lines

OUTCOME = Outcome("GET", '/a"<x>\n', 200, 0.5, "id", None, "")


def test_a_line_says_what_came_of_a_request(client: FlaskClient, lines: Lines) -> None:
    """With the rule, not the path."""
    client.get("/items/7")
    (line,) = lines()
    written = datetime.fromisoformat(line.pop("time"))
    assert abs(datetime.now(written.tzinfo) - written).total_seconds() < 60
    assert 0 < line.pop("duration") < 60
    assert line.pop("request_id")
    assert line.pop("process")
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/items/<item_id:item_id>",
        "status": 404,
        "code": "not_found",
    }


def test_a_caller_is_a_hash(
    client: FlaskClient, lines: Lines, tokens: TokenFactory, bearer: Callable[..., dict[str, str]]
) -> None:
    """Let in or denied; of a token that did not verify nothing is known."""
    claims = tokens.claims()
    subject = sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
    client.delete("/items/1", headers=bearer("delete:items"))
    client.delete("/items/1", headers=bearer())
    client.delete("/items/1", headers={"Authorization": f"Bearer {tokens.expired()}"})
    client.delete("/items/1")
    found = [(line.get("subject"), line.get("code"), line["status"]) for line in lines()]
    assert found == [
        (subject, "not_found", 404),
        (subject, "permission_missing", 403),
        (None, "token_expired", 401),
        (None, "token_missing", 401),
    ]


def test_nothing_that_a_caller_wrote_is_in_it(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], tokens: TokenFactory
) -> None:
    token = tokens.valid()
    client.get("/items?access_token=needle", headers={"User-Agent": "needle", "Cookie": "needle"})
    client.get("/needle", headers={"X-Request-ID": "needle!"})
    client.open("/items", method="NEEDLE")
    client.post("/items", headers={"Authorization": f"Bearer {token}"}, json={"needle": 1})
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 4
    assert "needle" not in written.lower()
    assert not [part for part in token.split(".") if part in written]


@pytest.mark.parametrize(
    ("method", "path", "sent", "code"),
    [
        ("GET", "/nowhere", {}, "not_found"),
        ("PATCH", "/items", {}, "method_not_allowed"),
        ("POST", "/items", {"data": b"{"}, "request_malformed"),
        ("POST", "/items", {"data": b" " * 70_000}, "too_large"),
        ("POST", "/items", {"json": {"item": {}}}, "invalid"),
        ("DELETE", "/items/1", {}, "permission_missing"),
        ("GET", "/items?limit=x", {}, "invalid"),
    ],
)
def test_an_error_has_the_code_of_its_answer(
    method: str,
    path: str,
    sent: dict[str, Any],
    code: str,
    client: FlaskClient,
    lines: Lines,
    bearer: Callable[..., dict[str, str]],
) -> None:
    """Whether a guard has refused or not."""
    headers = bearer("create:items", "update:items") | {"Content-Type": "application/json"}
    sent = {"headers": headers} | sent
    answer = client.open(path, method=method, **sent)
    (line,) = lines()
    assert line["code"] == (answer.json or {})["code"] == code


@pytest.mark.parametrize("path", ["/items", "/items/1", "/health/ready"])
def test_a_lost_database_has_its_code(path: str, environ: dict[str, str], lines: Lines) -> None:
    """Who is on call sees it in each line, and not in the answers alone."""
    url = "postgresql+psycopg://menu@127.0.0.1:1/menu"
    answer = create_app(environ | {"DATABASE_URL": url}).test_client().get(path)
    (line,) = lines()
    assert line["code"] == (answer.json or {})["code"] == "database_unavailable"


def test_a_limit_has_its_code(environ: dict[str, str], empty_menu: None, lines: Lines) -> None:
    client = create_app(environ | {"RATELIMIT_PER_ADDRESS": "1/hour"}).test_client()
    assert [client.get("/items").status_code for _ in range(2)] == [200, 429]
    assert [line.get("code") for line in lines()] == [None, "rate_limited"]


def test_a_failure_is_an_error(app: Flask, client: FlaskClient, lines: Lines) -> None:
    @app.get("/bug")
    @public
    def bug() -> NoReturn:
        raise KeyError("bug")

    client.get("/bug")
    (line,) = lines()
    assert (line["level"], line["status"], line["code"]) == ("error", 500, "internal_error")


@pytest.mark.parametrize(("level", "written"), [("debug", 2), ("info", 0)])
def test_probes_that_find_all_well_are_for_debugging(
    environ: dict[str, str], empty_menu: None, lines: Lines, level: str, written: int
) -> None:
    """There is one every few seconds."""
    client = create_app(environ | {"LOG_LEVEL": level}).test_client()
    assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200
    assert len(lines()) == written


def test_above_info_there_is_none(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    app = create_app(environ | {"LOG_LEVEL": "Warning"})
    assert app.test_client().get("/").status_code == 200
    assert capsys.readouterr().err == ""


def test_a_person_gets_text(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(environ | {"LOG_FORMAT": "console"})
    app.test_client().get("/", headers={"X-Request-ID": "mine"})
    line = capsys.readouterr().err
    assert "Z GET / 200 " in line
    assert line.endswith(" ms mine\n")


def test_any_rule_is_written_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    Writer("json", 20).write(OUTCOME)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["route"] == OUTCOME.route


def test_a_full_disk_stops_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        Writer("json", 20).write(OUTCOME)
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            full.close()
