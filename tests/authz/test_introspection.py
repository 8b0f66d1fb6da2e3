"""Opaque tokens: what is asked of the issuer (RFC 7662), what its answer opens, and for how long.

Requests go through the front door and the endpoint is asked over real HTTP.
"""

import json
import logging
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz import Authz, Identity, Issuer, current_identity, requires_auth
from app.authz.settings import Settings
from app.authz.testing import Clock, FakeIssuer, MemoryState, TokenFactory
from app.authz.testing.issuer import INTROSPECTION, Answer
from app.authz.testing.tokens import ABSENT
from app.authz.tokens import calls, introspection
from app.authz.tokens.discovery import Published
from app.authz.tokens.issuers import Issuers
from app.authz.tokens.keys import IssuerKeys

from .conftest import Send, code_of

#: Longest wait for another thread. A test that needs it has failed.
PATIENCE = 10


@pytest.fixture
def authz_settings(authz_settings: dict[str, str], issuer: FakeIssuer) -> dict[str, str]:
    """The settings with which opaque tokens are asked for."""
    client = {"AUTH0_CLIENT_ID": issuer.client_id, "AUTH0_CLIENT_SECRET": issuer.client_secret}
    return authz_settings | client


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits end sooner than a test would like to wait."""
    monkeypatch.setattr(introspection, "PATIENCE", 0.5)
    monkeypatch.setattr(calls, "PATIENCE", 0.1)


@pytest.fixture
def asked(issuer: FakeIssuer) -> Callable[[], int]:
    """Says how often the issuer was asked."""
    return lambda: issuer.requests[INTROSPECTION]


def code(send: Send, token: str) -> str:
    """Return the code of a refusal, or `ok`."""
    response = send(token)
    return "ok" if response.status_code == 200 else code_of(response)


def client_of(bare: Flask, clock: Clock, **config: object) -> FlaskClient:
    """Return a client of an app with other settings, whose one view answers with the caller's
    issuer."""
    bare.config |= config
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: str(current_identity.issuer)))
    return bare.test_client()


def ask(client: FlaskClient, token: str) -> str:
    """Return what the view answers, or the code of the refusal."""
    response = client.get("/", headers={"Authorization": f"Bearer {token}"})
    return response.text if response.status_code == 200 else code_of(response)


def said(body: bytes | object) -> Callable[[], Answer]:
    """Return what answers with a body, whatever the token."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda: (200, {"Content-Type": "application/json"}, [content])


class Gate:
    """An endpoint whose answers wait until the test opens the gate."""

    def __init__(self, issuer: FakeIssuer, content: object) -> None:
        self.opened = threading.Event()
        self.reached = threading.Semaphore(0)
        self._answer = said(content)
        issuer.answers[INTROSPECTION] = self._wait

    def _wait(self) -> Answer:
        self.reached.release()
        self.opened.wait(PATIENCE)
        return self._answer()


def test_an_opaque_token_opens_what_it_was_granted(send: Send, tokens: TokenFactory) -> None:
    token = tokens.introspected(["create:items"])
    assert send(token, "/items", "POST").status_code == 200
    assert code(send, tokens.introspected()) == "ok"
    response = send(tokens.introspected(["read:items"]), "/items", "POST")
    assert (response.status_code, code_of(response)) == (403, "permission_missing")


def test_the_identity_is_that_of_a_jwt_with_the_same_claims(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    """All that the issuer says is in its claims, as read-only as a JWT's."""
    seen: list[Identity] = []
    Authz(bare, principal_loader=seen.append, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: "in"))
    client = bare.test_client()
    more: dict[str, Any] = {"client_id": "c", "roles": [{"name": "cook"}], "jti": "j"}
    for token in (tokens.introspected(["a:b"], **more), tokens.valid(["a:b"], **more)):
        assert ask(client, token) == "in"
    opaque, jwt = seen
    assert dict(opaque.claims) == {"active": True, "token_type": "Bearer", **jwt.claims}
    assert replace(opaque, claims=jwt.claims) == jwt
    with pytest.raises(AttributeError):
        opaque.claims["roles"].append("chef")  # type: ignore[attr-defined]


