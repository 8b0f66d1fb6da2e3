"""An API that asks the tenant for its users' permissions, from end to end."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, requires_permission
from app.authz.testing import Clock
from app.tenant.tokens import TokenIssuer
from app.tenant.users import USERS

from .running import AUDIENCE, NOW, RunningTenant, token_form


@pytest.fixture
def client(tenant: RunningTenant, clock: Clock) -> FlaskClient:
    """A client of an API with one view, which knows the tenant by its address alone."""
    app = Flask("api", static_folder=None)
    app.config.update(
        AUTH0_ISSUER_URL=tenant.issuer,
        AUTH0_AUDIENCE=AUDIENCE,
        AUTH0_CLIENT_ID="menu-api",
        AUTH0_CLIENT_SECRET="menu-api-development-secret",
        AUTHZ_PERMISSIONS_SOURCE="management",
    )
    Authz(app, clock=lambda: NOW, timer=clock)
    app.post("/items")(requires_permission("create:items")(lambda: "created"))
    return app.test_client()


def test_what_a_user_may_do_changes_while_the_token_stays(
    client: FlaskClient, tenant: RunningTenant, clock: Clock
) -> None:
    """A grant and its end, each within five seconds."""
    issuer, diner = TokenIssuer(tenant.issuer, tenant.keys, lambda: NOW), USERS["diner"]
    token = issuer.for_user(diner, "spa", AUDIENCE, diner.permissions)
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/items", headers=headers).status_code == 403
    tenant.permissions.change(diner, ["create:items"], [])
    clock.move(5)
    assert client.post("/items", headers=headers).status_code == 200
    tenant.permissions.change(diner, [], ["create:items"])
    clock.move(5)
    assert client.post("/items", headers=headers).status_code == 403


def test_a_machine_goes_by_its_token(client: FlaskClient, tenant: RunningTenant) -> None:
    token = tenant.post_token(data=token_form()).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/items", headers=headers).status_code == 200
