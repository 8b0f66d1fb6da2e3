"""DPoP clients by others: four of them, and what they make of challenges and metadata."""

import json
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.serving.running import PATIENCE, Server

from .conftest import IN, ServerMaker, bearer, delete
from .provider import SECRET, Provider

pytestmark = pytest.mark.slow

#: Each client, and the algorithm that it signs its proofs with here.
CLIENTS = {
    "oauth4webapi": "PS256",
    "openid-client": "RS256",
    "dpop": "Ed25519",
    "oidc-client-ts": "ES256",
}


@pytest.fixture(scope="module")
def server(gunicorn: ServerMaker) -> Server:
    """A server at an address that clients reach, to which proofs are bound."""
    return gunicorn(PUBLIC_URL="", WEB_CONCURRENCY="2")


@pytest.fixture(scope="module")
def twin(gunicorn: ServerMaker, server: Server) -> Server:
    """Another server of the same API."""
    return gunicorn(PUBLIC_URL=server.url)


@pytest.fixture(scope="module")
def demanding(gunicorn: ServerMaker) -> Server:
    """A server that speaks nothing but DPoP and wants its nonces."""
    return gunicorn(PUBLIC_URL="", AUTHZ_DPOP="required", AUTHZ_DPOP_NONCE="n" * 32)


class Runner:
    """Runs the programs of this folder against the provider and a server."""

    def __init__(self, folder: Path, provider: Provider) -> None:
        self._folder = folder
        self._provider = provider

    def client(self, name: str, url: str) -> dict[str, Any]:
        """Return what came of a client's requests (see `clients.mjs`)."""
        found = self._run(
            "clients.mjs", name, CLIENTS[name], self._provider.url, "rs256", SECRET, url
        )
        assert isinstance(found, dict)
        return found

    def discovery(self, url: str, resource: str, token: str = "") -> dict[str, Any]:
        """Return metadata and challenges (see `discovery.mjs`)."""
        return self._run("discovery.mjs", url, resource, token)

    def _run(self, *command: str) -> dict[str, Any]:
        done = subprocess.run(
            ["node", *command],
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def run(programs: Path, provider: Provider) -> Runner:
    return Runner(programs, provider)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_gets_in_and_its_proofs_pass_once(
    run: Runner, server: Server, twin: Server, provider: Provider, client: str
) -> None:
    """Among all workers of both servers, and with the scheme that they are for."""
    came = run.client(client, f"{server.url}/items/1")
    assert came["ended"] == came["answers"] == [404, 404, 404], server.log
    held = {"Authorization": came["held"]["authorization"], "DPoP": came["held"]["dpop"]}
    scheme, token = held["Authorization"].split()
    assert scheme == "DPoP"
    assert delete(server, bearer(token)) == (401, "token_binding")
    assert delete(server, held | bearer(token)) == (401, "token_binding")
    unbound = {"Authorization": f"DPoP {provider.token('rs256')}", "DPoP": held["DPoP"]}
    assert delete(server, unbound) == (401, "token_binding")
    assert delete(server, {"Authorization": f"DPoP {token}"}) == (401, "dpop_proof_invalid")
    with ThreadPoolExecutor(12) as pool:
        codes = Counter(pool.map(delete, [server, twin] * 6, [held] * 12))
    assert codes == {IN: 1, (401, "dpop_proof_invalid"): 11}, server.log


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_finds_out_that_it_needs_a_nonce(
    run: Runner, demanding: Server, client: str
) -> None:
    """It is told once, and has the nonce from then on."""
    came = run.client(client, f"{demanding.url}/items/1")
    assert came["ended"] == [404, 404, 404], demanding.log
    assert came["answers"] == [401, 404, 404, 404]


def test_a_proof_for_another_api_is_refused(run: Runner, server: Server, demanding: Server) -> None:
    held = run.client("dpop", f"{server.url}/items/1")["held"]
    assert delete(demanding, held) == (401, "dpop_proof_invalid")
    assert delete(server, held) == IN


def test_metadata_lead_to_the_provider(run: Runner, server: Server, provider: Provider) -> None:
    """A strict client reads them (RFC 9728)."""
    metadata = run.discovery(f"{server.url}/items/1", server.url)["metadata"]
    assert metadata["resource"] == server.url
    assert metadata["authorization_servers"] == [provider.url]
    assert metadata["dpop_bound_access_tokens_required"] is False
    assert set(CLIENTS.values()) <= set(metadata["dpop_signing_alg_values_supported"])


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (None, {}),
        ("expired", {"error": "invalid_token"}),
        ("reader", {"error": "insufficient_scope", "scope": "delete:items"}),
    ],
)
def test_challenges_can_be_told_apart(
    run: Runner, server: Server, provider: Provider, client: str | None, said: dict[str, str]
) -> None:
    """Two of them are in one header, each with commas of its own."""
    token = provider.token(client) if client else ""
    found, dpop = run.discovery(f"{server.url}/items/1", server.url, token)["challenges"]
    where = {"resource_metadata": f"{server.url}/.well-known/oauth-protected-resource"}
    assert found == {"scheme": "bearer", "parameters": {"realm": "api", **said, **where}}
    assert dpop["scheme"] == "dpop"
    assert set(CLIENTS.values()) <= set(dpop["parameters"].pop("algs").split())
    assert dpop["parameters"] == {"realm": "api", **where}


def test_where_dpop_is_required_it_is_the_only_challenge(
    run: Runner, demanding: Server, provider: Provider
) -> None:
    token = provider.token("rs256")
    found = run.discovery(f"{demanding.url}/items/1", demanding.url, token)
    assert found["metadata"]["dpop_bound_access_tokens_required"] is True
    (challenge,) = found["challenges"]
    assert challenge["scheme"] == "dpop"
    assert challenge["parameters"]["error"] == "invalid_token"
