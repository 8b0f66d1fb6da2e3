"""What a refused request gets: each row of the table, through the front door."""

import gc
import weakref

import pytest
from flask import Flask, Request, Response, request
from flask.testing import FlaskClient

from app.authz.testing import Clock, FakeIssuer, SigningKey, TokenFactory
from app.authz.testing.tokens import ABSENT

from .conftest import Send, bearer_challenge, code_of

INVALID_TOKEN = bearer_challenge(error="invalid_token")


def test_no_credentials_get_a_challenge_without_error(client: FlaskClient) -> None:
    """RFC 6750, section 3.1: a request without credentials is told only what is spoken."""
    response = client.get("/mine")
    assert (response.status_code, code_of(response)) == (401, "token_missing")
    assert response.headers["WWW-Authenticate"] == bearer_challenge()


def test_the_body_is_problem_json(client: FlaskClient) -> None:
    """RFC 9457: type, title, status, detail, and a code for programs."""
    response = client.get("/mine")
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Sign in: this request needs an access token.",
        "code": "token_missing",
    }


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://other.test/"}, "token_issuer"),
        ({"iss": ""}, "token_issuer"),
        ({"iss": ABSENT}, "token_issuer"),
        ({"iss": None}, "token_malformed"),
        ({"iss": ["https://other.test/"]}, "token_malformed"),
        ({"exp": 1}, "token_expired"),
        ({"exp": 0}, "token_expired"),
        ({"exp": -1}, "token_expired"),
        ({"exp": ABSENT}, "token_malformed"),
        ({"exp": None}, "token_malformed"),
        ({"exp": "9999999999"}, "token_malformed"),
        ({"exp": True}, "token_malformed"),
        ({"exp": [9999999999]}, "token_malformed"),
        ({"nbf": 9999999999}, "token_not_yet_valid"),
        ({"nbf": None}, "token_malformed"),
        ({"nbf": "0"}, "token_malformed"),
        ({"iat": 9999999999}, "token_not_yet_valid"),
        ({"iat": None}, "token_malformed"),
        ({"aud": "https://other.test"}, "token_audience"),
        ({"aud": ["https://other.test"]}, "token_audience"),
        ({"aud": []}, "token_audience"),
        ({"aud": ""}, "token_audience"),
        ({"aud": ABSENT}, "token_audience"),
        ({"aud": None}, "token_malformed"),
        ({"aud": {"https://api.test": 1}}, "token_malformed"),
        ({"aud": ["https://api.test", 1]}, "token_malformed"),
        ({"aud": "https://api.test/"}, "token_audience"),
        ({"sub": ABSENT}, "token_malformed"),
        ({"sub": ""}, "token_malformed"),
        ({"sub": 1}, "token_malformed"),
        ({"sub": None}, "token_malformed"),
        ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, "token_binding"),
        ({"cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}, "token_binding"),
        ({"cnf": {}}, "token_binding"),
        ({"cnf": None}, "token_malformed"),
        ({"nonce": "n"}, "token_is_id_token"),
        ({"at_hash": "h"}, "token_is_id_token"),
        ({"c_hash": "h", "aud": "my-client"}, "token_is_id_token"),
        ({"permissions": 1}, "token_malformed"),
        ({"permissions": None}, "token_malformed"),
        ({"permissions": "create:items"}, "token_malformed"),
        ({"permissions": ["create:items", 1]}, "token_malformed"),
        ({"permissions": {"create:items": True}}, "token_malformed"),
        ({"scope": ["openid"]}, "token_malformed"),
        ({"scope": None}, "token_malformed"),
        ({"azp": 1}, "token_malformed"),
        ({"client_id": {}}, "token_malformed"),
        ({"jti": 1}, "token_malformed"),
        ({"sub": "\ud800"}, "token_malformed"),
    ],
)
def test_a_claim_that_does_not_hold_is_named(
    send: Send, tokens: TokenFactory, claims: dict[str, object], code: str
) -> None:
    """Every token here is signed well and wrong in one claim."""
    response = send(tokens.valid(**claims))
    assert (response.status_code, code_of(response)) == (401, code)
    assert response.headers["WWW-Authenticate"] == INVALID_TOKEN


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none"}, "token_algorithm"),
        ({"alg": "None"}, "token_algorithm"),
        ({"alg": ""}, "token_algorithm"),
        ({"alg": "HS256"}, "token_algorithm"),
        ({"alg": "RS512"}, "token_algorithm"),
        ({"alg": "rs256"}, "token_algorithm"),
        ({"alg": ["RS256"]}, "token_malformed"),
        ({"alg": 1}, "token_malformed"),
        ({"alg": None}, "token_malformed"),
        ({"alg": ABSENT}, "token_malformed"),
        ({"crit": ["exp"], "exp": 1}, "token_algorithm"),
        ({"crit": []}, "token_algorithm"),
        ({"crit": 1}, "token_algorithm"),
        ({"b64": True}, "token_algorithm"),
        ({"kid": 1}, "token_malformed"),
        ({"kid": None}, "token_malformed"),
        ({"kid": "other"}, "token_key_unknown"),
        ({"kid": ""}, "token_key_unknown"),
        ({"typ": "dpop+jwt"}, "token_malformed"),
        ({"typ": "logout+jwt"}, "token_malformed"),
        ({"typ": 1}, "token_malformed"),
        ({"typ": None}, "token_malformed"),
    ],
)
def test_a_header_that_does_not_hold_is_named(
    send: Send, tokens: TokenFactory, header: dict[str, object], code: str
) -> None:
    """Every token here is signed well and wrong in its header."""
    response = send(tokens.make(header=tokens.header(**header)))
    assert (response.status_code, code_of(response)) == (401, code)
    assert response.headers["WWW-Authenticate"] == INVALID_TOKEN


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", ABSENT])
def test_both_kinds_of_access_token_pass(send: Send, tokens: TokenFactory, typ: object) -> None:
    """Auth0's default tokens say JWT, those of RFC 9068 at+jwt, some say nothing."""
    assert send(tokens.make(header=tokens.header(typ=typ))).status_code == 200


