"""Every setting of the API: name, default, meaning.

Settings come from the environment; a name that the environment lacks is looked up in `.env` beside
this file. They are read when a process starts; under gunicorn when its master does, and again at a
reload, for all workers.

The guard layer's own settings (`AUTH0_*`, `AUTHZ_*` and three more) are handed on as they are
written; `app/authz/settings.py` reads and checks them, so that the layer can be taken into another
project.
"""

import difflib
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parent

#: How the names of the guard layer's settings begin, and most that are meant to be one: the layer
#: refuses those that are close to one, and passes over the rest.
GUARD_PREFIXES = ("AUT", "PROXY", "PUBLIC_", "TRUSTED_")


class ConfigError(Exception):
    """Raised if the settings do not allow a start. The text lists every problem and its cure."""

    def __init__(self, problems: list[str]) -> None:
        #: One sentence a problem, beginning with the setting's name.
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The settings do not allow a start:\n{lines}")


#: Plain origins only: flask-cors takes other characters for a regular expression.
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.-]+(:\d{1,5})?")


#: Of the package sqlalchemy-cockroachdb, where it is installed.
COCKROACHDB = "cockroachdb+psycopg"


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError
    return port


def _count(text: str) -> int:
    count = int(text)
    if not 0 < count <= 1000:
        raise ValueError
    return count


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    if not origins or not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError
    return origins


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
        url.get_dialect()
    except ArgumentError as error:  # a dialect that is not installed among them
        raise ValueError from error
    if url.drivername not in ("sqlite", "postgresql", "postgresql+psycopg", COCKROACHDB):
        raise ValueError
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        # In memory: each connection would have a menu of its own.
        raise ValueError
    return text


def _optional_port(text: str) -> int | None:
    return _port(text) if text else None


def _log_format(text: str) -> str:
    if text not in ("json", "console"):
        raise ValueError
    return text


def _log_level(text: str) -> int:
    if text.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError
    return logging.getLevelNamesMapping()[text.upper()]


def _collector_url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise ValueError
    return text.rstrip("/")


def _can_trace() -> bool:
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def _state_url(text: str) -> str:
    # Not with redis-py: it imports `ssl`, and gunicorn reads this file before gevent patches that.
    parts = urlsplit(text)
    number = parts.path.strip("/")
    if text and parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError
    if parts.scheme != "unix" and (parts.port == 0 or (number and not number.isdecimal())):
        raise ValueError
    return text


#: Of a limit: a number of requests, and the time that they are counted for.
_LIMIT = re.compile(r"[1-9]\d{0,8}/(second|minute|hour|day)")

_LIMIT_CURE = "use a number and a unit, such as 300/minute; several, separated by commas, all hold"


def _limits(text: str) -> str:
    # Not with the limits package: nothing may import it before gevent patches what it imports.
    limits = [part.strip() for part in text.split(",")] if text else []
    if not all(_LIMIT.fullmatch(limit) for limit in limits):
        raise ValueError
    return ";".join(limits)


@dataclass(frozen=True)
class Setting:
    """One line of the table below."""

    name: str
    default: str
    meaning: str
    parse: Callable[[str], object]
    #: What to write instead, for the message that refuses a bad value.
    cure: str


