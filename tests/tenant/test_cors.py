"""Which pages may ask the tenant, and what they see."""

import pytest
import requests

from .running import RunningTenant, token_form

PATHS = [
    ".well-known/openid-configuration",
    ".well-known/jwks.json",
    "oauth/token",
    "oauth/revoke",
    "userinfo",
]
ORIGIN = "http://127.0.0.1:5173"


def preflight(tenant: RunningTenant, path: str, origin: str) -> requests.Response:
    """Ask as a browser does before a page sends what a form could not."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "auth0-client,content-type,dpop,x-requested-with",
    }
    return requests.options(tenant.issuer + path, headers=headers, timeout=10)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000", "https://localhost"])
def test_pages_of_this_machine_may_ask(tenant: RunningTenant, path: str, origin: str) -> None:
    """With the headers that Auth0's library and Swagger UI send."""
    response = preflight(tenant, path, origin)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    allowed = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
    wanted = {"auth0-client", "authorization", "content-type", "dpop", "x-requested-with"}
    assert wanted == set(allowed)
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "*", "http://["]
)
def test_pages_of_the_web_may_not(tenant: RunningTenant, path: str, origin: str) -> None:
    """Caches are told that answers differ."""
    for response in (
        preflight(tenant, path, origin),
        tenant.get(path, headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Access-Control-Allow-Headers" not in response.headers
        assert "Origin" in response.headers["Vary"]


def test_pages_see_answers_and_refusals(tenant: RunningTenant) -> None:
    """Of the token endpoint and of userinfo."""
    headers = {"Origin": ORIGIN}
    for response in (
        tenant.post_token(data=token_form(), headers=headers),
        tenant.post_token(data={}, headers=headers),
        tenant.post_token(data=b"a" * 20_000, headers=headers),
        tenant.get("userinfo", headers=headers),
        tenant.get(".well-known/jwks.json", headers=headers),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("path", ["authorize", "u/login", "u/signup", "v2/logout", "api/v2/users"])
def test_no_page_sees_what_is_for_people(tenant: RunningTenant, path: str) -> None:
    response = tenant.get(path, headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Access-Control-Allow-Origin" not in preflight(tenant, path, ORIGIN).headers
