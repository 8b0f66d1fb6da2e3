"""A tenant on a free port of loopback, and an application with its commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.authz.testing import Clock
from app.tenant.address import issuer_at
from app.tenant.application import create_tenant
from app.tenant.cli import tenant_cli
from app.tenant.keys import KeyFile
from app.tenant.permissions import PermissionFile
from app.tenant.serving import listen, serving

from .browser import Browser
from .running import AUDIENCE, NOW, OTHER_AUDIENCE, Front, RunningTenant


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    """A key file that does not exist yet, nor its folder."""
    return KeyFile(tmp_path / "instance" / "tenant-keys.json")


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a key file holds; to make a key for each test would take most of their time."""
    made = KeyFile(tmp_path_factory.mktemp("keys") / "tenant-keys.json")
    made.load()
    return made.path.read_bytes()


@pytest.fixture
def full_key_file(key_file: KeyFile, made_keys: bytes) -> KeyFile:
    """A key file with one key."""
    key_file.path.parent.mkdir()
    key_file.path.write_bytes(made_keys)
    return key_file


@pytest.fixture(scope="session")
def front() -> Iterator[Front]:
    """A server on a free port, in a thread. To end one takes longer than most tests."""
    listener = listen("127.0.0.1", 0)
    front = Front(issuer_at("127.0.0.1", listener.getsockname()[1]))
    with serving(front, listener):
        yield front


@pytest.fixture
def tenant(full_key_file: KeyFile, front: Front) -> RunningTenant:
    """A tenant that remembers nothing."""
    time = Clock()
    time.now = float(NOW)
    permissions = PermissionFile(full_key_file.path.with_name("tenant-permissions.json"))
    front.application = create_tenant(
        front.issuer, [AUDIENCE, OTHER_AUDIENCE], full_key_file, permissions, time
    )
    return RunningTenant(front.issuer, full_key_file, permissions, time, front.application)


@pytest.fixture
def browser(tenant: RunningTenant) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(tenant)


@pytest.fixture
def api(full_key_file: KeyFile) -> Flask:
    """An application with what the commands need of the API's: settings and an instance folder."""
    api = Flask("api", instance_path=str(full_key_file.path.parent))
    api.config.update(
        TENANT_PORT=7001,
        AUTH0_ISSUER_URL="http://127.0.0.1:7001/",
        AUTH0_AUDIENCE=f"{AUDIENCE}, {OTHER_AUDIENCE}",
    )
    api.cli.add_command(tenant_cli)
    return api


@pytest.fixture
def cli(api: Flask) -> FlaskCliRunner:
    """Run `flask` commands of that application."""
    return api.test_cli_runner()
