"""The tenant's Management API over HTTP: what a user may do now, and who may ask."""

from typing import Any

import pytest
import requests
from joserfc import jwt

from app.tenant.keys import KeyFile
from app.tenant.tokens import TokenIssuer
from app.tenant.users import USERS

from .running import AUDIENCE, NOW, OTHER_AUDIENCE, RunningTenant, token_form

ADMIN = "api/v2/users/auth0%7Cadmin/permissions"


def management_form(tenant: RunningTenant, **changes: str | None) -> dict[str, str]:
    """Return a good request for a token of the API, with changes."""
    good: dict[str, str | None] = {
        "client_id": "menu-api",
        "client_secret": "menu-api-development-secret",
        "audience": f"{tenant.issuer}api/v2/",
    }
    return token_form(**good | changes)


@pytest.fixture
def bearer(tenant: RunningTenant) -> dict[str, str]:
    """The header of a client that may read users."""
    answer = tenant.post_token(data=management_form(tenant)).json()
    return {"Authorization": f"Bearer {answer['access_token']}"}


def assert_refused(response: requests.Response, status: int, error: str) -> None:
    """Check an error answer in the form of Auth0's Management API."""
    body = response.json()
    assert (response.status_code, body["statusCode"], body["error"]) == (status, status, error)
    assert set(body) == {"statusCode", "error", "message"}
    assert response.headers["Content-Type"] == "application/json"


def test_the_client_gets_a_token_for_the_api(tenant: RunningTenant) -> None:
    """With the scope that it was granted there."""
    answer = tenant.post_token(data=management_form(tenant)).json()
    claims = tenant.verify(answer["access_token"]).claims
    assert answer["scope"] == claims["scope"] == "read:users"
    assert (claims["aud"], claims["gty"]) == (f"{tenant.issuer}api/v2/", "client-credentials")


@pytest.mark.parametrize("kind", ["data", "json"])
def test_a_client_without_a_grant_gets_no_token_for_it(tenant: RunningTenant, kind: str) -> None:
    form = token_form(audience=f"{tenant.issuer}api/v2/")
    response = tenant.post_token(**{kind: form})
    assert (response.status_code, response.json()["error"]) == (403, "access_denied")


def test_a_grant_for_it_is_none_for_the_menu(tenant: RunningTenant) -> None:
    answer = tenant.post_token(data=management_form(tenant, audience=AUDIENCE)).json()
    assert tenant.verify(answer["access_token"]).claims["permissions"] == []


def test_permissions_are_listed_for_each_api(tenant: RunningTenant, bearer: dict[str, str]) -> None:
    """As Auth0 writes them."""
    entries = tenant.get(ADMIN, headers=bearer).json()
    assert [
        (entry["resource_server_identifier"], entry["permission_name"]) for entry in entries
    ] == [
        (audience, name)
        for audience in (AUDIENCE, OTHER_AUDIENCE)
        for name in ("create:items", "update:items", "delete:items")
    ]
    assert set(entries[0]) == {
        "permission_name",
        "description",
        "resource_server_name",
        "resource_server_identifier",
        "sources",
    }


@pytest.mark.parametrize(
    ("query", "shown", "start", "limit"),
    [
        ({}, 6, 0, 50),
        ({"per_page": 4}, 4, 0, 4),
        ({"per_page": 4, "page": 1}, 2, 4, 4),
        ({"per_page": 4, "page": 2}, 0, 8, 4),
        ({"per_page": 100, "page": 0}, 6, 0, 100),
        ({"per_page": 0}, 0, 0, 0),
    ],
)
def test_pages_come_in_two_shapes(
    tenant: RunningTenant,
    bearer: dict[str, str],
    query: dict[str, Any],
    shown: int,
    start: int,
    limit: int,
) -> None:
    """A list, or an object that counts them all."""
    plain = tenant.get(ADMIN, headers=bearer, params=query).json()
    counted = tenant.get(ADMIN, headers=bearer, params={**query, "include_totals": "true"}).json()
    assert len(plain) == shown
    assert counted == {"start": start, "limit": limit, "total": 6, "permissions": plain}


@pytest.mark.parametrize("name", ["per_page", "page"])
@pytest.mark.parametrize("value", ["", "-1", "x", "1.5", "9999999999", "9" * 5000, "\u0665", " 1"])
def test_a_page_that_is_no_number_is_refused(
    tenant: RunningTenant, bearer: dict[str, str], name: str, value: str
) -> None:
    assert_refused(tenant.get(ADMIN, headers=bearer, params={name: value}), 400, "Bad Request")


