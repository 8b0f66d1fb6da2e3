"""The tenant over HTTP: documents, tokens, refusals."""

import base64
import json
import socket
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from app.tenant.application import MAX_BODY

from .running import AUDIENCE, NOW, OTHER_AUDIENCE, RunningTenant, token_form

PERMISSIONS = ["create:items", "update:items", "delete:items"]
FORM = "application/x-www-form-urlencoded"


def basic(credentials: bytes) -> dict[str, str]:
    """Return an `Authorization` header with these bytes for identifier and secret."""
    return {"Authorization": "Basic " + base64.b64encode(credentials).decode()}


def assert_refused(response: requests.Response, status: int, error: str) -> None:
    """Check an error answer of RFC 6749, section 5.2."""
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


def test_discovery_names_the_tenants_own_addresses(tenant: RunningTenant) -> None:
    """The issuer ends in a slash, and what it names exists."""
    document = tenant.get(".well-known/openid-configuration").json()
    addresses = {
        "authorization_endpoint": "authorize",
        "token_endpoint": "oauth/token",
        "userinfo_endpoint": "userinfo",
        "revocation_endpoint": "oauth/revoke",
        "end_session_endpoint": "oidc/logout",
        "jwks_uri": ".well-known/jwks.json",
    }
    for name, path in addresses.items():
        assert document[name] == tenant.issuer + path
        assert requests.options(document[name], timeout=10).status_code == 200
    assert document["issuer"] == tenant.issuer
    assert tenant.issuer.endswith("/")


def test_discovery_names_what_the_tenant_can(tenant: RunningTenant) -> None:
    """Among it, that codes need a challenge, and how answers come."""
    document = tenant.get(".well-known/openid-configuration").json()
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == ["query", "web_message"]
    assert document["grant_types_supported"] == [
        "authorization_code",
        "refresh_token",
        "client_credentials",
    ]
    assert document["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "client_secret_post",
        "none",
    ]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["dpop_signing_alg_values_supported"] == [
        *("ES256", "RS256", "PS256", "EdDSA", "Ed25519")
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:7001", "LOCALHOST:7001"])
def test_another_name_of_this_machine_changes_nothing(tenant: RunningTenant, host: str) -> None:
    """Documents and tokens name the tenant's own issuer."""
    headers = {"Host": host}
    document = tenant.get(".well-known/openid-configuration", headers=headers).json()
    answer = tenant.post_token(data=token_form(), headers=headers).json()
    assert document["issuer"] == tenant.issuer
    assert tenant.verify(answer["access_token"]).claims["iss"] == tenant.issuer


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:1", "127.0.0.1.evil.example", "localhost.evil.example"),
        *("127.0.0.1@evil.example", "127.0.0.1/evil.example", "192.168.0.1", "0.0.0.0", "127.1"),
        *("localhost.", "localhost:x", "", "\u00e9", "[", "[::1", "127.0.0.1:1, evil.example"),
    ],
)
def test_a_foreign_host_gets_nothing(tenant: RunningTenant, host: str) -> None:
    """A page of the web whose name resolves to this machine cannot ask (DNS rebinding)."""
    headers = {"Host": host.encode()}
    for path in (".well-known/openid-configuration", "authorize", "nowhere"):
        response = tenant.get(path, headers=headers)
        assert response.status_code in (400, 421)
        assert "127.0.0.1" not in response.headers.get("Location", "")
    assert tenant.post_token(data=token_form(), headers=headers).status_code in (400, 421)


def test_the_key_set_is_public_and_may_be_cached(tenant: RunningTenant) -> None:
    """It holds what the file holds, without the private parts."""
    response = tenant.get(".well-known/jwks.json")
    assert response.json() == tenant.keys.load().public_set()
    assert response.headers["Content-Type"] == "application/json"
    assert "max-age=15" in response.headers["Cache-Control"]


def test_a_rotation_reaches_a_running_tenant_at_once(tenant: RunningTenant) -> None:
    """The next answer has the new key, and tokens of the old one still verify."""
    old = tenant.post_token(data=token_form()).json()["access_token"]
    rotated = tenant.keys.rotate()
    new = tenant.post_token(data=token_form()).json()["access_token"]
    published = tenant.get(".well-known/jwks.json").json()["keys"]
    assert [key["kid"] for key in published] == [key.kid for key in rotated.keys]
    assert tenant.verify(new).header["kid"] == rotated.current.kid
    assert tenant.verify(old).header["kid"] == rotated.keys[1].kid


@pytest.mark.parametrize("kind", ["data", "json"])
def test_a_client_gets_a_token(tenant: RunningTenant, kind: str) -> None:
    """A form and JSON are answered alike, as RFC 6749, section 5.1 says."""
    response = tenant.post_token(**{kind: token_form()})
    answer = response.json()
    token = answer.pop("access_token")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert answer == {"token_type": "Bearer", "expires_in": 86400, "scope": " ".join(PERMISSIONS)}
    assert tenant.verify(token).claims["permissions"] == PERMISSIONS


