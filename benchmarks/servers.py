"""The servers that are compared: the command of each, one worker, and what it is told."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HERE = ROOT / "benchmarks"

#: The Python of the peers; it has nothing of the project.
PEERS_PYTHON = HERE / ".venv" / "bin" / "python"


@dataclass(frozen=True)
class Server:
    """One of the servers.

    :param name: how it is named on the command line.
    :param title: how it is named in the report.
    :param command: without the port.
    :param port_option: the option for the port; None: the port is told in `PORT`.
    :param database: the database of the project; None for a peer.
    :param bad_signature: the status that its library answers a bad signature with.
    """

    name: str
    title: str
    command: tuple[str, ...]
    port_option: str | None = None
    database: str | None = None
    bad_signature: int = 401
    environ: tuple[tuple[str, str], ...] = ()

    @property
    def is_ours(self) -> bool:
        return self.database is not None

    def with_port(self, port: int) -> list[str]:
        """Return the whole command."""
        if self.port_option is None:
            return list(self.command)
        *options, app = self.command
        value = f"127.0.0.1:{port}" if self.port_option == "--bind" else str(port)
        return [*options, self.port_option, value, app]


def _granian() -> list[str]:
    """Return the options of the command that `docs/other-servers.md` gives and the tests hold."""
    text = (ROOT / "docs" / "other-servers.md").read_text()
    found = re.search(r"granian (--(?:.*\\\n)*.*) wsgi:app$", text, re.MULTILINE)
    assert found, "docs/other-servers.md has no command for Granian"
    return found[1].replace("\\\n", " ").split()


def _ours(database: str) -> list[Server]:
    title = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
    python = (sys.executable, "-m")
    # Of options given twice, Granian takes the second.
    granian = ("granian", *_granian(), "--workers", "1", "wsgi:app")
    return [
        Server(
            name=f"menu-gunicorn-{database}",
            title=f"Menu API, gunicorn, {title}",
            command=(*python, "gunicorn", "wsgi:app"),
            port_option="--bind",
            database=database,
            environ=(("WEB_CONCURRENCY", "1"),),
        ),
        Server(
            name=f"menu-granian-{database}",
            title=f"Menu API, Granian, {title}",
            command=(*python, *granian),
            port_option="--port",
            database=database,
        ),
    ]


def _flask(name: str, title: str, module: str, *, bad_signature: int = 401) -> Server:
    options = ("--worker-class", "gthread", "--workers", "1", "--threads", "4")
    app = f"benchmarks.peers.python.{module}:app"
    return Server(
        name,
        title,
        (str(PEERS_PYTHON), "-m", "gunicorn", *options, "--no-control-socket", app),
        port_option="--bind",
        bad_signature=bad_signature,
    )


def _node(name: str, title: str, script: str, **environ: str) -> Server:
    told = {"NODE_ENV": "production", **environ}
    command = (shutil.which("node") or "node", str(HERE / "peers" / script))
    return Server(name, title, command, environ=tuple(told.items()))


def _uvicorn(name: str, title: str, module: str) -> Server:
    options = ("--workers", "1", "--loop", "uvloop", "--http", "httptools", "--no-access-log")
    app = f"benchmarks.peers.python.{module}:app"
    command = (str(PEERS_PYTHON), "-m", "uvicorn", *options, app)
    return Server(name, title, command, port_option="--port")


SERVERS = [
    *_ours("sqlite"),
    *_ours("postgresql"),
    _node("nest-fastify", "NestJS on Fastify", "nest/dist/main.js", PLATFORM="fastify"),
    _node("nest-express", "NestJS on Express", "nest/dist/main.js", PLATFORM="express"),
    _node("express", "Express, express-oauth2-jwt-bearer", "express.mjs"),
    _uvicorn("fastapi", "FastAPI, auth0-fastapi-api", "fastapi_auth0"),
    _flask("flask-authlib", "Flask, Authlib", "flask_authlib"),
    _flask("flask-jwt-extended", "Flask-JWT-Extended", "flask_extended", bad_signature=422),
    _flask("flask-axioms", "Flask, axioms-flask-py", "flask_axioms"),
]


def chosen(only: str) -> list[Server]:
    """Return the servers of a comma-separated list; each entry is a name or how names begin.

    :raises ValueError: if an entry fits no server.
    """
    wanted = [each.strip() for each in only.split(",") if each.strip()]
    for each in wanted:
        if not any(server.name.startswith(each) for server in SERVERS):
            names = ", ".join(server.name for server in SERVERS)
            raise ValueError(f"No server is named {each}: choose of {names}.")
    return [
        server
        for server in SERVERS
        if not wanted or any(server.name.startswith(each) for each in wanted)
    ]