def test_a_page_has_a_hundred_entries_at_most(
    tenant: RunningTenant, bearer: dict[str, str]
) -> None:
    assert_refused(tenant.get(ADMIN, headers=bearer, params={"per_page": 101}), 400, "Bad Request")


def test_a_change_is_seen_at_once(tenant: RunningTenant, bearer: dict[str, str]) -> None:
    tenant.permissions.change(USERS["admin"], ["read:metrics"], ["create:items", "update:items"])
    names = [entry["permission_name"] for entry in tenant.get(ADMIN, headers=bearer).json()]
    assert names == ["delete:items", "read:metrics"] * 2


@pytest.mark.parametrize("user", ["auth0%7Cnobody", "admin", "auth0%7Cadmin%2F..", "..%2Fadmin"])
def test_an_unknown_user_is_not_found(
    tenant: RunningTenant, bearer: dict[str, str], user: str
) -> None:
    response = tenant.get(f"api/v2/users/{user}/permissions", headers=bearer)
    assert_refused(response, 404, "Not Found")


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Digest a=b", b"Basic \xe9"])
def test_without_a_token_nobody_is_told(tenant: RunningTenant, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = tenant.get(ADMIN, headers=headers)
    assert_refused(response, 401, "Unauthorized")
    assert (response.json()["message"] == "Missing authentication") is (header != "Bearer")


@pytest.mark.parametrize(
    "token",
    [
        *("x", "a.b.c", "e30.e30.", "\u00e9", "eyJhbGciOiJub25lIn0.e30.", "." * 2000, "a b"),
        # A `crit` that is null.
        "eyJhbGciOiJSUzI1NiIsImNyaXQiOm51bGx9.e30.AAAA",
    ],
)
def test_hostile_text_is_no_token(tenant: RunningTenant, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert_refused(tenant.get(ADMIN, headers=headers), 401, "Unauthorized")


def signed(keys: KeyFile, issuer: str, **changes: Any) -> dict[str, str]:
    """Return the header of a token for the API with one thing changed."""
    key = keys.load().current
    claims = {"iss": issuer, "aud": f"{issuer}api/v2/", "exp": NOW + 60, "scope": "read:users"}
    header = {"alg": "RS256", "kid": key.kid}
    return {"Authorization": f"Bearer {jwt.encode(header, claims | changes, key)}"}


def test_a_token_made_by_hand_is_good(tenant: RunningTenant) -> None:
    """So that what follows is refused for its change alone."""
    headers = signed(tenant.keys, tenant.issuer)
    assert tenant.get(ADMIN, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"exp": NOW}, {"aud": AUDIENCE}, {"aud": [AUDIENCE]}, {"iss": "https://tenant.test/"}],
    ids=["expired", "another API", "a list", "another issuer"],
)
def test_a_token_for_something_else_is_refused(
    tenant: RunningTenant, changes: dict[str, Any]
) -> None:
    headers = signed(tenant.keys, tenant.issuer, **changes)
    assert_refused(tenant.get(ADMIN, headers=headers), 401, "Unauthorized")


def test_a_token_of_another_key_is_refused(tenant: RunningTenant, key_file: KeyFile) -> None:
    other = KeyFile(key_file.path.with_name("other.json"))
    headers = signed(other, tenant.issuer)
    assert_refused(tenant.get(ADMIN, headers=headers), 401, "Unauthorized")


def test_a_users_token_opens_nothing_here(tenant: RunningTenant) -> None:
    """Whatever the user may do with the menu."""
    issuer = TokenIssuer(tenant.issuer, tenant.keys, lambda: NOW)
    token = issuer.for_user(USERS["admin"], "spa", AUDIENCE, ["read:users"])
    headers = {"Authorization": f"Bearer {token}"}
    assert_refused(tenant.get(ADMIN, headers=headers), 401, "Unauthorized")


@pytest.mark.parametrize("scope", ["", "read:clients", "xread:users"])
def test_a_token_without_the_scope_is_refused(tenant: RunningTenant, scope: str) -> None:
    headers = signed(tenant.keys, tenant.issuer, scope=scope)
    assert_refused(tenant.get(ADMIN, headers=headers), 403, "Forbidden")


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "api/v2/clients", 404, "Not Found"),
        ("POST", ADMIN, 405, "Method Not Allowed"),
    ],
)
def test_a_wrong_address_is_an_error_of_the_same_form(
    tenant: RunningTenant, bearer: dict[str, str], method: str, path: str, status: int, error: str
) -> None:
    response = requests.request(method, tenant.issuer + path, headers=bearer, timeout=10)
    assert_refused(response, status, error)