SETTINGS = (
    Setting(
        "PORT",
        "7000",
        "port of the API under gunicorn",
        _port,
        "use a port number from 1 to 65535",
    ),
    Setting(
        "TENANT_PORT",
        "7001",
        "port of the local tenant",
        _port,
        "use a port number from 1 to 65535",
    ),
    Setting(
        "WEB_CONCURRENCY",
        "2",
        "worker processes of gunicorn",
        _count,
        "use a number from 1 to 1000",
    ),
    Setting(
        "CORS_ORIGINS",
        "*",
        "origins whose pages may call the API: comma-separated, or * for all",
        _origins,
        "use origins such as https://menu.example.com, separated by commas, or *",
    ),
    Setting(
        "DATABASE_URL",
        "sqlite:///menu.db",
        "the database; a relative SQLite file lies in instance/",
        _database_url,
        "use sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
    ),
    Setting(
        "DATABASE_POOL_SIZE",
        "15",
        "most connections to the database of each worker",
        _count,
        "use a number from 1 to 1000",
    ),
    Setting(
        "STATE_URL",
        "",
        "what servers share: proofs used, tokens revoked; by default it is in the database",
        _state_url,
        "use redis://HOST:6379/0, rediss:// or unix://",
    ),
    Setting(
        "DOCS_CLIENT_ID",
        "",
        "as which client of the issuer /docs signs a person in, without a secret (PKCE)",
        str,
        "use the id of a client",
    ),
    Setting(
        "METRICS_PORT",
        "",
        "port of /metrics on 127.0.0.1; if unset, it is on PORT, for callers with read:metrics",
        _optional_port,
        "use a port number from 1 to 65535, or leave it empty",
    ),
    Setting(
        "LOG_FORMAT",
        "json",
        "json: an object a line, for programs; console: text for a person",
        _log_format,
        "use json or console",
    ),
    Setting(
        "LOG_LEVEL",
        "info",
        "debug, info, warning or error; above info requests have no line, above debug probes",
        _log_level,
        "use debug, info, warning or error",
    ),
    Setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "collector of OpenTelemetry spans; needs the packages of requirements-otel.txt",
        _collector_url,
        "use an address such as http://127.0.0.1:4318",
    ),
    Setting(
        "RATELIMIT_PER_ADDRESS",
        "",
        "requests that an address may send; no limit by default",
        _limits,
        _LIMIT_CURE,
    ),
    Setting(
        "RATELIMIT_PER_CALLER",
        "",
        "requests that a caller who has signed in may send; no limit by default",
        _limits,
        _LIMIT_CURE,
    ),
    Setting(
        "RATELIMIT_BAD_TOKENS",
        "",
        "bad tokens after which an address waits before another is looked at",
        _limits,
        _LIMIT_CURE,
    ),
)


#: What `keep` was given, if it was.
_kept: dict[str, str] = {}


def keep(environ: Mapping[str, str]) -> None:
    """Have `environment` return this for the rest of the process, whatever `.env` says by then."""
    _kept.update(environ)


def environment() -> dict[str, str]:
    """Return the process environment over `.env`: what both name, the environment decides.

    The `flask` command has put `.flaskenv` into the environment. Its issuer is a default, for who
    names none: it gives way to `AUTH0_DOMAIN`, as it does to another `AUTH0_ISSUER_URL`, and the
    local tenant that it means is where `TENANT_PORT` says.
    """
    if _kept:
        return dict(_kept)
    environ = {k: v for k, v in dotenv_values(ROOT / ".env").items() if v} | dict(os.environ)
    default = dotenv_values(ROOT / ".flaskenv").get("AUTH0_ISSUER_URL")
    if environ.get("AUTH0_ISSUER_URL") == default:
        if environ.get("AUTH0_DOMAIN"):
            del environ["AUTH0_ISSUER_URL"]
        elif environ.get("TENANT_PORT"):
            environ["AUTH0_ISSUER_URL"] = f"http://127.0.0.1:{environ['TENANT_PORT'].strip()}/"
    return environ


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with names that are none of ours, and look as if they were meant to be
    one that keeps somebody out: then everybody would be let in. An environment has many others that
    are close to ours, such as `LOGLEVEL` and `PORT1`."""
    limits = [setting.name for setting in SETTINGS if setting.name.startswith("RATELIMIT_")]
    protecting = [*limits, "CORS_ORIGINS"]
    unset = [name for name in protecting if not environ.get(name)]
    problems = []
    for name in sorted(name for name in environ if environ[name] and name not in protecting):
        if name.startswith("RATELIMIT_"):
            problems.append(f"{name} is not a setting: use {', '.join(limits)}.")
        elif near := difflib.get_close_matches(name, unset, n=1, cutoff=0.85):
            problems.append(f"{name} is not a setting: did you mean {near[0]}?")
    return problems


def load(environ: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
    """Read the settings.

    :returns: the values by name, ready for `app.config`, and the problems found; a setting with a
        problem has its default in the values.
    """
    values: dict[str, object] = {}
    problems: list[str] = []
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError:
            # The value is not repeated: a DATABASE_URL holds a password.
            problems.append(f"{setting.name} cannot be read: {setting.cure}.")
            values[setting.name] = setting.parse(setting.default)
    if values["OTEL_EXPORTER_OTLP_ENDPOINT"] and not _can_trace():
        problems.append(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs packages: pip install -r requirements-otel.txt"
        )
    if values["METRICS_PORT"] == values["PORT"]:
        problems.append("METRICS_PORT is the same as PORT: use another, or leave it empty.")
    problems += _misspelt(environ)
    values.update({k: v for k, v in environ.items() if k.startswith(GUARD_PREFIXES)})
    return values, problems
