"""An issuer, an attacker, and an app with views of several modes. One of each for the whole run."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.authz import (
    Authz,
    current_identity,
    optional_auth,
    public,
    requires_auth,
    requires_permission,
)
from app.authz.testing import Clock, FakeIssuer, MemoryState, TokenFactory

from .canary import Canary
from .case import Forge
from .keys import SeededKey

VIEWS: dict[str, Callable[[Any], Any]] = {
    "requires_auth": requires_auth,
    "optional_auth": optional_auth,
    "public": public,
    "requires_permission": requires_permission("create:items"),
}

#: Where clients read what they need to know.
METADATA = "http://localhost/.well-known/oauth-protected-resource"

#: Sends headers to a view.
Send = Callable[..., TestResponse]


@pytest.fixture(scope="session")
def issuer() -> Iterator[FakeIssuer]:
    """An issuer whose key is the same in every run."""
    with FakeIssuer() as fake:
        fake.keys = [SeededKey("first", seed=7)]
        yield fake


@pytest.fixture(scope="session")
def canary() -> Iterator[Canary]:
    """The attacker's server."""
    with Canary() as server:
        yield server


@pytest.fixture(scope="session")
def still() -> Clock:
    """A clock that nobody moves."""
    return Clock()


@pytest.fixture(scope="session")
def forge(issuer: FakeIssuer, canary: Canary, still: Clock) -> Forge:
    return Forge(issuer, TokenFactory(issuer, clock=still), canary.url)


def guarded(issuer: FakeIssuer, clock: Clock, **settings: str) -> Flask:
    """Return an app with the views, each at an address of its name."""
    app = Flask("hostile", static_folder=None)
    app.config.update(AUTH0_ISSUER_URL=issuer.url, AUTH0_AUDIENCE="https://api.test", **settings)
    authz = Authz(clock=clock, timer=clock)
    authz.init_app(app, state=MemoryState(clock))
    for name, mode in VIEWS.items():
        app.add_url_rule(f"/{name}", name, mode(lambda: {"subject": current_identity.subject}))
    authz.check(app)
    return app


@pytest.fixture(scope="session")
def client(issuer: FakeIssuer, still: Clock) -> FlaskClient:
    """A client of an app that believes what the client, as a proxy, says of certificates."""
    return guarded(issuer, still, PROXY_HOPS="1").test_client()


@pytest.fixture(scope="session")
def send(client: FlaskClient) -> Send:
    """Sends headers, of which no character is lost or refused on the way."""

    def send(headers: Mapping[str, str], view: str = "requires_auth") -> TestResponse:
        environ = {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
        }
        return client.get(f"/{view}", environ_overrides=environ)

    return send
