"""Tokens that are bound to a key (RFC 9449)."""

import json
from typing import Any

import pytest
import requests

from app.authz.testing import DpopKey
from app.tenant.grants.proofs import MAX_AGE

from .browser import Browser, answer_in, exchange_form, refresh_form
from .running import NOW, RunningTenant, token_form

SECRET = "postman-development-secret"
ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA", "Ed25519")


@pytest.fixture
def key(tenant: RunningTenant) -> DpopKey:
    """The key of an application."""
    return DpopKey(clock=tenant.clock)


def proof(tenant: RunningTenant, key: DpopKey, **changes: object) -> dict[str, str]:
    """Return the header of a proof for the token endpoint."""
    return {"DPoP": key.proof("POST", f"{tenant.issuer}oauth/token", "", **changes)}


def bound(tenant: RunningTenant, key: DpopKey, **changes: Any) -> requests.Response:
    """Sign the admin in, and exchange the code with a proof."""
    code = answer_in(Browser(tenant).sign_in(**changes))["code"]
    return tenant.post_token(data=exchange_form(code), headers=proof(tenant, key))


def userinfo(tenant: RunningTenant, headers: dict[str, str]) -> requests.Response:
    """Ask who the token is of."""
    return tenant.get("userinfo", headers=headers)


def assert_refused(response: requests.Response, error: str) -> None:
    """Check the answer of the token endpoint to a request that gets nothing."""
    assert (response.status_code, response.json()["error"]) == (400, error)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_proof_binds_the_access_token(tenant: RunningTenant, algorithm: str) -> None:
    key = DpopKey(algorithm, clock=tenant.clock)
    answer = bound(tenant, key).json()
    assert answer["token_type"] == "DPoP"
    assert tenant.verify(answer["access_token"]).claims["cnf"] == {"jkt": key.thumbprint}
    assert "cnf" not in tenant.verify(answer["id_token"]).claims


def test_a_machines_token_is_bound_too(tenant: RunningTenant, key: DpopKey) -> None:
    answer = tenant.post_token(data=token_form(), headers=proof(tenant, key)).json()
    assert answer["token_type"] == "DPoP"
    assert tenant.verify(answer["access_token"]).claims["cnf"] == {"jkt": key.thumbprint}


@pytest.mark.parametrize("what", sorted(set(DpopKey().broken("POST", "http://a/", ""))))
def test_a_proof_that_is_not_good_is_refused(
    tenant: RunningTenant, key: DpopKey, what: str
) -> None:
    """And uses no code up. The hash of the token is no part of a request for one."""
    code = answer_in(Browser(tenant).sign_in())["code"]
    broken = key.broken("POST", f"{tenant.issuer}oauth/token", "")[what]
    response = tenant.post_token(data=exchange_form(code), headers={"DPoP": broken})
    if what.startswith("ath "):
        assert response.status_code == 200
        return
    assert_refused(response, "invalid_dpop_proof")
    assert tenant.post_token(data=exchange_form(code)).status_code == 200


@pytest.mark.parametrize("text", ["", "a.b.c", "e30.e30.", "\u00e9", "x" * 20_000])
def test_hostile_text_is_no_proof(tenant: RunningTenant, text: str) -> None:
    """It is read as the API reads it; what is no proof is the client's error here too."""
    response = tenant.post_token(data=token_form(), headers={"DPoP": text.encode()})
    assert_refused(response, "invalid_dpop_proof")


@pytest.mark.parametrize("times", ["1e400", "NaN", "1" * 500, "-1e999"])
def test_a_time_that_is_none_is_refused(tenant: RunningTenant, key: DpopKey, times: str) -> None:
    claims = json.dumps(key.claims("POST", f"{tenant.issuer}oauth/token", "", iat="TIME"))
    text = key.sign(key.header(), claims.replace('"TIME"', times))
    response = tenant.post_token(data=token_form(), headers={"DPoP": text})
    assert_refused(response, "invalid_dpop_proof")