def test_a_clients_token_has_auth0s_shape(tenant: RunningTenant) -> None:
    """Header and claims, and none besides."""
    token = tenant.verify(tenant.post_token(data=token_form()).json()["access_token"])
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": tenant.keys.load().current.kid}
    assert token.claims == {
        "iss": tenant.issuer,
        "sub": "postman@clients",
        "aud": AUDIENCE,
        "azp": "postman",
        "gty": "client-credentials",
        "scope": " ".join(PERMISSIONS),
        "permissions": PERMISSIONS,
        "iat": NOW,
        "exp": NOW + 86400,
    }


def test_a_client_without_permissions_gets_none(tenant: RunningTenant) -> None:
    """Its token is good and opens nothing; it has no scope, as an empty one does not exist."""
    form = token_form(client_id="postman-diner", client_secret="postman-diner-development-secret")
    answer = tenant.post_token(data=form).json()
    claims = tenant.verify(answer["access_token"]).claims
    assert claims["permissions"] == []
    assert "scope" not in answer
    assert "scope" not in claims


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("delete:items", ["delete:items"]),
        ("delete:items create:items openid", ["create:items", "delete:items"]),
        ("read:metrics", []),
        ("", []),
    ],
)
def test_a_scope_narrows_the_grant(tenant: RunningTenant, scope: str, granted: list[str]) -> None:
    """What the client lacks is not granted, and the answer says what is."""
    answer = tenant.post_token(data=token_form(scope=scope)).json()
    assert tenant.verify(answer["access_token"]).claims["permissions"] == granted
    assert answer.get("scope", "").split() == granted


@pytest.mark.parametrize("kind", ["data", "json"])
def test_the_credentials_may_come_in_the_header(tenant: RunningTenant, kind: str) -> None:
    """HTTP Basic, beside a form and beside JSON."""
    form = token_form(client_secret=None)
    headers = basic(b"postman:postman-development-secret")
    assert tenant.post_token(**{kind: form}, headers=headers).status_code == 200


def test_the_credentials_in_the_header_may_be_encoded(tenant: RunningTenant) -> None:
    """As in a form, which strict clients do with a hyphen too (RFC 6749, section 2.3.1)."""
    headers = basic(b"postman:postman%2Ddevelopment%2Dsecret")
    assert tenant.post_token(data=token_form(client_secret=None), headers=headers).ok


def test_any_of_the_audiences_may_be_asked_for(tenant: RunningTenant) -> None:
    """The token is for that one alone."""
    answer = tenant.post_token(data=token_form(audience=OTHER_AUDIENCE)).json()
    assert tenant.verify(answer["access_token"]).claims["aud"] == OTHER_AUDIENCE


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"audience": None}, 400, "invalid_request"),
        ({"audience": ""}, 403, "access_denied"),
        ({"audience": f"{AUDIENCE}/"}, 403, "access_denied"),
    ],
)
@pytest.mark.parametrize("kind", ["data", "json"])
def test_a_wrong_parameter_is_refused(
    tenant: RunningTenant, kind: str, changes: dict[str, str | None], status: int, error: str
) -> None:
    """Each with its own error, in a form and in JSON."""
    assert_refused(tenant.post_token(**{kind: token_form(**changes)}), status, error)


@pytest.mark.parametrize(
    "credentials",
    [
        *(b"", b":", b"postman", b"postman:wrong", b"nobody:secret", b"\xff", b"postman:%ff%00"),
        "postman:\u00e9".encode(),
    ],
)
def test_wrong_credentials_in_the_header_are_refused(
    tenant: RunningTenant, credentials: bytes
) -> None:
    """An unknown client and a wrong secret get the same answer, and are asked for Basic."""
    form = token_form(client_id=None, client_secret=None)
    response = tenant.post_token(data=form, headers=basic(credentials))
    assert_refused(response, 401, "invalid_client")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ", "Basic !", "Bearer a.b.c", "Digest a=b", "\u00e9"]
)
def test_a_header_without_credentials_is_none(tenant: RunningTenant, header: str) -> None:
    """The client is then unknown."""
    form = token_form(client_id=None, client_secret=None)
    response = tenant.post_token(data=form, headers={"Authorization": header.encode()})
    assert_refused(response, 401, "invalid_client")


def test_a_header_outside_ascii_is_malformed(tenant: RunningTenant) -> None:
    """Werkzeug raises on it; the answer is an OAuth error all the same."""
    headers = {"Authorization": b"Basic \xe9\xff"}
    assert_refused(tenant.post_token(data=token_form(), headers=headers), 400, "invalid_request")


def test_credentials_that_come_twice_are_refused(tenant: RunningTenant) -> None:
    """RFC 6749, section 2.3: not more than one way in a request."""
    headers = basic(b"postman:postman-development-secret")
    assert_refused(tenant.post_token(data=token_form(), headers=headers), 400, "invalid_request")


