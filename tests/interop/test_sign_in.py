"""Sign-in clients by others at the local tenant, from the first address to the last."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from app.tenant.address import issuer_at
from app.tenant.application import create_tenant
from app.tenant.keys import KeyFile
from app.tenant.permissions import PermissionFile
from app.tenant.serving import listen, serving
from tests.serving.running import PATIENCE

pytestmark = pytest.mark.slow

AUDIENCE = "https://menu-api.demo.com"
#: Each client with the secret that it is tried with.
SECRETS = {"dashboard": "", "postman": "postman-development-secret"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    """The keys of the tenant."""
    return KeyFile(tmp_path_factory.mktemp("tenant") / "keys.json")


@pytest.fixture(scope="module")
def issuer(keys: KeyFile) -> Iterator[str]:
    """The address of a tenant."""
    listener = listen("127.0.0.1", 0)
    address = issuer_at("127.0.0.1", listener.getsockname()[1])
    permissions = PermissionFile(keys.path.with_name("permissions.json"))
    with serving(create_tenant(address, [AUDIENCE], keys, permissions), listener):
        yield address


@pytest.mark.parametrize("client", SECRETS)
@pytest.mark.parametrize(
    ("library", "algorithm"),
    [
        ("oauth4webapi", ""),
        ("oauth4webapi", "ES256"),
        ("oauth4webapi", "PS256"),
        ("openid-client", ""),
        ("openid-client", "RS256"),
        ("openid-client", "Ed25519"),
        ("oidc-client-ts", ""),
        ("oidc-client-ts", "ES256"),
    ],
)
def test_a_library_signs_in_and_out(
    programs: Path, keys: KeyFile, issuer: str, library: str, algorithm: str, client: str
) -> None:
    """With each check that it makes: of nonce, state, issuer, signature, hash, times."""
    command = ["sign_in.mjs", library, issuer, client, SECRETS[client], AUDIENCE, algorithm]
    done = subprocess.run(
        ["node", *command],
        cwd=programs,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    came: dict[str, Any] = json.loads(done.stdout)
    assert came["claims"]["https://menu-api.demo.com/roles"] == ["menu-admin"]
    assert came["claims"]["aud"] == client
    assert came["userinfo"]["sub"] == "auth0|admin"
    assert came["userinfo"]["email"] == "admin@example.com"
    assert came["type"].lower() == ("dpop" if algorithm else "bearer")
    assert came["revoked"] == "invalid_grant"
    assert came["left"] == "http://127.0.0.1:5173/bye"
    for token in came["tokens"]:
        claims = jwt.decode(token, KeySet(list(keys.load().keys)), algorithms=["RS256"]).claims
        assert claims["permissions"] == ["create:items", "update:items", "delete:items"]
        assert claims["azp"] == client
        assert ("cnf" in claims) is bool(algorithm)
