"""Protected resource metadata (RFC 9728)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, Issuer, requires_auth
from app.authz.algorithms import PROOF_ALGORITHMS
from app.authz.testing import Clock, FakeIssuer, MemoryState

from .conftest import METADATA, code_of
from .handmade import app_with

WELL_KNOWN = "/.well-known/oauth-protected-resource"

Make = Callable[..., FlaskClient]


@pytest.fixture
def make(bare: Flask, clock: Clock) -> Make:
    """Makes an app with a catalogue; keywords are settings."""

    def make(**settings: Any) -> FlaskClient:
        bare.config.update(settings)
        authz = Authz(permissions=["update:items", "create:items"], clock=clock, timer=clock)
        authz.init_app(bare, state=MemoryState(clock))
        bare.get("/mine")(requires_auth(lambda: "in"))
        authz.check(bare)
        return bare.test_client()

    return make


def test_it_says_how_to_get_in(make: Make, issuer: FakeIssuer) -> None:
    response = make().get(WELL_KNOWN)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.json == {
        "resource": "http://localhost",
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["create:items", "update:items"],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }


def test_every_challenge_names_it(make: Make) -> None:
    client = make()
    assert f'resource_metadata="{METADATA}"' in client.get("/mine").headers["WWW-Authenticate"]
    assert client.get(METADATA).status_code == 200


def test_it_follows_the_modes_of_dpop(make: Make) -> None:
    found = make(AUTHZ_DPOP="required").get(WELL_KNOWN).get_json()
    assert found["dpop_bound_access_tokens_required"] is True


def test_without_dpop_it_names_no_proofs(bare: Flask) -> None:
    """And no scopes without a catalogue."""
    Authz(bare)
    found = bare.test_client().get(WELL_KNOWN).json
    assert set(found or {}) == {"resource", "authorization_servers", "bearer_methods_supported"}


def test_issuers_found_at_run_time_are_not_named(bare: Flask) -> None:
    del bare.config["AUTH0_ISSUER_URL"]
    Authz(bare, issuer_for=lambda url: Issuer(url, ["https://api.test"]))
    found = bare.test_client().get(WELL_KNOWN).json
    assert set(found or {}) == {"resource", "bearer_methods_supported"}


def test_the_origin_is_that_of_the_setting(make: Make) -> None:
    client = make(PUBLIC_URL="https://menu.test/")
    headers = {"Host": "evil.test"}
    found = client.get(WELL_KNOWN, headers=headers).get_json()
    assert found["resource"] == "https://menu.test"
    challenge = client.get("/mine", headers=headers).headers["WWW-Authenticate"]
    assert f'resource_metadata="https://menu.test{WELL_KNOWN}"' in challenge


@pytest.mark.parametrize("host", ["evil.test", 'a"b', "evil.test:80", "", "a b"])
def test_a_host_that_nobody_vouches_for_is_not_repeated(
    make: Make, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = make()
    response = client.get(WELL_KNOWN, headers={"Host": host})
    assert (response.status_code, code_of(response)) == (400, "request_malformed")
    assert "WWW-Authenticate" not in response.headers
    assert "set AUTHZ_RESOURCE" in caplog.text
    challenge = client.get("/mine", headers={"Host": host}).headers["WWW-Authenticate"]
    assert "resource_metadata" not in challenge
    assert "evil" not in response.text + challenge


def test_the_resource_is_that_of_the_setting(make: Make) -> None:
    """Whatever the host is; and it is found below its own path too (section 3.1)."""
    client = make(AUTHZ_RESOURCE="https://menu.test/v1")
    for path in (WELL_KNOWN, f"{WELL_KNOWN}/v1"):
        found = client.get(path, headers={"Host": "evil.test"}).get_json()
        assert found["resource"] == "https://menu.test/v1"


@pytest.mark.parametrize("path", ["/v1", "/caf%C3%A9"])
def test_a_challenge_names_the_address_of_the_resource(make: Make, path: str) -> None:
    """Section 3.3: what is found elsewhere is not believed."""
    client = make(AUTHZ_RESOURCE=f"https://menu.test{path}/")
    challenge = client.get("/mine").headers["WWW-Authenticate"]
    address = f"{METADATA}{path}"
    assert f'resource_metadata="{address}"' in challenge
    assert client.get(address).json["resource"] == f"https://menu.test{path}/"  # type: ignore[index]


@pytest.mark.parametrize("matching", ["host_matching", "subdomain_matching"])
def test_it_is_found_on_every_host(authz_settings: dict[str, str], matching: str) -> None:
    options: dict[str, Any] = {matching: True, "static_folder": None, "static_host": None}
    app = Flask("hosts", **options)
    app.config.update(authz_settings, SERVER_NAME="api.test")
    Authz(app)
    for host in ("api.test", "menu.api.test"):
        assert app.test_client().get(WELL_KNOWN, headers={"Host": host}).status_code != 404


def test_an_app_without_tokens_has_none() -> None:
    app, _ = app_with()
    app.get("/mine")(requires_auth(lambda: "in"))
    client = app.test_client()
    assert client.get(WELL_KNOWN).status_code == 404
    assert client.get("/mine").headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_it_is_not_written_to(make: Make) -> None:
    assert make().post(WELL_KNOWN).status_code == 405
