"""Requests with tokens that are bound to a key or a certificate (RFC 9449; RFC 8705)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, public, requires_auth, requires_permission
from app.authz.algorithms import PROOF_ALGORITHMS
from app.authz.reading import SettingsError
from app.authz.testing import ClientCertificate, Clock, DpopKey, MemoryState, TokenFactory

from .conftest import METADATA, bearer_challenge, code_of

URL = "http://localhost/mine"
SECRET = "a secret that all servers share, of 32 or more"
DPOP = f'algs="{" ".join(PROOF_ALGORITHMS)}", realm="api", resource_metadata="{METADATA}"'

Make = Callable[..., FlaskClient]


@pytest.fixture
def make(authz_settings: dict[str, str], clock: Clock, state: MemoryState) -> Make:
    """Makes an app with a shared state; keywords are settings."""

    def make(**settings: Any) -> FlaskClient:
        app = Flask("bound", static_folder=None)
        app.config.update(authz_settings | settings)
        Authz(clock=clock, timer=clock).init_app(app, state=state)
        app.get("/mine", endpoint="mine")(requires_auth(lambda: "in"))
        app.get("/mine/<path:name>", endpoint="named")(requires_auth(lambda name: name))
        app.post("/items", endpoint="items")(requires_permission("create:items")(lambda: "in"))
        app.get("/open", endpoint="open")(public(lambda: "in"))
        return app.test_client()

    return make


@pytest.fixture
def client(make: Make) -> FlaskClient:
    return make()


@pytest.fixture
def key(clock: Clock) -> DpopKey:
    return DpopKey(clock=clock)


@pytest.fixture
def bound(tokens: TokenFactory, key: DpopKey) -> str:
    """A token that is bound to the key."""
    return tokens.valid(cnf=key.confirmation)


def test_a_token_with_its_proof_is_let_in(client: FlaskClient, key: DpopKey, bound: str) -> None:
    assert client.get("/mine", headers=key.headers("GET", URL, bound)).status_code == 200


def test_a_proof_is_good_once(client: FlaskClient, key: DpopKey, bound: str) -> None:
    headers = key.headers("GET", URL, bound)
    client.get("/mine", headers=headers)
    response = client.get("/mine", headers=headers)
    assert (response.status_code, code_of(response)) == (401, "dpop_proof_invalid")
    assert response.headers["WWW-Authenticate"] == f'DPoP error="invalid_dpop_proof", {DPOP}'


def test_a_remembered_token_needs_a_proof_each_time(
    client: FlaskClient, key: DpopKey, bound: str
) -> None:
    client.get("/mine", headers=key.headers("GET", URL, bound))
    response = client.get("/mine", headers={"Authorization": f"DPoP {bound}"})
    assert code_of(response) == "dpop_proof_invalid"
    assert client.get("/mine", headers=key.headers("GET", URL, bound)).status_code == 200


def test_a_proof_for_another_request_is_refused(
    client: FlaskClient, key: DpopKey, bound: str
) -> None:
    for method, url in (("POST", URL), ("GET", "http://localhost/items")):
        response = client.get("/mine", headers=key.headers(method, url, bound))
        assert code_of(response) == "dpop_proof_invalid"


def test_query_and_escapes_make_no_difference(
    client: FlaskClient, key: DpopKey, bound: str
) -> None:
    """The proof names the address without its query (RFC 9449, section 4.2)."""
    path = "/mine/a%2541%20b:c%C3%A9"
    headers = key.headers("GET", f"http://localhost{path}", bound)
    assert client.get(f"{path}?x=1", headers=headers).status_code == 200


def test_an_app_below_a_path_knows_its_address(
    client: FlaskClient, key: DpopKey, bound: str
) -> None:
    """A server may mount it there (`SCRIPT_NAME`)."""
    below = {"SCRIPT_NAME": "/v 1"}
    headers = key.headers("GET", "http://localhost/v%201/mine", bound)
    assert client.get("/mine", headers=headers, environ_overrides=below).status_code == 200
    headers = key.headers("GET", URL, bound)
    response = client.get("/mine", headers=headers, environ_overrides=below)
    assert code_of(response) == "dpop_proof_invalid"
    where = "http://localhost/v%201/.well-known/oauth-protected-resource"
    assert f'resource_metadata="{where}"' in response.headers["WWW-Authenticate"]


def test_a_bound_token_is_no_bearer_token(client: FlaskClient, bound: str) -> None:
    """RFC 9449, section 7.2: otherwise a thief would only write another word."""
    response = client.get("/mine", headers={"Authorization": f"Bearer {bound}"})
    assert (response.status_code, code_of(response)) == (401, "token_binding")
    assert response.headers["WWW-Authenticate"] == (
        f"{bearer_challenge(error='invalid_token')}, DPoP {DPOP}"
    )


def test_an_unbound_token_is_no_dpop_token(
    client: FlaskClient, key: DpopKey, tokens: TokenFactory
) -> None:
    headers = key.headers("GET", URL, tokens.valid())
    assert code_of(client.get("/mine", headers=headers)) == "token_binding"


def test_another_key_opens_nothing(client: FlaskClient, clock: Clock, bound: str) -> None:
    headers = DpopKey(clock=clock).headers("GET", URL, bound)
    assert code_of(client.get("/mine", headers=headers)) == "token_binding"


def test_both_schemes_are_offered(client: FlaskClient) -> None:
    """Bearer first."""
    challenge = client.get("/mine").headers["WWW-Authenticate"]
    assert challenge == f"{bearer_challenge()}, DPoP {DPOP}"


def test_a_missing_permission_is_said_by_bearer(
    client: FlaskClient, key: DpopKey, bound: str
) -> None:
    headers = key.headers("POST", "http://localhost/items", bound)
    response = client.post("/items", headers=headers)
    assert (response.status_code, code_of(response)) == (403, "permission_missing")
    assert (
        'error="insufficient_scope", scope="create:items"' in response.headers["WWW-Authenticate"]
    )


@pytest.mark.parametrize("second", ["Bearer a", "DPoP a", "dpop a"])
def test_two_credentials_are_400(client: FlaskClient, second: str) -> None:
    for first in ("Basic YWw6c2VjcmV0", "Bearer a", "DPoP a"):
        response = client.get("/mine", headers={"Authorization": f"{first}, {second}"})
        assert (response.status_code, code_of(response)) == (400, "request_malformed")


def test_required_offers_dpop_alone(make: Make, tokens: TokenFactory) -> None:
    client = make(AUTHZ_DPOP="required")
    assert client.get("/mine").headers["WWW-Authenticate"] == f"DPoP {DPOP}"
    response = client.get("/mine", headers={"Authorization": f"Bearer {tokens.valid()}"})
    assert (response.status_code, code_of(response)) == (401, "token_binding")
    assert response.headers["WWW-Authenticate"] == f'DPoP error="invalid_token", {DPOP}'


def test_required_refuses_a_malformed_header_as_ever(make: Make) -> None:
    response = make(AUTHZ_DPOP="required").get("/mine", headers={"Authorization": "DPoP a b"})
    assert response.status_code == 400
    assert response.headers["WWW-Authenticate"] == f'DPoP error="invalid_request", {DPOP}'


def test_off_speaks_bearer_alone(make: Make, key: DpopKey, bound: str) -> None:
    """And a bound token stays bound."""
    client = make(AUTHZ_DPOP="off")
    response = client.get("/mine", headers=key.headers("GET", URL, bound))
    assert code_of(response) == "token_missing"
    assert response.headers["WWW-Authenticate"] == bearer_challenge()
    response = client.get("/mine", headers={"Authorization": f"Bearer {bound}"})
    assert code_of(response) == "token_binding"


def test_a_nonce_is_asked_for_and_renewed(
    make: Make, key: DpopKey, bound: str, clock: Clock
) -> None:
    """RFC 9449, section 9. Every answer to a proof brings the nonce to use next."""
    client = make(AUTHZ_DPOP_NONCE=SECRET)
    response = client.get("/mine", headers=key.headers("GET", URL, bound))
    assert (response.status_code, code_of(response)) == (401, "dpop_nonce_required")
    assert response.headers["WWW-Authenticate"] == f'DPoP error="use_dpop_nonce", {DPOP}'
    nonce = response.headers["DPoP-Nonce"]
    response = client.get("/mine", headers=key.headers("GET", URL, bound, nonce=nonce))
    assert (response.status_code, response.headers["DPoP-Nonce"]) == (200, nonce)
    clock.move(120)
    response = client.get("/mine", headers=key.headers("GET", URL, bound, nonce=nonce))
    assert response.status_code == 200
    assert response.headers["DPoP-Nonce"] != nonce
    assert "DPoP-Nonce" not in client.get("/open").headers
    assert SECRET not in repr(client.application.extensions["authz"].settings)


def test_servers_with_one_secret_take_each_others_nonces(
    make: Make, key: DpopKey, bound: str
) -> None:
    one, other = make(AUTHZ_DPOP_NONCE=SECRET), make(AUTHZ_DPOP_NONCE=SECRET)
    asked = one.get("/mine", headers=key.headers("GET", URL, bound))
    nonce = asked.headers["DPoP-Nonce"]
    headers = key.headers("GET", URL, bound, nonce=nonce)
    assert other.get("/mine", headers=headers).status_code == 200
    assert code_of(one.get("/mine", headers=headers)) == "dpop_proof_invalid"


def test_without_the_state_no_proof_is_taken(
    client: FlaskClient, key: DpopKey, bound: str, state: MemoryState
) -> None:
    """Nobody could say whether it was used before."""
    client.get("/mine", headers=key.headers("GET", URL, bound))
    state.down = True
    headers = key.headers("GET", URL, bound)
    response = client.get("/mine", headers=headers)
    assert (response.status_code, code_of(response)) == (503, "state_unavailable")
    assert "WWW-Authenticate" not in response.headers
    assert response.headers["Retry-After"] == "1"
    state.down = False
    assert client.get("/mine", headers=headers).status_code == 200


def test_an_app_without_a_state_has_no_dpop(
    bare: Flask, key: DpopKey, bound: str, tokens: TokenFactory
) -> None:
    Authz(bare)
    bare.get("/mine")(requires_auth(lambda: "in"))
    client = bare.test_client()
    assert client.get("/mine").headers["WWW-Authenticate"] == bearer_challenge()
    assert code_of(client.get("/mine", headers=key.headers("GET", URL, bound))) == "token_missing"
    assert client.get("/mine", headers={"Authorization": f"Bearer {tokens.valid()}"}).text == "in"


def test_required_needs_a_state(bare: Flask) -> None:
    bare.config["AUTHZ_DPOP"] = "required"
    with pytest.raises(SettingsError, match="AUTHZ_DPOP"):
        Authz(bare)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTHZ_DPOP", "maybe"),
        ("AUTHZ_DPOP_NONCE", "short"),
        ("AUTHZ_CLIENT_CERTIFICATE_HEADER", "Client Cert"),
        ("AUTHZ_REVOCATION_KEEP", "1"),
        ("AUTHZ_RESOURCE", "http://menu.test"),
        ("AUTHZ_RESOURCE", 'https://menu.test/"'),
        ("PUBLIC_URL", "menu.test"),
        ("PUBLIC_URL", "https://menu.test/path"),
        ("PUBLIC_URL", "https://al@menu.test"),
        ("PUBLIC_URL", 'https://menu.test"'),
        ("PUBLIC_URL", "https://menu.test:0"),
        ("PUBLIC_URL", "https://menu.test:99999"),
        ("PROXY_HOPS", "-1"),
        ("PROXY_HOPS", "many"),
        ("TRUSTED_PROXIES", "proxy.test"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_setting_that_cannot_be_is_named(make: Make, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} ") as caught:
        make(**{name: value})
    assert value not in str(caught.value) or value == "1"


CERTIFICATE = ClientCertificate()


@pytest.mark.parametrize(
    "header", [CERTIFICATE.escaped_pem, CERTIFICATE.header], ids=["PEM", "RFC 9440"]
)
def test_a_certificate_of_a_trusted_proxy_is_seen(
    make: Make, tokens: TokenFactory, header: str
) -> None:
    client, token = make(PROXY_HOPS="1"), tokens.valid(cnf=CERTIFICATE.confirmation)
    headers = {"Authorization": f"Bearer {token}", "Client-Cert": header}
    assert client.get("/mine", headers=headers).status_code == 200
    del headers["Client-Cert"]
    assert code_of(client.get("/mine", headers=headers)) == "token_binding"
    headers["Client-Cert"] = ClientCertificate().escaped_pem
    assert code_of(client.get("/mine", headers=headers)) == "token_binding"


@pytest.mark.parametrize(
    ("settings", "peer"),
    [
        ({}, "127.0.0.1"),
        ({"PROXY_HOPS": "1"}, "192.0.2.1"),
        ({"PROXY_HOPS": "1", "TRUSTED_PROXIES": "10.0.0.0/8"}, "127.0.0.1"),
        ({"PROXY_HOPS": "1", "TRUSTED_PROXIES": "127.0.0.1"}, ""),
    ],
    ids=["no proxy", "another peer", "not in the list", "a socket"],
)
def test_a_certificate_of_anybody_else_is_not(
    make: Make, tokens: TokenFactory, settings: dict[str, str], peer: str
) -> None:
    client, token = make(**settings), tokens.valid(cnf=CERTIFICATE.confirmation)
    headers = {"Authorization": f"Bearer {token}", "Client-Cert": CERTIFICATE.escaped_pem}
    response = client.get("/mine", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert code_of(response) == "token_binding"


def test_the_header_has_the_name_that_was_set(make: Make, tokens: TokenFactory) -> None:
    client = make(PROXY_HOPS="1", AUTHZ_CLIENT_CERTIFICATE_HEADER="X-SSL-Cert")
    headers = {"Authorization": f"Bearer {tokens.valid(cnf=CERTIFICATE.confirmation)}"}
    cert = CERTIFICATE.escaped_pem
    assert client.get("/mine", headers=headers | {"X-SSL-Cert": cert}).status_code == 200
    assert client.get("/mine", headers=headers | {"Client-Cert": cert}).status_code == 401


def test_a_token_with_both_bindings_needs_both(
    make: Make, key: DpopKey, tokens: TokenFactory
) -> None:
    client = make(PROXY_HOPS="1")
    token = tokens.valid(cnf=key.confirmation | CERTIFICATE.confirmation)
    cert = {"Client-Cert": CERTIFICATE.escaped_pem}

    def status(headers: dict[str, str]) -> int:
        return client.get("/mine", headers=headers).status_code

    assert status(key.headers("GET", URL, token) | cert) == 200
    assert status(key.headers("GET", URL, token)) == 401
    assert status({"Authorization": f"DPoP {token}"} | cert) == 401
    assert status({"Authorization": f"Bearer {token}"} | cert) == 401
