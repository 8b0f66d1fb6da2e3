"""Who a token is of, for applications that hold it."""

import pytest
import requests
from joserfc import jwt

from app.tenant.tokens import LIFETIME, TokenIssuer
from app.tenant.users import USERS

from .browser import Browser
from .running import AUDIENCE, NOW, RunningTenant, token_form


def userinfo(tenant: RunningTenant, token: str) -> requests.Response:
    """Ask who a token is of."""
    return tenant.get("userinfo", headers={"Authorization": f"Bearer {token}".encode()})


@pytest.mark.parametrize("audience", [AUDIENCE, None])
@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("openid", {"sub"}),
        ("openid profile", {"sub", "name", "nickname", "updated_at"}),
        ("openid email", {"sub", "email", "email_verified"}),
    ],
)
def test_the_scope_says_what_is_told(
    tenant: RunningTenant, audience: str | None, scope: str, names: set[str]
) -> None:
    """As in the ID token; both kinds of token are good for it."""
    tokens = Browser(tenant).tokens(scope=scope, audience=audience)
    response = userinfo(tenant, tokens["access_token"])
    assert set(response.json()) == names
    assert response.headers["Cache-Control"] == "no-store"
    told = names & {"sub", "name", "nickname", "updated_at", "email", "email_verified"}
    assert told <= set(tenant.verify(tokens["id_token"]).claims)


def test_it_may_be_asked_for_by_post(tenant: RunningTenant) -> None:
    """OpenID Connect Core, section 5.3.1."""
    token = Browser(tenant).tokens()["access_token"]
    headers = {"Authorization": f"bearer {token}"}
    response = requests.post(f"{tenant.issuer}userinfo", headers=headers, timeout=10)
    assert response.json()["sub"] == "auth0|admin"


def test_a_token_of_the_command_line_is_good(tenant: RunningTenant) -> None:
    issuer = TokenIssuer(tenant.issuer, tenant.keys, tenant.clock)
    token = issuer.for_user(USERS["diner"], "flask-tenant-token", AUDIENCE, ())
    assert userinfo(tenant, token).json()["email"] == "diner@example.com"


@pytest.mark.parametrize("audience", [AUDIENCE, None])
def test_without_the_scope_openid_nothing_is_told(
    tenant: RunningTenant, audience: str | None
) -> None:
    """One of the two tokens is not for it at all."""
    token = Browser(tenant).tokens(scope="profile", audience=audience)["access_token"]
    response = userinfo(tenant, token)
    assert response.status_code == (401 if audience else 403)
    assert "Bearer error=" in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("audience", [AUDIENCE, None])
def test_a_token_ends(tenant: RunningTenant, audience: str | None) -> None:
    token = Browser(tenant).tokens(audience=audience)["access_token"]
    tenant.clock.move(LIFETIME - 1)
    assert userinfo(tenant, token).status_code == 200
    tenant.clock.move(1)
    assert userinfo(tenant, token).status_code == 401


def test_other_tokens_are_refused(tenant: RunningTenant) -> None:
    """ID tokens, refresh tokens, a machine's."""
    tokens = Browser(tenant).tokens()
    machine = tenant.post_token(data=token_form()).json()["access_token"]
    for token in (tokens["id_token"], tokens["refresh_token"], machine):
        assert userinfo(tenant, token).status_code == 401


@pytest.mark.parametrize(
    "changes", [{"exp": NOW}, {"iss": "https://tenant.test/"}, {"sub": "auth0|nobody"}, {"sub": ""}]
)
def test_a_token_made_otherwise_is_refused(
    tenant: RunningTenant, changes: dict[str, object]
) -> None:
    key = tenant.keys.load().current
    claims = {
        "iss": tenant.issuer,
        "sub": "auth0|admin",
        "aud": [AUDIENCE, f"{tenant.issuer}userinfo"],
        "exp": NOW + 60,
        "scope": "openid",
    }
    header = {"alg": "RS256", "kid": key.kid}
    assert userinfo(tenant, jwt.encode(header, claims, key)).status_code == 200
    assert userinfo(tenant, jwt.encode(header, claims | changes, key)).status_code == 401


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic YTpi", "DPoP", "Digest a=b", "a b"])
def test_without_a_token_nobody_is_told(tenant: RunningTenant, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = tenant.get("userinfo", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "text",
    [
        *("x", "a.b.c", "e30.e30.", "\u00e9", "." * 2000, "a b", "\xff", "[" * 3000),
        # A `crit` that is null, an `alg` that is a list.
        *("eyJhbGciOiJSUzI1NiIsImNyaXQiOm51bGx9.e30.AAAA", "eyJhbGciOltdfQ.e30.AAAA"),
    ],
)
def test_hostile_text_is_no_token(tenant: RunningTenant, text: str) -> None:
    assert userinfo(tenant, text).status_code == 401


def test_a_token_in_the_query_or_the_form_is_none(tenant: RunningTenant) -> None:
    """Addresses end up in logs."""
    form = {"access_token": Browser(tenant).tokens()["access_token"]}
    assert tenant.get("userinfo", params=form).status_code == 401
    posted = requests.post(f"{tenant.issuer}userinfo", data=form, timeout=10)
    assert posted.status_code == 401
