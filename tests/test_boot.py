"""Starting the API: what stops it, and what it says then."""

from pathlib import Path

import pytest

import config
from app import create_app

GOOD = {"AUTH0_ISSUER_URL": "https://tenant.test/", "AUTH0_AUDIENCE": "https://menu-api.test"}


def test_every_problem_of_app_and_guard_is_told_at_once() -> None:
    """An operator mends the settings once, not one start at a time."""
    environ = {
        "AUTH0_ISSUER_URL": "http://tenant.test/",
        "AUTHZ_LEEWAI": "10",
        "PORT": "seven",
        "DATABASE_URL": "postgres://user:secret@db/menu",
        "CORS_ORIGINS": "menu.test",
    }
    with pytest.raises(config.ConfigError) as caught:
        create_app(environ)
    text = str(caught.value)
    for name in ("AUTH0_ISSUER_URL", "AUTH0_AUDIENCE", "AUTHZ_LEEWAI", "PORT", "DATABASE_URL"):
        assert f"- {name} " in text
    assert "- CORS_ORIGINS " in text
    assert "postgresql+psycopg://" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("TENANT_PORT", "http"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "many"),
        ("CORS_ORIGINS", ","),
        ("CORS_ORIGINS", "https://*.menu.test"),
        ("CORS_ORIGINS", "https://menu.test/path"),
        ("DATABASE_URL", "menu.db"),
        ("DATABASE_URL", "mysql://db/menu"),
        ("DATABASE_URL", "sqlite://"),  # in memory: each connection would have its own
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "cockroachdb+psycopg://db/menu"),  # its package is not installed
        ("DATABASE_POOL_SIZE", "0"),
        ("STATE_URL", "memcached://db"),
        ("STATE_URL", "redis://db:port"),
        ("STATE_URL", "redis://db/name"),
        ("STATE_URL", "redis://[db"),
    ],
)
def test_a_bad_value_names_its_setting(name: str, value: str) -> None:
    _, problems = config.load(GOOD | {name: value})
    assert len(problems) == 1
    assert problems[0].startswith(f"{name} ")


def test_the_defaults_are_good() -> None:
    values, problems = config.load(GOOD)
    assert problems == []
    assert values["PORT"] == 7000
    assert values["TENANT_PORT"] == 7001
    assert values["CORS_ORIGINS"] == ("*",)


@pytest.mark.parametrize("level", ["critical", "fatal", "notset", "10"])
def test_a_level_that_says_too_little_is_refused(level: str) -> None:
    """Nobody would hear of an error."""
    _, problems = config.load(GOOD | {"LOG_LEVEL": level})
    assert problems == ["LOG_LEVEL cannot be read: use debug, info, warning or error."]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CORS_ORIGIN", "CORS_ORIGINS"),
        ("CORS_ORIGNS", "CORS_ORIGINS"),
        ("RATE_LIMIT_PER_ADDRESS", "RATELIMIT_PER_ADDRESS"),
    ],
)
def test_a_misspelt_name_is_refused(name: str, meant: str) -> None:
    _, problems = config.load(GOOD | {name: "x"})
    assert problems == [f"{name} is not a setting: did you mean {meant}?"]


def test_names_of_others_are_passed_over() -> None:
    """An environment holds many; one beside the right name is no mistake."""
    names = ["LOGLEVEL", "DD_LOG_LEVEL", "PORT1", "STATS_URL", "DATABASE_URI", "CORS_ORIGIN"]
    given = {"CORS_ORIGINS": "https://menu.test"} | dict.fromkeys(names, "x")
    _, problems = config.load(GOOD | given)
    assert problems == []


def test_an_empty_value_is_the_default() -> None:
    assert config.load(GOOD | {"PORT": " "}) == config.load(GOOD)


def test_the_environment_is_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`.env` is a person's default; who starts the process has the last word."""
    (tmp_path / ".env").write_text("PORT=7100\nTENANT_PORT=7101\n")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("PORT", "7200")
    monkeypatch.delenv("TENANT_PORT", raising=False)
    environ = config.environment()
    assert (environ["PORT"], environ["TENANT_PORT"]) == ("7200", "7101")


def test_the_issuer_of_flaskenv_gives_way_to_a_domain(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else `flask run` would serve against the local tenant, whatever `.env` says."""
    (tmp_path / ".env").write_text("AUTH0_DOMAIN=tenant.eu.auth0.com\n")
    (tmp_path / ".flaskenv").write_text("AUTH0_ISSUER_URL=http://127.0.0.1:7001/\n")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("AUTH0_ISSUER_URL", "http://127.0.0.1:7001/")
    assert "AUTH0_ISSUER_URL" not in config.environment()
    monkeypatch.setenv("AUTH0_ISSUER_URL", "https://login.test/")
    assert config.environment()["AUTH0_ISSUER_URL"] == "https://login.test/"


def test_the_issuer_of_flaskenv_is_where_the_tenant_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else tokens of a tenant on another port would be made for, and refused by, the usual one."""
    (tmp_path / ".flaskenv").write_text("AUTH0_ISSUER_URL=http://127.0.0.1:7001/\n")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("TENANT_PORT", "7071")
    monkeypatch.setenv("AUTH0_ISSUER_URL", "http://127.0.0.1:7001/")
    assert config.environment()["AUTH0_ISSUER_URL"] == "http://127.0.0.1:7071/"
    monkeypatch.setenv("AUTH0_ISSUER_URL", "https://login.test/")
    assert config.environment()["AUTH0_ISSUER_URL"] == "https://login.test/"
