"""A small guarded app, an issuer of its own for each test, and a clock that the test moves."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.authz import Authz, current_identity, public, requires_auth, requires_permission
from app.authz.testing import Clock, MemoryState

# Over the one that lasts the whole run: here the tests turn its switches.
from app.authz.testing.plugin import issuer

__all__ = ["issuer"]


@pytest.fixture
def bare(authz_settings: dict[str, str]) -> Flask:
    """An app with settings and nothing else."""
    app = Flask("bare", static_folder=None)
    app.config.update(authz_settings)
    return app


@pytest.fixture
def app(bare: Flask, clock: Clock) -> Flask:
    """An app with one view of each kind."""
    authz = Authz(bare, clock=clock, timer=clock)

    @bare.get("/mine")
    @requires_auth
    def mine() -> dict[str, Any]:
        return {"subject": current_identity.subject}

    @bare.post("/items")
    @requires_permission("create:items")
    def create() -> str:
        return "created"

    @bare.get("/open")
    @public
    def everybody() -> dict[str, Any]:
        return {"subject": current_identity.subject}

    authz.check(bare)
    return bare


@pytest.fixture
def state(clock: Clock) -> MemoryState:
    """What the servers of one API share."""
    return MemoryState(clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


Send = Callable[..., TestResponse]

METADATA = "http://localhost/.well-known/oauth-protected-resource"


def bearer_challenge(**parameters: str) -> str:
    """Return the challenge of an app that has no shared state, and so no DPoP."""
    given = {"realm": "api", **parameters, "resource_metadata": METADATA}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in given.items())


def code_of(response: TestResponse) -> str:
    """Return the `code` of an error answer."""
    body: dict[str, Any] | None = response.get_json()
    assert body is not None
    return str(body["code"])


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """Sends a token to the view that needs nothing but a caller."""

    def send(token: str, path: str = "/mine", method: str = "GET") -> TestResponse:
        return client.open(path, method=method, headers={"Authorization": f"Bearer {token}"})

    return send


@pytest.fixture
def settle() -> Callable[[], None]:
    """Waits until no fetch of keys is under way."""

    def settle() -> None:
        for thread in threading.enumerate():
            if thread.name.startswith("keys of "):
                thread.join(10)

    return settle