def test_credentials_in_the_query_are_none(tenant: RunningTenant) -> None:
    """Addresses end up in logs."""
    response = tenant.post_token(params=token_form(), headers={"Content-Type": FORM})
    assert_refused(response, 400, "unsupported_grant_type")


GOOD = json.dumps(token_form())[:-1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"1",
        b'"text"',
        b"[]",
        b'[["grant_type", "client_credentials"]]',
        b"[" * 10_000,
        b'{"a":' * 2_000,
        b"\xff",
        b"\xff\xfe{\x00}\x00",
        b"NaN",
        b"9" * 10_000,
        b'{"grant_type": NaN}',
        f'{GOOD}, "scope": null}}'.encode(),
        f'{GOOD}, "scope": 1}}'.encode(),
        f'{GOOD}, "scope": ["create:items"]}}'.encode(),
        f'{GOOD}, "scope": {{}}}}'.encode(),
        f'{GOOD}, "scope": true}}'.encode(),
        f'{GOOD}, "scope": "a\\u0000"}}'.encode(),
        f'{GOOD}, "scope": "\\ud800"}}'.encode(),
        f'{GOOD}, "scope": "caf\u00e9"}}'.encode(),
        f'{GOOD}, "audience": "{AUDIENCE}"}}'.encode(),
        f'{GOOD}, "client_secret": 5}}'.encode(),
    ],
)
def test_hostile_json_is_an_invalid_request(tenant: RunningTenant, body: bytes) -> None:
    """Never a token, never an error of the server."""
    headers = {"Content-Type": "application/json"}
    assert_refused(tenant.post_token(data=body, headers=headers), 400, "invalid_request")


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "audience"])
@pytest.mark.parametrize("value", [b"%00", b"%0d%0a", b"%ed%a0%80", b"%ff", b"\xff", b"%c3%a9"])
def test_hostile_text_in_a_form_is_refused(tenant: RunningTenant, name: str, value: bytes) -> None:
    """NULs, line ends, lone surrogates, broken UTF-8, letters outside ASCII."""
    form = "&".join(f"{key}={text}" for key, text in token_form(**{name: None}).items()).encode()
    body = form + b"&" + name.encode() + b"=" + value
    response = tenant.post_token(data=body, headers={"Content-Type": FORM})
    assert response.status_code in (400, 401, 403)


def test_a_repeated_parameter_is_refused(tenant: RunningTenant) -> None:
    """RFC 6749, section 3.2: none more than once, even with the same value."""
    form = [*token_form().items(), ("audience", AUDIENCE)]
    assert_refused(tenant.post_token(data=form), 400, "invalid_request")


@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "multipart/form-data; boundary=a", "application/jsonp", "\u00ff"],
)
def test_another_media_type_is_refused(tenant: RunningTenant, media_type: str | None) -> None:
    """The message names the two that are taken."""
    headers = {"Content-Type": media_type.encode("latin-1")} if media_type else {}
    response = tenant.post_token(data=json.dumps(token_form()).encode(), headers=headers)
    assert_refused(response, 400, "invalid_request")
    assert "JSON" in response.json()["error_description"]


@pytest.mark.parametrize("media_type", [FORM, "application/json"])
def test_a_body_too_large_is_refused(tenant: RunningTenant, media_type: str) -> None:
    """The limit is far above what a request needs."""
    body = b"a=" + b"a" * MAX_BODY
    response = tenant.post_token(data=body, headers={"Content-Type": media_type})
    assert_refused(response, 413, "invalid_request")


def test_a_body_of_unknown_length_is_refused(tenant: RunningTenant) -> None:
    """However short it is."""
    body = urlencode(token_form()).encode()
    response = tenant.post_token(data=iter([body]), headers={"Content-Type": FORM})
    assert_refused(response, 411, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "oauth/token", 405), ("POST", ".well-known/jwks.json", 405), ("GET", "users", 404)],
)
def test_a_wrong_address_is_an_error_of_the_same_form(
    tenant: RunningTenant, method: str, path: str, status: int
) -> None:
    """JSON, and `Allow` where it belongs."""
    response = requests.request(method, tenant.issuer + path, timeout=10)
    assert_refused(response, status, "invalid_request")
    assert ("Allow" in response.headers) == (status == 405)


def test_a_body_that_breaks_off_harms_nobody(tenant: RunningTenant) -> None:
    """Who announces more than is sent, or sends broken chunks, is refused or dropped."""
    address = (urlsplit(tenant.issuer).hostname, urlsplit(tenant.issuer).port)
    head = f"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n"
    for rest in (
        "Content-Length: 100\r\n\r\ngrant",
        "Content-Length: -1\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-5\r\nabc",
    ):
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall((head + rest).encode())
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").readline()
        assert answer == b"" or answer.split()[1].startswith(b"4")
    assert tenant.post_token(data=token_form()).status_code == 200