def test_an_embedded_key_is_not_followed(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """A token that brings its own key is held against the issuer's (CVE-2026-27962)."""
    own = SigningKey(number=9)
    address = f"{issuer.url}evil.json"
    header = tokens.header(jwk=own.jwk, jku=address, x5u=address, x5c=["MIIB"])
    assert code_of(send(tokens.make(header=header, key=own))) == "token_signature"
    assert issuer.requests["/evil.json"] == 0


def test_a_signature_of_another_key_does_not_verify(send: Send, tokens: TokenFactory) -> None:
    """The name of a key is not the key."""
    response = send(tokens.make(key=SigningKey(number=9)))
    assert (response.status_code, code_of(response)) == (401, "token_signature")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("opaque", "token_opaque"),
        ("a.b", "token_opaque"),
        ("a.b.c.d", "token_opaque"),
        ("a.b.c.d.e", "token_opaque"),
        ("..", "token_malformed"),
        ("a.b.c", "token_malformed"),
        ("e30.e30.", "token_malformed"),
        ("W10.e30.e30", "token_malformed"),
        ("bnVsbA.e30.e30", "token_malformed"),
    ],
)
def test_what_is_no_jwt_is_told_so(send: Send, token: str, code: str) -> None:
    """Opaque and encrypted tokens have an answer of their own: their cure is another."""
    response = send(token)
    assert (response.status_code, code_of(response)) == (401, code)


@pytest.mark.parametrize(
    "payload",
    [
        "[]",
        "null",
        '"text"',
        "{",
        '{"sub": NaN}',
        '{"exp": Infinity}',
        '{"exp": -Infinity}',
        '{"sub": "a", "sub": "b"}',
        '{"a": {"b": 1, "b": 2}}',
        "\ufeff{}",
        "[" * 3000,
        '{"a":' * 990,
        '{"a":' + "[" * 64 + "]" * 64 + "}",
        '{"a":' * 65 + "1" + "}" * 65,
    ],
)
def test_a_payload_that_is_no_strict_json_is_malformed(
    send: Send, tokens: TokenFactory, payload: str
) -> None:
    """What two readers could read in two ways is not read at all."""
    response = send(tokens.make(claims=payload))
    assert (response.status_code, code_of(response)) == (401, "token_malformed")


@pytest.mark.parametrize("number", ["1e999", "-1e999", '1, "x": [1e999]'])
def test_a_number_beyond_all_bounds_is_malformed(
    send: Send, tokens: TokenFactory, number: str
) -> None:
    """JSON has no infinity, but its readers make one of a long enough number."""
    claims = f'{{"iss": "{tokens.issuer.url}", "sub": "a", "exp": {number}}}'
    assert code_of(send(tokens.make(claims=claims))) == "token_malformed"