def test_the_question_is_that_of_the_standard(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """A form (RFC 7662, section 2.1) and HTTP Basic, encoded twice (RFC 6749, section 2.3.1)."""
    issuer.client_id, issuer.client_secret = "menu:api", "a b+c%d:é"
    bare.config |= {"AUTH0_CLIENT_ID": "menu:api", "AUTH0_CLIENT_SECRET": "a b+c%d:é"}
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: "in"))
    token = tokens.introspected() + "~+/%&="
    issuer.answers[INTROSPECTION] = said({"active": True} | tokens.claims())
    headers = {"Authorization": f"Bearer {token}"}
    assert bare.test_client().get("/", headers=headers).status_code == 200
    assert issuer.last_form == {"token": token, "token_type_hint": "access_token"}
    sent = issuer.last_headers
    assert sent["Accept"] == "application/json"
    assert sent["Content-Type"] == "application/x-www-form-urlencoded"
    pair = b64encode(b"menu%3Aapi:a+b%2Bc%25d%3A%C3%A9").decode()
    assert sent["Authorization"] == f"Basic {pair}"


@pytest.mark.parametrize("active", [False, "true", 1, None, [], {}, ABSENT])
def test_a_token_that_is_not_active_is_refused(
    send: Send, tokens: TokenFactory, active: object
) -> None:
    """Whatever else is said of it. `true` is one value, not whatever looks like it."""
    response = send(tokens.introspected(active=active))
    assert (response.status_code, code_of(response)) == (401, "token_inactive")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert code(send, "unheard-of") == "token_inactive"


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({"iss": "https://other.test/"}, "token_issuer"),
        ({"iss": ""}, "token_issuer"),
        ({"iss": None}, "token_issuer"),
        ({"aud": "https://other.test"}, "token_audience"),
        ({"aud": []}, "token_audience"),
        ({"aud": ABSENT}, "token_audience"),
        ({"aud": None}, "token_malformed"),
        ({"aud": ["https://api.test", 1]}, "token_malformed"),
        ({"exp": 1}, "token_expired"),
        ({"exp": 0}, "token_expired"),
        ({"exp": -(10**400)}, "token_expired"),
        ({"exp": ABSENT}, "token_malformed"),
        ({"exp": None}, "token_malformed"),
        ({"exp": True}, "token_malformed"),
        ({"exp": "9999999999"}, "token_malformed"),
        ({"nbf": 9999999999}, "token_not_yet_valid"),
        ({"nbf": "0"}, "token_malformed"),
        ({"iat": 9999999999}, "token_not_yet_valid"),
        ({"sub": ABSENT}, "token_malformed"),
        ({"sub": ""}, "token_malformed"),
        ({"sub": 1}, "token_malformed"),
        ({"scope": ["openid"]}, "token_malformed"),
        ({"client_id": {}}, "token_malformed"),
        ({"permissions": 1}, "token_malformed"),
        ({"permissions": "create:items"}, "token_malformed"),
        ({"permissions": ["create:items", 1]}, "token_malformed"),
        ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, "token_binding"),
        ({"cnf": {"kid": "other"}}, "token_binding"),
        ({"nonce": "n"}, "token_is_id_token"),
    ],
)
def test_the_rules_are_those_for_a_jwt(
    send: Send, tokens: TokenFactory, claims: dict[str, Any], refusal: str
) -> None:
    """Once when the answer comes, and once when it is remembered."""
    token = tokens.introspected(**claims)
    for _ in range(2):
        response = send(token)
        assert (response.status_code, code_of(response)) == (401, refusal)


