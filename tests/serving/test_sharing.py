"""What servers of one API share: a proof that one has seen no other takes, and a token that was
revoked is refused by all."""

import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from app import create_app
from app.authz.testing import DpopKey, FakeIssuer, TokenFactory
from app.extensions import alembic, db
from tests.servers.fixtures import kept

from .conftest import ServerMaker
from .running import NAMING_WORKERS, PATIENCE, Load, Server, free_port, until

pytestmark = pytest.mark.slow

#: Both servers are one API to their clients.
ORIGIN = "https://menu.test"
URL = f"{ORIGIN}/items/1"

#: The permission is there and the item is not: who is let in is told so.
IN = "not_found"


def delete(server: Server, headers: dict[str, str]) -> str:
    """Send a request and return the code of the answer."""
    address = f"{server.url}/items/1"
    return str(requests.delete(address, headers=headers, timeout=PATIENCE).json()["code"])


class Client:
    """A client whose tokens are bound to its key. It goes by the clock on the wall."""

    def __init__(self, issuer: FakeIssuer) -> None:
        self._key = DpopKey()
        self._tokens = TokenFactory(issuer)

    def bearer(self, **claims: object) -> dict[str, str]:
        """Return the headers of a request with an unbound token."""
        return {"Authorization": f"Bearer {self._tokens.valid(['delete:items'], **claims)}"}

    def proven(self, **claims: object) -> dict[str, str]:
        """Return the headers of a request with a bound token and a new proof."""
        token = self._tokens.valid(["delete:items"], cnf=self._key.confirmation, **claims)
        return self._key.headers("DELETE", URL, token)


@pytest.fixture
def caller(issuer: FakeIssuer) -> Client:
    return Client(issuer)


@pytest.fixture(params=["the database", "postgresql", "valkey"])
def shared(request: pytest.FixtureRequest, environ: dict[str, str]) -> dict[str, str]:
    """The settings of servers that share a state."""
    settings = {"PUBLIC_URL": ORIGIN, "WEB_CONCURRENCY": "2"}
    if request.param == "valkey":
        return settings | {"STATE_URL": request.getfixturevalue("valkey")}
    if request.param == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("postgresql")
        app = create_app(environ | settings)
        with app.app_context():
            alembic.upgrade()
            db.dispose()
    return settings


def test_a_proof_passes_once_among_all_workers_of_all_servers(
    gunicorn: ServerMaker, shared: dict[str, str], caller: Client
) -> None:
    """Two servers with two workers each, and every proof sent to both at once."""
    servers = [gunicorn(**shared), gunicorn(**shared)] * 4
    with ThreadPoolExecutor(len(servers)) as pool:
        for _ in range(15):
            headers = caller.proven()
            codes = Counter(pool.map(lambda server: delete(server, headers), servers))  # noqa: B023
            assert codes == {IN: 1, "dpop_proof_invalid": len(servers) - 1}, servers[0].log


def test_a_revocation_holds_everywhere_within_a_second(
    gunicorn: ServerMaker,
    checkout: Path,
    shell: dict[str, str],
    environ: dict[str, str],
    shared: dict[str, str],
    caller: Client,
) -> None:
    servers = [gunicorn(**shared), gunicorn(**shared)]
    issued = int(time.time()) - 10
    headers, others = caller.bearer(sub="al", iat=issued), caller.bearer(sub="bo", iat=issued)
    assert {delete(server, headers) for server in servers * 4} == {IN}
    said = subprocess.run(
        [sys.executable, "-m", "flask", "authz", "revoke", "--subject", "al"],
        cwd=checkout,
        env=shell | environ | shared,
        check=True,
        capture_output=True,
        text=True,
    )
    revoked_at = time.monotonic()
    address = shared.get("STATE_URL") or shared.get("DATABASE_URL") or environ["DATABASE_URL"]
    assert address.rpartition("/")[2].partition("?")[0] in said.stdout

    until(lambda: time.monotonic() > revoked_at + 1)
    assert {delete(server, headers) for server in servers * 8} == {"token_revoked"}
    assert {delete(server, others) for server in servers} == {IN}


def test_a_killed_state_closes_and_comes_back(gunicorn: ServerMaker, caller: Client) -> None:
    """Under load: 503, never in, and nothing that was used once is taken again."""
    port = free_port()
    with kept("valkey", port) as address:
        settings = {"STATE_URL": address, "PUBLIC_URL": ORIGIN, "WEB_CONCURRENCY": "2"}
        server = gunicorn(*NAMING_WORKERS, **settings)
        used = caller.proven()
        assert delete(server, used) == IN
        with Load(lambda: delete(server, caller.proven())) as load:
            # Only a worker that knows the state can notice that it has forgotten everything.
            until(lambda: server.have_all_answered("DELETE"))
            load.wait_for_more()
        assert set(load.results) == {IN}
    with Load(lambda: delete(server, caller.proven())) as load:
        load.wait_for_more()
        assert delete(server, used) == "state_unavailable"
    assert set(load.results) == {"state_unavailable"}
    assert requests.get(f"{server.url}/items", timeout=PATIENCE).ok
    with kept("valkey", port):
        # It has forgotten everything, and that is noticed.
        with Load(lambda: delete(server, caller.proven())) as load:
            load.wait_for_more(100)
            assert delete(server, used) == "state_unavailable"
        assert set(load.results) == {"state_unavailable"}, server.log
        # Each worker reads the deny-list half a second after it could not.
        until(lambda: delete(server, caller.bearer()) == IN)