@pytest.mark.parametrize("digits", [30, 400])
def test_a_distant_end_is_no_error(send: Send, tokens: TokenFactory, digits: int) -> None:
    """A whole number that fits no float is still a number."""
    assert send(tokens.valid(exp=10**digits)).status_code == 200
    assert code_of(send(tokens.valid(nbf=10**digits))) == "token_not_yet_valid"
    assert code_of(send(tokens.valid(exp=-(10**digits)))) == "token_expired"


@pytest.mark.parametrize("suffix", ["!!!!", "=", "==", "A", "\x7f", "%", "+", "/", "."])
def test_a_token_has_one_spelling(send: Send, tokens: TokenFactory, suffix: str) -> None:
    """Text that Authlib would pass over is refused (CVE-2026-102269)."""
    assert send(tokens.valid() + suffix).status_code in (400, 401)


def test_unused_bits_of_a_signature_are_zero(send: Send, tokens: TokenFactory) -> None:
    """256 bytes leave four bits in the last character: sixteen spellings, of which one is right."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = tokens.valid()
    other = alphabet[alphabet.index(token[-1]) + 1]
    assert code_of(send(token[:-1] + other)) == "token_malformed"


def test_leeway_lets_clocks_differ(send: Send, tokens: TokenFactory, clock: Clock) -> None:
    """A token lasts until ten seconds after its end, and not a second more."""
    token = tokens.valid(exp=clock() + 5)
    clock.move(14)
    assert send(token).status_code == 200
    clock.move(1)
    assert code_of(send(token)) == "token_expired"


def test_a_missing_permission_names_what_would_help(send: Send, tokens: TokenFactory) -> None:
    """RFC 6750, section 3.1: insufficient_scope, with the names that would open the door."""
    response = send(tokens.valid(["read:items"]), "/items", "POST")
    assert (response.status_code, code_of(response)) == (403, "permission_missing")
    challenge = bearer_challenge(error="insufficient_scope", scope="create:items")
    assert response.headers["WWW-Authenticate"] == challenge


def test_no_permissions_claim_grants_nothing(send: Send, tokens: TokenFactory) -> None:
    """A tenant without RBAC issues tokens without the claim."""
    assert send(tokens.valid(permissions=ABSENT), "/items", "POST").status_code == 403
    assert send(tokens.valid(permissions=ABSENT)).status_code == 200


def test_a_scope_is_no_permission(send: Send, tokens: TokenFactory) -> None:
    """A client may ask for any scope; only the permission was granted by the API's owner."""
    assert send(tokens.valid(scope="create:items"), "/items", "POST").status_code == 403


def test_the_permission_opens_the_view(send: Send, tokens: TokenFactory) -> None:
    assert send(tokens.valid(["create:items"]), "/items", "POST").data == b"created"


def test_unknown_keys_are_503_while_the_issuer_is_down(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """An outage is nobody's bad token."""
    issuer.up = False
    response = send(tokens.valid())
    assert (response.status_code, code_of(response)) == (503, "keys_unavailable")
    assert "WWW-Authenticate" not in response.headers
    assert response.headers["Retry-After"] == "1"
    for _ in range(2):
        response = send(tokens.valid())
    assert 25 <= int(response.headers["Retry-After"]) <= 30


def test_answers_do_not_repeat_what_was_sent(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """Neither the token nor what it says comes back, nor an address of the issuer."""
    for changes in ({"aud": "echo"}, {"iss": "echo"}, {"sub": ["echo"]}):
        response = send(tokens.valid(**changes))
        text = response.text + str(response.headers)
        assert "echo" not in text
        assert issuer.url not in text


def test_a_refused_request_is_freed_at_its_end(app: Flask, tokens: TokenFactory) -> None:
    """Whoever sends many of them leaves no work for the garbage collector."""
    seen: list[weakref.ref[Request]] = []

    @app.after_request
    def look(response: Response) -> Response:
        seen.append(weakref.ref(request._get_current_object()))  # type: ignore[attr-defined]
        return response

    headers = {"Authorization": f"Bearer {tokens.wrong_issuer()}"}
    client = app.test_client()
    gc.disable()
    try:
        assert client.get("/mine", headers=headers).status_code == 401
        assert [each() for each in seen] == [None]
    finally:
        gc.enable()