@pytest.mark.parametrize(("seconds", "status"), [(MAX_AGE, 200), (MAX_AGE + 1, 400)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_proof_is_of_now(
    tenant: RunningTenant, key: DpopKey, seconds: int, status: int, sign: int
) -> None:
    headers = proof(tenant, key, iat=NOW + sign * seconds)
    assert tenant.post_token(data=token_form(), headers=headers).status_code == status


def test_a_proof_is_good_once(tenant: RunningTenant, key: DpopKey) -> None:
    """For as long as its time would be good."""
    headers = proof(tenant, key, iat=NOW + MAX_AGE)
    assert tenant.post_token(data=token_form(), headers=headers).status_code == 200
    for seconds in (0, MAX_AGE, MAX_AGE):
        tenant.clock.move(seconds)
        again = tenant.post_token(data=token_form(), headers=headers)
        assert_refused(again, "invalid_dpop_proof")


def test_another_key_may_use_the_same_name(tenant: RunningTenant, key: DpopKey) -> None:
    for each in (key, DpopKey(clock=tenant.clock)):
        headers = proof(tenant, each, jti="the same")
        assert tenant.post_token(data=token_form(), headers=headers).status_code == 200


def test_a_query_is_no_part_of_the_address(tenant: RunningTenant, key: DpopKey) -> None:
    """RFC 9449, section 4.3."""
    headers = proof(tenant, key, htu=f"{tenant.issuer}oauth/token?a=b#c")
    assert tenant.post_token(data=token_form(), headers=headers).status_code == 200


def test_a_public_clients_refresh_token_is_bound(tenant: RunningTenant, key: DpopKey) -> None:
    """RFC 9449, section 5; what is refused is not used up."""
    token = bound(tenant, key).json()["refresh_token"]
    other = proof(tenant, DpopKey(clock=tenant.clock))
    assert_refused(tenant.post_token(data=refresh_form(token)), "invalid_grant")
    assert_refused(tenant.post_token(data=refresh_form(token), headers=other), "invalid_grant")
    answer = tenant.post_token(data=refresh_form(token), headers=proof(tenant, key)).json()
    assert answer["token_type"] == "DPoP"
    assert tenant.verify(answer["access_token"]).claims["cnf"] == {"jkt": key.thumbprint}


def test_the_secret_binds_a_confidential_clients_refresh_token(
    tenant: RunningTenant, key: DpopKey
) -> None:
    """So its key may change."""
    code = answer_in(Browser(tenant).sign_in(client_id="postman"))["code"]
    client = {"client_id": "postman", "client_secret": SECRET}
    form = exchange_form(code) | client
    token = tenant.post_token(data=form, headers=proof(tenant, key)).json()["refresh_token"]
    other = DpopKey(clock=tenant.clock)
    form = refresh_form(token) | client
    answer = tenant.post_token(data=form, headers=proof(tenant, other)).json()
    assert tenant.verify(answer["access_token"]).claims["cnf"] == {"jkt": other.thumbprint}
    form = refresh_form(answer["refresh_token"]) | client
    assert tenant.post_token(data=form).json()["token_type"] == "Bearer"


def test_a_request_may_name_the_key_of_its_code(tenant: RunningTenant, key: DpopKey) -> None:
    """RFC 9449, section 10: with the code alone, or another key, nobody gets a token."""
    assert bound(tenant, key, dpop_jkt=key.thumbprint).status_code == 200
    other = DpopKey(clock=tenant.clock)
    assert_refused(bound(tenant, other, dpop_jkt=key.thumbprint), "invalid_grant")
    code = answer_in(Browser(tenant).sign_in(dpop_jkt=key.thumbprint))["code"]
    assert_refused(tenant.post_token(data=exchange_form(code)), "invalid_grant")


@pytest.mark.parametrize("audience", ["https://menu-api.demo.com", None])
def test_userinfo_wants_the_proof_of_a_bound_token(
    tenant: RunningTenant, key: DpopKey, audience: str | None
) -> None:
    """Of an opaque token too."""
    token = bound(tenant, key, audience=audience).json()["access_token"]
    url = f"{tenant.issuer}userinfo"
    good = key.headers("GET", url, token)
    assert userinfo(tenant, good).json()["sub"] == "auth0|admin"
    others = {
        "used before": good,
        "without proof": {"Authorization": f"DPoP {token}"},
        "another key": DpopKey(clock=tenant.clock).headers("GET", url, token),
        "another address": key.headers("GET", f"{tenant.issuer}oauth/token", token),
        "another method": key.headers("POST", url, token),
        "another token": key.headers("GET", url, token) | {"DPoP": key.proof("GET", url, "a")},
    }
    for what, headers in others.items():
        response = userinfo(tenant, headers)
        assert response.status_code == 401, what
        assert 'DPoP error="invalid_dpop_proof"' in response.headers["WWW-Authenticate"]
    bearer = userinfo(tenant, key.headers("GET", url, token) | {"Authorization": f"Bearer {token}"})
    assert bearer.status_code == 401


def test_a_bearer_token_comes_as_one(tenant: RunningTenant, key: DpopKey) -> None:
    token = Browser(tenant).tokens()["access_token"]
    headers = key.headers("GET", f"{tenant.issuer}userinfo", token)
    assert userinfo(tenant, headers).status_code == 401
