"""Tokens: good ones, hostile ones, expired and revoked ones."""

import zlib

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

from app.authz.testing import Clock
from examples.records import create_app
from examples.records.tokens import LIFETIME, Tokens

from .conftest import ENVIRON, SignedIn, code_of, log_in, token_of

SECRET_KEY = ENVIRON["RECORDS_SECRET_KEY"]

ROUTES = [
    ("GET", "/hello"),
    ("GET", "/me"),
    ("GET", "/records"),
    ("GET", "/records/public"),
    ("PUT", "/records/public"),
    ("POST", "/login"),
    ("POST", "/login/revoke-token"),
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> FlaskClient:
    """A client of an application that goes by the clock."""
    return create_app(ENVIRON, clock).test_client()


def refused(client: FlaskClient, token: str, path: str = "/hello") -> bool:
    """Say whether a token is refused as bad credentials are."""
    answer = client.get(path, headers={"X-App-Token": token})
    if answer.status_code == 200:
        return False
    assert (answer.status_code, code_of(answer)) == (401, "credentials_invalid")
    return True


#: Texts that are no tokens.
HOSTILE = [
    "",
    " ",
    ".",
    "..",
    "...",
    "null",
    "x.y.z",
    "alice",
    "Bearer x",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
    "." + base64_encode(zlib.compress(b"[" * 10**6)).decode() + ".aaaaaa.aaaaaa",
    "é",
    "\x7f",
    "a" * 8000,
    "a" * 8001,
    "a." * 30_000,
    "." * 60_000,
]


@pytest.mark.parametrize(
    ("method", "path", "token"),
    [("GET", "/hello", text) for text in HOSTILE] + [(*route, "x.y.z") for route in ROUTES[1:]],
    ids=lambda text: ascii(text[:20]),
)
def test_text_that_is_no_token_is_401_everywhere(
    client: FlaskClient, method: str, path: str, token: str
) -> None:
    """Not even where nobody needs one."""
    answer = client.open(path, method=method, headers={"X-App-Token": token})
    assert (answer.status_code, code_of(answer)) == (401, "credentials_invalid")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="records", error="invalid_token"'


def test_no_character_of_a_token_may_change(client: FlaskClient, signed_in: SignedIn) -> None:
    """Also not the last, whose spare bits Base64 ignores."""
    token = signed_in("alice", "user/view")["X-App-Token"]
    assert not refused(client, token)
    swapped = (
        f"{token[:place]}{'A' if token[place] != 'A' else 'B'}{token[place + 1 :]}"
        for place in range(len(token))
    )
    neighbours = (token[:-1] + chr(ord(token[-1]) + step) for step in (-1, 1))
    assert all(refused(client, text) for text in (*swapped, *neighbours))


def test_no_part_of_a_token_may_be_missing(client: FlaskClient, signed_in: SignedIn) -> None:
    """Neither a beginning nor an end is a token."""
    token = signed_in("alice", "user/view")["X-App-Token"]
    cut = {token[:end] for end in range(len(token))} | {token[at:] for at in range(1, len(token))}
    assert all(refused(client, text) for text in cut)


@pytest.mark.parametrize("added", ["=", "==", ".", "A", ",x", " x", "é"])
def test_nothing_may_be_added_to_a_token(
    client: FlaskClient, signed_in: SignedIn, added: str
) -> None:
    """A token has one spelling."""
    assert refused(client, signed_in("alice")["X-App-Token"] + added)


def test_header_sent_twice_is_401(client: FlaskClient, signed_in: SignedIn) -> None:
    """Two good tokens are not one."""
    headers = [("X-App-Token", signed_in(user)["X-App-Token"]) for user in ("alice", "bob")]
    assert code_of(client.get("/hello", headers=headers)) == "credentials_invalid"


@pytest.mark.parametrize(
    ("secret_key", "salt"),
    [
        ("another key", "examples.records.tokens"),
        ("", "examples.records.tokens"),
        (SECRET_KEY, "itsdangerous"),
        (SECRET_KEY, "cookie-session"),
    ],
)
def test_token_of_another_key_or_purpose_is_401(
    client: FlaskClient, secret_key: str, salt: str
) -> None:
    """What signs a token is the key, for this purpose."""
    forged = URLSafeTimedSerializer(secret_key, salt=salt).dumps(["id", "alice", ["**"]])
    assert refused(client, str(forged))


def test_application_without_a_key_makes_its_own() -> None:
    """No other application takes its tokens."""
    one, other = create_app({}).test_client(), create_app({"RECORDS_SECRET_KEY": ""}).test_client()
    token = token_of(log_in(one, "alice"))
    assert not refused(one, token)
    assert refused(other, token)


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Token"])
def test_token_in_another_header_is_none(
    client: FlaskClient, signed_in: SignedIn, name: str
) -> None:
    """The caller stays a stranger."""
    token = signed_in("alice")["X-App-Token"]
    answer = client.get("/hello", headers={name: f"Bearer {token}"})
    assert answer.json == {"message": "Hello, stranger!"}


def test_token_in_the_query_is_none(client: FlaskClient, signed_in: SignedIn) -> None:
    """Addresses are logged."""
    answer = client.get("/hello", query_string=signed_in("alice"))
    assert answer.json == {"message": "Hello, stranger!"}


@pytest.mark.parametrize(("age", "good"), [(LIFETIME, True), (LIFETIME + 1, False), (-1, False)])
def test_token_is_good_for_an_hour(timed: FlaskClient, clock: Clock, age: int, good: bool) -> None:
    """Neither after it nor before it was issued."""
    token = token_of(log_in(timed, "alice"))
    clock.move(age)
    assert refused(timed, token) is not good


def test_revoked_token_is_refused_everywhere(client: FlaskClient) -> None:
    """The answer is that to a forged one."""
    headers = {"X-App-Token": token_of(log_in(client, "alice", "**"))}
    answer = client.post("/login/revoke-token", headers=headers)
    assert answer.status_code == 200
    assert answer.json == {"ok": True}
    after = [client.open(path, method=method, headers=headers) for method, path in ROUTES]
    forged = client.get("/hello", headers={"X-App-Token": "x"})
    assert {answer.status_code for answer in after} == {401}
    assert {answer.data for answer in after} == {forged.data}


def test_revoking_needs_no_grant(client: FlaskClient) -> None:
    """Whoever has logged in may log out."""
    headers = {"X-App-Token": token_of(log_in(client, "charlie"))}
    assert client.post("/login/revoke-token", headers=headers).json == {"ok": True}


def test_other_tokens_of_the_user_stay_good(client: FlaskClient) -> None:
    """One token is revoked, not the user."""
    one, other = (token_of(log_in(client, "alice")) for _ in range(2))
    client.post("/login/revoke-token", headers={"X-App-Token": one})
    assert refused(client, one)
    assert not refused(client, other)


def test_revoked_token_stays_revoked_for_its_last_second(timed: FlaskClient, clock: Clock) -> None:
    """It is remembered while its signature is good, whatever else is revoked meanwhile."""
    first = token_of(log_in(timed, "alice"))
    timed.post("/login/revoke-token", headers={"X-App-Token": first})
    clock.move(LIFETIME + 0.9)
    second = token_of(log_in(timed, "alice"))
    timed.post("/login/revoke-token", headers={"X-App-Token": second})
    assert refused(timed, first)


def test_revocations_are_forgotten_with_their_tokens(clock: Clock, timed: FlaskClient) -> None:
    """What has expired need not be remembered."""
    tokens: Tokens = timed.application.extensions["tokens"]
    for _ in range(3):
        tokens.revoke(tokens.read(tokens.issue("alice", [])))
    assert len(tokens.revocations) == 3
    clock.move(LIFETIME + 1)
    tokens.revoke(tokens.read(tokens.issue("alice", [])))
    assert len(tokens.revocations) == 1