def test_an_answer_need_not_name_its_issuer(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """There is one; `iss` is then its own name, so that whoever looks there finds it."""
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(
        requires_auth(lambda: f"{current_identity.issuer} {current_identity.claims['iss']}")
    )
    headers = {"Authorization": f"Bearer {tokens.introspected(iss=ABSENT)}"}
    response = bare.test_client().get("/", headers=headers)
    assert response.text == f"{issuer.url} {issuer.url}"


@pytest.mark.parametrize("token", ["opaque", "a.b", "a.b.c.d", "a.b.c.d.e"])
def test_whatever_is_no_jwt_is_asked_for(
    send: Send, issuer: FakeIssuer, tokens: TokenFactory, token: str
) -> None:
    """An encrypted one too: it is the issuer's to read."""
    issuer.introspection[token] = {"active": True} | tokens.claims()
    assert code(send, token) == "ok"


def test_a_jwt_is_never_asked_for(
    send: Send, tokens: TokenFactory, asked: Callable[[], int]
) -> None:
    """However broken: its signature says all there is to say."""
    assert code(send, tokens.valid()) == "ok"
    for token in ("..", "a.b.c", tokens.wrong_signature(), tokens.expired(), tokens.unsigned()):
        assert code(send, token) not in ("ok", "token_inactive", "introspection_unavailable")
    assert asked() == 0


@pytest.mark.parametrize("token", ["opaque", "a.b.c.d.e"])
def test_without_settings_nobody_is_asked_and_the_log_says_what_to_set(
    bare: Flask,
    clock: Clock,
    asked: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
    token: str,
) -> None:
    client = client_of(bare, clock, AUTH0_CLIENT_ID=None, AUTH0_CLIENT_SECRET=None)
    assert ask(client, token) == "token_opaque"
    assert "set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET" in caplog.text
    assert ("the client asked for no audience" in caplog.text) == (token == "opaque")
    assert asked() == 0


@pytest.mark.parametrize("endpoint", [None, 1, "", "http://other.test/", "file:///etc/passwd"])
def test_without_an_endpoint_nobody_is_asked(
    send: Send,
    tokens: TokenFactory,
    issuer: FakeIssuer,
    caplog: pytest.LogCaptureFixture,
    endpoint: object,
) -> None:
    """No outage that would pass: the log says what to set. The keys are none the worse for it."""
    issuer.introspection_endpoint = endpoint
    assert code(send, tokens.introspected()) == "token_opaque"
    assert "set AUTHZ_INTROSPECTION_URL" in caplog.text
    assert "the client asked for no audience" in caplog.text
    assert code(send, tokens.valid()) == "ok"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'[{"active": true}]',
        b'"text"',
        b"\xff",
        b'{"active": true, "active": false}',
        b'{"active": true, "exp": NaN}',
        b'{"active": true, "exp": Infinity}',
        b'{"active": true, "exp": 1e999}',
        b'{"active": true, "sub": "\\ud800"}',
        b"[" * 100_000,
    ],
    ids=lambda body: str(body[:40]),
)
def test_an_answer_that_is_no_json_object_is_503(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, body: bytes
) -> None:
    """And not remembered: the next answer is another."""
    token = tokens.introspected()
    issuer.answers[INTROSPECTION] = said(body)
    response = send(token)
    assert (response.status_code, code_of(response)) == (503, "introspection_unavailable")
    assert "WWW-Authenticate" not in response.headers
    assert int(response.headers["Retry-After"]) >= 1
    del issuer.answers[INTROSPECTION]
    assert code(send, token) == "ok"


@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 403, 404, 429, 500, 503])
def test_an_answer_of_another_status_is_503(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, status: int
) -> None:
    """Whatever is in it: a redirect is not followed, and a 401 is ours, not the caller's."""
    body = json.dumps({"active": True} | tokens.claims()).encode()
    headers = {"Location": f"{issuer.url}elsewhere"}
    issuer.answers[INTROSPECTION] = lambda: (status, headers, [body])
    assert code(send, tokens.introspected()) == "introspection_unavailable"
    assert issuer.requests["/elsewhere"] == 0


