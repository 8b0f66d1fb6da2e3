"""The API and its tenant as processes of their own, as `make serve` starts them."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from app.items.seed import FIRST_ITEMS
from tests.serving.running import PATIENCE, Server, free_port, until

#: Of an item, as `FIRST_ITEMS` has its columns.
_INSERT = (
    "INSERT INTO items (name, price_cents, description, image)"
    " VALUES (:name, :price_cents, :description, :image)"
)

#: No item has this id.
NOWHERE = 1_000_000

AUDIENCE = "https://menu-api.demo.com"


class Place:
    """Somewhere on loopback.

    :param checkout: a copy of the project, for this place alone.
    :param database: a file of SQLite with all tables, likewise.
    :param ports: of the API and of the tenant; free ones if they are left out.
    :param other_issuer: whom the API trusts beside the tenant.
    """

    def __init__(self, checkout: Path, database: Path, *ports: int, other_issuer: str = "") -> None:
        self._checkout = checkout
        self._database = database
        port, tenant_port = ports or (free_port(), free_port())
        self.api_url = f"http://127.0.0.1:{port}"
        #: The tenant's address, without a slash at its end.
        self.tenant_url = f"http://127.0.0.1:{tenant_port}"
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(checkout),
            "FLASK_APP": "wsgi:app",
            "PORT": str(port),
            "TENANT_PORT": str(tenant_port),
            "AUTH0_ISSUER_URL": ",".join(filter(None, [f"{self.tenant_url}/", other_issuer])),
            "AUTH0_AUDIENCE": AUDIENCE,
            "DOCS_CLIENT_ID": "dashboard",
            "DATABASE_URL": f"sqlite:///{database}",
            "WEB_CONCURRENCY": "1",
        }
        #: The cookies of people whom the tenant knows, by name.
        self.sessions: dict[str, list[Any]] = {}
        self.api = self._server("gunicorn", "wsgi:app")
        self.tenant = self._server("flask", "tenant", "run")

    def _server(self, *module: str) -> Server:
        return Server(self._checkout, self._environ, self._checkout / f"{module[0]}.log", *module)

    def flask(self, *arguments: str, given: str = "") -> str:
        """Run a command of the project and return what it prints.

        :param given: its standard input.
        """
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=self._checkout,
            env=self._environ,
            input=given,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def send(self, method: str, path: str, token: str, **body: object) -> requests.Response:
        """Send a request to the API, past the browser."""
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, self.api_url + path, headers=headers, json=body, timeout=PATIENCE
        )

    @cached_property
    def others_token(self) -> str:
        """An access token of admin's that nobody in the browser has."""
        return self.flask("tenant", "token", "--as", "admin")

    def revoke(self, token: str) -> None:
        """Have the API refuse an access token, and wait until it does."""
        self.flask("authz", "revoke", "--token", "-", given=token)
        until(lambda: self.send("DELETE", f"/items/{NOWHERE}", token).status_code == 401)

    def fill_menu(self) -> None:
        """Have the three items on the menu that `flask seed` puts there, and no others."""
        with closing(sqlite3.connect(self._database)) as database, database:
            database.execute("DELETE FROM items")
            database.execute("DELETE FROM sqlite_sequence WHERE name = 'items'")
            database.executemany(_INSERT, FIRST_ITEMS)
            database.execute("UPDATE menu SET version = version + 1")

    @contextmanager
    def dead_api(self) -> Iterator[None]:
        """Kill the API and all its workers at once; start it again, at the same address, when the
        block is over."""
        self.api.kill()
        try:
            yield
        finally:
            self.api.start()
            self.api.wait_until_it_serves()

    @contextmanager
    def silent_tenant(self) -> Iterator[None]:
        """Kill the tenant; start it again when the block is over. It knows its keys then, and no
        session."""
        self.tenant.kill()
        self.sessions.clear()
        try:
            yield
        finally:
            self.tenant.start()
            self.tenant.wait_for("issuer")

    @contextmanager
    def locked_menu(self) -> Iterator[None]:
        """Let nobody change the menu as long as the block lasts."""
        with closing(sqlite3.connect(self._database)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.rollback()

    @contextmanager
    def running(self) -> Iterator["Place"]:
        """Run both as long as the block lasts."""
        with self.tenant, self.api:
            self.tenant.wait_for("issuer")
            self.api.wait_until_it_serves()
            yield self


@contextmanager
def a_place(
    folder: Path, checkout: Path, migrated: Path, *ports: int, other_issuer: str = ""
) -> Iterator[Place]:
    """Run a place as long as the block lasts.

    :param folder: where its files may lie.
    :param migrated: a database to copy.
    """
    copy, database = folder / "checkout", folder / "menu.db"
    shutil.copytree(checkout, copy, ignore=shutil.ignore_patterns("instance"))
    shutil.copyfile(migrated, database)
    with Place(copy, database, *ports, other_issuer=other_issuer).running() as started:
        yield started