def test_a_kind_of_token_that_the_issuer_does_not_introspect_is_no_outage(
    send: Send,
    issuer: FakeIssuer,
    asked: Callable[[], int],
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Encrypted ones, often. It would not pass, and is remembered as long as an inactive token."""
    body = json.dumps({"error": "unsupported_token_type"}).encode()
    issuer.answers[INTROSPECTION] = lambda: (400, {}, [body])
    for _ in range(2):
        response = send("a.b.c.d.e")
        assert (response.status_code, code_of(response)) == (401, "token_opaque")
    assert asked() == 1
    assert "turn token encryption off" in caplog.text
    clock.move(introspection.INACTIVE_FOR)
    del issuer.answers[INTROSPECTION]
    assert code(send, "a.b.c.d.e") == "token_inactive"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b'{"error": "invalid_request"}'),
        (400, b'{"error": ["unsupported_token_type"]}'),
        (400, b'["unsupported_token_type"]'),
        (400, b'"unsupported_token_type"'),
        (400, b"["),
        (400, b"[" * 20_000),
        (401, b'{"error": "unsupported_token_type"}'),
        (500, b'{"error": "unsupported_token_type"}'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_any_other_refusal_of_the_question_is_503(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, status: int, body: bytes
) -> None:
    issuer.answers[INTROSPECTION] = lambda: (status, {}, [body])
    assert code(send, tokens.introspected()) == "introspection_unavailable"


def test_a_token_of_no_user_speaks_for_its_client(
    bare: Flask, clock: Clock, tokens: TokenFactory
) -> None:
    """An answer need not say `sub`, and of such a token some issuers do not."""
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: f"{current_identity.subject}"))
    client = bare.test_client()
    assert ask(client, tokens.introspected(sub=ABSENT, client_id="robot")) == "robot"
    assert ask(client, tokens.introspected(sub="al", client_id="robot")) == "al"
    for sub in (None, ""):
        assert ask(client, tokens.introspected(sub=sub, client_id="robot")) == "token_malformed"
    for client_id in ("", 1, None, ABSENT):
        token = tokens.introspected(sub=ABSENT, client_id=client_id)
        assert ask(client, token) == "token_malformed"


def test_credentials_that_the_issuer_refuses_are_named_in_the_log(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.client_secret = "another"
    assert code(send, tokens.introspected()) == "introspection_unavailable"
    assert "answered 401" in caplog.text
    assert "correct AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET" in caplog.text


def test_a_dead_issuer_is_503(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """Whether its metadata are held or not."""
    issuer.up = False
    assert code(send, tokens.introspected()) == "introspection_unavailable"
    issuer.up = True
    clock.move(30)
    assert code(send, tokens.introspected()) == "ok"
    issuer.up = False
    assert code(send, tokens.introspected()) == "introspection_unavailable"


def test_a_remembered_token_serves_through_an_outage(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    token = tokens.introspected()
    assert code(send, token) == "ok"
    issuer.up = False
    assert code(send, token) == "ok"


def _dripping(issuer: FakeIssuer) -> Iterator[bytes]:
    while not issuer.closing:
        yield b" "
        issuer.pause(0.05)


def _headers_drip(issuer: FakeIssuer) -> None:
    issuer.drip_headers = True


def _body_drips(issuer: FakeIssuer) -> None:
    issuer.answers[INTROSPECTION] = lambda: (200, {}, _dripping(issuer))


def _silent(issuer: FakeIssuer) -> None:
    def silence() -> Answer:
        issuer.pause(20)
        return 200, {}, []

    issuer.answers[INTROSPECTION] = silence


@pytest.mark.parametrize("slow", [_headers_drip, _body_drips, _silent])
def test_a_slow_answer_ends_in_time(
    hurry: None,
    send: Send,
    tokens: TokenFactory,
    issuer: FakeIssuer,
    slow: Callable[[FakeIssuer], None],
) -> None:
    """However it is slow: the time is for the whole of it."""
    assert code(send, tokens.introspected()) == "ok"
    slow(issuer)
    began = time.monotonic()
    assert code(send, tokens.introspected()) == "introspection_unavailable"
    assert time.monotonic() - began < 2


def test_the_time_is_three_seconds_in_all() -> None:
    assert introspection.PATIENCE == 3


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Hosts whose look-up hangs until the test is over."""
    hosts: set[str] = set()
    over = threading.Event()
    look_up = socket.getaddrinfo

    def hang(host: str, *arguments: Any, **options: Any) -> Any:
        if host in hosts:
            over.wait(PATIENCE)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield hosts
    over.set()


def test_a_name_whose_look_up_hangs_holds_nobody(
    hurry: None, bare: Flask, clock: Clock, lost: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time-out of a socket covers it. The call goes on to count: there are never more."""
    monkeypatch.setattr(introspection, "CALLS", 1)
    client = client_of(bare, clock, AUTHZ_INTROSPECTION_URL="https://127.0.0.1:1/")
    lost.add("127.0.0.1")
    before = set(threading.enumerate())
    began = time.monotonic()
    assert ask(client, "one") == "introspection_unavailable"
    assert ask(client, "one") == "introspection_unavailable"
    assert ask(client, "two") == "introspection_unavailable"
    assert time.monotonic() - began < 3
    assert [thread.name for thread in set(threading.enumerate()) - before] == ["introspection"]


def test_a_call_that_was_given_up_is_not_waited_for(
    hurry: None, send: Send, tokens: TokenFactory, lost: set[str]
) -> None:
    """Whoever comes next has one of its own."""
    assert code(send, tokens.introspected()) == "ok"
    token = tokens.introspected()
    lost.add("127.0.0.1")
    assert code(send, token) == "introspection_unavailable"
    lost.clear()
    assert code(send, token) == "ok"


def test_an_active_token_is_remembered_for_a_minute(
    send: Send, tokens: TokenFactory, clock: Clock, asked: Callable[[], int]
) -> None:
    token = tokens.introspected()
    for _ in range(3):
        assert code(send, token) == "ok"
    clock.move(59)
    assert (code(send, token), asked()) == ("ok", 1)
    clock.move(1)
    assert (code(send, token), asked()) == ("ok", 2)


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({"AUTHZ_TOKEN_CACHE_SECONDS": "5"}, 5),
        ({"AUTHZ_TOKEN_CACHE_SECONDS": "600"}, 60),
        ({"AUTHZ_TOKEN_CACHE_SIZE": "0"}, 0),
    ],
)
def test_the_settings_of_the_token_cache_hold_here_too(
    bare: Flask,
    clock: Clock,
    tokens: TokenFactory,
    asked: Callable[[], int],
    config: dict[str, object],
    seconds: int,
) -> None:
    """But for more than a minute nobody relies on what was said."""
    client = client_of(bare, clock, **config)
    token = tokens.introspected()
    ask(client, token)
    clock.move(max(seconds - 1, 0))
    ask(client, token)
    assert asked() == (1 if seconds else 2)
    clock.move(1)
    ask(client, token)
    assert asked() == (2 if seconds else 3)


def test_a_token_is_remembered_no_longer_than_it_lasts(
    send: Send, tokens: TokenFactory, clock: Clock, asked: Callable[[], int]
) -> None:
    """The leeway is for clocks that differ, not for remembering."""
    token = tokens.introspected(exp=int(clock()) + 20)
    assert code(send, token) == "ok"
    clock.move(19)
    assert (code(send, token), asked()) == ("ok", 1)
    clock.move(1)
    assert (code(send, token), asked()) == ("ok", 2)
    clock.move(10)
    assert code(send, token) == "token_expired"


def test_a_distant_end_is_no_error(send: Send, tokens: TokenFactory) -> None:
    """A whole number that fits no float is still a number."""
    assert code(send, tokens.introspected(exp=10**400)) == "ok"


def test_a_refused_token_is_remembered_for_half_a_minute(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, asked: Callable[[], int]
) -> None:
    for _ in range(3):
        assert code(send, "late") == "token_inactive"
    issuer.introspection["late"] = {"active": True} | tokens.claims()
    clock.move(29)
    assert (code(send, "late"), asked()) == ("token_inactive", 1)
    clock.move(1)
    assert (code(send, "late"), asked()) == ("ok", 2)


def test_made_up_tokens_push_no_good_one_out(
    bare: Flask,
    clock: Clock,
    tokens: TokenFactory,
    asked: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And they too are only so many that are remembered, the newest."""
    monkeypatch.setattr(introspection, "INACTIVE", 5)
    client = client_of(bare, clock, AUTHZ_TOKEN_CACHE_SIZE="1")
    token = tokens.introspected()
    ask(client, token)
    for number in range(20):
        assert ask(client, f"made-up-{number}") == "token_inactive"
    assert asked() == 21
    assert ask(client, token) == tokens.issuer.url
    assert ask(client, "made-up-15") == "token_inactive"
    assert asked() == 21
    assert ask(client, "made-up-14") == "token_inactive"
    assert asked() == 22


def test_requests_with_one_token_share_a_call(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, asked: Callable[[], int]
) -> None:
    token = tokens.introspected()
    gate = Gate(issuer, issuer.introspection[token])
    with ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(code, send, token) for _ in range(30)]
        assert gate.reached.acquire(timeout=PATIENCE)
        gate.opened.set()
        assert {answer.result(PATIENCE) for answer in answers} == {"ok"}
    assert asked() == 1


def test_only_so_many_calls_are_under_way(
    bare: Flask,
    clock: Clock,
    issuer: FakeIssuer,
    asked: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One more is 503 after a moment; once there is room, its token is asked for."""
    monkeypatch.setattr(calls, "PATIENCE", 0.1)
    client = client_of(bare, clock)
    gate = Gate(issuer, {"active": False})
    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(ask, client, f"token-{number}") for number in range(16)]
        for _ in answers:
            assert gate.reached.acquire(timeout=PATIENCE)
        response = client.get("/", headers={"Authorization": "Bearer one-more"})
        assert (response.status_code, code_of(response)) == (503, "introspection_unavailable")
        assert int(response.headers["Retry-After"]) >= 1
        assert asked() == 16
        gate.opened.set()
        assert {answer.result(PATIENCE) for answer in answers} == {"token_inactive"}
    assert ask(client, "one-more") == "token_inactive"


def test_a_request_waits_a_moment_for_room(
    bare: Flask, clock: Clock, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a burst of new tokens is no reason to turn any of them away."""
    monkeypatch.setattr(introspection, "CALLS", 1)
    monkeypatch.setattr(calls, "PATIENCE", PATIENCE)
    client = client_of(bare, clock)
    gate = Gate(issuer, {"active": False})
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(ask, client, f"token-{number}") for number in range(5)]
        assert gate.reached.acquire(timeout=PATIENCE)
        gate.opened.set()
        assert {answer.result(PATIENCE) for answer in answers} == {"token_inactive"}


def test_no_thread_is_no_error(
    send: Send, tokens: TokenFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no thread left the answer is 503, and nothing is lost for later."""
    monkeypatch.setattr(introspection, "CALLS", 1)
    assert code(send, tokens.valid()) == "ok"
    token = tokens.introspected()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", _no_thread)
        assert code(send, token) == "introspection_unavailable"
    assert code(send, token) == "ok"


def _no_thread(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_secrets_are_in_no_log_and_in_no_answer(
    send: Send,
    app: Flask,
    tokens: TokenFactory,
    issuer: FakeIssuer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither the client's nor the callers', whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    token, secret = tokens.introspected(), issuer.client_secret
    texts = [send(token).text, send("made-up-token").text]
    issuer.client_secret = "another"
    texts.append(send(tokens.introspected()).text)
    issuer.answers[INTROSPECTION] = said(f'{secret} {token} "made-up-token"'.encode())
    texts.append(send(tokens.introspected()).text)
    issuer.up = False
    texts.append(send(tokens.introspected()).text)
    texts += [caplog.text, repr(app.extensions["authz"].__dict__)]
    assert len(caplog.records) > 5
    basic = b64encode(f"{issuer.client_id}:{secret}".encode()).decode()
    for text in texts:
        assert not any(word in text for word in (secret, basic, token, "made-up-token"))


@pytest.fixture
def other() -> Iterator[FakeIssuer]:
    """A second issuer."""
    with FakeIssuer() as fake:
        yield fake


def test_an_address_that_is_set_needs_no_metadata(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """The issuer's own name is then that of the settings, but for a slash at its end."""
    client = client_of(bare, clock, AUTHZ_INTROSPECTION_URL=issuer.introspection_endpoint)
    assert ask(client, tokens.introspected()) == issuer.url
    assert ask(client, tokens.introspected(iss=ABSENT)) == issuer.url
    assert ask(client, tokens.introspected(iss=issuer.url[:-1])) == issuer.url[:-1]
    assert ask(client, tokens.introspected(iss="https://other.test/")) == "token_issuer"
    assert ask(client, tokens.introspected(iss=None)) == "token_malformed"
    assert issuer.fetches == 0


def test_metadata_that_name_the_endpoint_name_the_issuer(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """Exactly, as for a JWT."""
    assert code(send, tokens.introspected(iss=issuer.url[:-1])) == "token_issuer"


def test_of_several_issuers_the_answer_names_its_own(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    """One endpoint speaks for all; of whom it does not say, nobody can tell."""
    client = client_of(
        bare,
        clock,
        AUTH0_ISSUER_URL=f"{issuer.url},{other.url}",
        AUTHZ_INTROSPECTION_URL=issuer.introspection_endpoint,
    )
    assert ask(client, tokens.introspected()) == issuer.url
    assert ask(client, tokens.introspected(iss=other.url)) == other.url
    assert ask(client, tokens.introspected(iss="https://third.test/")) == "token_issuer"
    assert ask(client, tokens.introspected(iss=ABSENT)) == "token_issuer"


def test_issuers_that_the_app_finds_have_their_own_audiences(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    del bare.config["AUTH0_ISSUER_URL"], bare.config["AUTH0_AUDIENCE"]
    bare.config["AUTHZ_INTROSPECTION_URL"] = issuer.introspection_endpoint
    known = {other.url: Issuer(other.url, ["https://other-api.test"])}
    Authz(bare, issuer_for=known.get, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: str(current_identity.issuer)))
    client = bare.test_client()
    theirs = tokens.introspected(iss=other.url, aud="https://other-api.test")
    assert ask(client, theirs) == other.url
    assert ask(client, tokens.introspected(iss=other.url)) == "token_audience"
    assert ask(client, tokens.introspected()) == "token_issuer"
    assert ask(client, tokens.introspected(iss=ABSENT)) == "token_issuer"


def test_beside_issuers_that_the_app_finds_none_is_the_only_one(
    bare: Flask, clock: Clock, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """So an answer that names none is nobody's, and metadata of one do not speak for the others."""
    settings = Settings.from_config(bare.config)
    issuers = Issuers(settings.issuers, lambda url: None, lambda each: IssuerKeys(each, _no), clock)
    assert introspection.Introspection.configured(settings, issuers, None, clock, clock) is None
    bare.config["AUTHZ_INTROSPECTION_URL"] = issuer.introspection_endpoint
    Authz(bare, issuer_for=lambda url: None, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: str(current_identity.issuer)))
    client = bare.test_client()
    assert ask(client, tokens.introspected()) == issuer.url
    assert ask(client, tokens.introspected(iss=ABSENT)) == "token_issuer"


def _no(deadline: float) -> Published:
    raise AssertionError("nobody is to be asked")


def test_metadata_are_fetched_once(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """For opaque tokens and for keys alike, and renewed as the keys are."""
    for _ in range(3):
        assert code(send, tokens.introspected()) == "ok"
    assert code(send, tokens.valid()) == "ok"
    assert issuer.fetches == 1
    clock.move(480)
    assert code(send, tokens.introspected()) == "ok"
    for thread in threading.enumerate():
        if thread.name.startswith("keys of "):
            thread.join(PATIENCE)
    assert issuer.fetches == 2


def test_opaque_tokens_make_no_more_fetches_of_metadata_than_unknown_keys(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """An issuer that is down as we start is asked three times, then every half minute."""
    issuer.up = False
    for _ in range(10):
        response = send(tokens.introspected())
        assert code_of(response) == "introspection_unavailable"
    assert issuer.fetches == 3
    assert response.headers["Retry-After"] == "30"


def test_slow_metadata_end_in_time(
    hurry: None, send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """They are part of the three seconds."""
    issuer.drip_headers = True
    began = time.monotonic()
    assert code(send, tokens.introspected()) == "introspection_unavailable"
    assert time.monotonic() - began < 2


# A token that its issuer has ended


@pytest.fixture
def worker(bare: Flask, clock: Clock, state: MemoryState) -> Callable[[], FlaskClient]:
    """Makes another worker of one API."""

    def worker() -> FlaskClient:
        app = Flask("worker", static_folder=None)
        app.config.update(bare.config)
        Authz(clock=clock, timer=clock).init_app(app, state=state)
        app.get("/")(requires_auth(lambda: "ok"))
        return app.test_client()

    return worker


@pytest.mark.parametrize("since", [0, 59, 61, 119])
def test_what_one_worker_refuses_no_other_accepts(
    worker: Callable[[], FlaskClient],
    issuer: FakeIssuer,
    tokens: TokenFactory,
    clock: Clock,
    since: float,
) -> None:
    """One that remembers the token as active would go on with it for a minute."""
    first, second = worker(), worker()
    token = tokens.introspected()
    assert ask(second, token) == "ok"
    clock.move(since)
    assert ask(first, token) == "ok"
    issuer.introspection[token] = {"active": False}
    clock.move(58)
    assert ask(first, token) == "ok"
    assert ask(worker(), token) == "token_inactive"
    clock.move(1)
    assert ask(first, token) == "token_revoked"


def test_a_token_that_somebody_made_up_leaves_nothing_behind(
    worker: Callable[[], FlaskClient], state: MemoryState, clock: Clock
) -> None:
    client = worker()
    for _ in range(3):
        assert ask(client, "made-up") == "token_inactive"
        clock.move(31)
    assert list(state.revocations()) == []
    assert not state.keys


def test_an_active_token_is_remembered_only_where_the_others_can_know(
    worker: Callable[[], FlaskClient],
    issuer: FakeIssuer,
    tokens: TokenFactory,
    state: MemoryState,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client, token = worker(), tokens.introspected()
    assert ask(client, tokens.introspected(sub="another")) == "ok"
    state.down = True
    assert ask(client, token) == "ok"
    assert "is not shared with other workers" in caplog.text
    state.down = False
    issuer.introspection[token] = {"active": False}
    assert ask(client, token) == "token_inactive"
