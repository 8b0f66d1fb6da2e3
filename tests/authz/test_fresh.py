"""Permissions of the moment: asked of the Management API over real HTTP, never guessed.

Requests go through the front door; the clock moves when the test says so.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.authz import Authz, Identity, current_identity, public, requires_auth, requires_permission
from app.authz.reading import SettingsError
from app.authz.settings import Settings
from app.authz.testing import Clock, FakeIssuer, TokenFactory
from app.authz.testing.tokens import ABSENT
from app.authz.tokens import fresh
from app.authz.tokens.fresh import FreshPermissions
from app.authz.tokens.management import LONGEST_REST, REST, ManagementApi

from .conftest import Send, code_of
from .management_api import CLIENT_ID, CLIENT_SECRET, Answer, FakeManagement, page

#: Who most tokens here speak for.
USER = "auth0|5f7c8ec7c33c6c004bbafe82"
OURS = "https://api.test"
OTHERS = "https://other-api.test"
#: Longest wait for another thread. A test that needs it has failed.
PATIENCE = 10


@pytest.fixture
def api() -> Iterator[FakeManagement]:
    """The Management API, with one user who has no permission."""
    with FakeManagement() as fake:
        fake.grant(USER)
        yield fake


@pytest.fixture
def authz_settings(tokens: TokenFactory, api: FakeManagement) -> dict[str, str]:
    return {
        "AUTH0_ISSUER_URL": tokens.issuer.url,
        "AUTH0_AUDIENCE": OURS,
        "AUTH0_CLIENT_ID": CLIENT_ID,
        "AUTH0_CLIENT_SECRET": CLIENT_SECRET,
        "AUTHZ_PERMISSIONS_SOURCE": "management",
        "AUTHZ_MANAGEMENT_URL": api.url,
    }


def with_views(app: Flask, authz: Authz) -> Flask:
    """Add a view that tells what the caller may do, one that needs something, and an open one."""

    @app.get("/mine")
    @requires_auth
    def mine() -> dict[str, Any]:
        claimed: Any = current_identity.claims.get("permissions", ())
        return {"permissions": sorted(current_identity.permissions), "claimed": list(claimed)}

    @app.post("/items")
    @requires_permission("create:items")
    def create() -> str:
        return "created"

    @app.get("/open")
    @public
    def everybody() -> str:
        return "open"

    authz.check(app)
    return app


@pytest.fixture
def app(bare: Flask, clock: Clock) -> Flask:
    return with_views(bare, Authz(bare, clock=clock, timer=clock))


def permissions(response: TestResponse) -> list[str]:
    """Return what a caller may do, of a caller who was let in."""
    assert response.status_code == 200, response.get_json()
    body: dict[str, Any] | None = response.get_json()
    assert body is not None
    return list(body["permissions"])


class Gate:
    """Answers that wait until the test opens the gate."""

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self._answer = answer
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> Answer:
        self.reached.set()
        self.opened.wait(PATIENCE)
        return self._answer()


def calls_under_way() -> list[threading.Thread]:
    """Return the threads of the calls that have not ended, the oldest first."""
    return [thread for thread in threading.enumerate() if thread.name == "fresh permissions"]


def granted(*names: str) -> Answer:
    """Return a page with these permissions of our API."""
    return 200, {}, page([(OURS, name) for name in names], 0, 100, len(names))


# What counts


def test_the_api_is_asked_in_place_of_the_claim(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """What was taken away is gone, what was added is there, and the claims are what they were."""
    api.grant(USER, "create:items")
    response = send(tokens.valid(["delete:items"]))
    assert permissions(response) == ["create:items"]
    assert response.get_json()["claimed"] == ["delete:items"]


def test_a_token_without_the_claim_gets_what_the_user_has(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """RBAC need not be on for the API."""
    api.grant(USER, "create:items")
    assert send(tokens.valid(ABSENT), "/items", "POST").status_code == 200


def test_a_revoked_permission_is_missing(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    response = send(tokens.valid(["create:items"]), "/items", "POST")
    assert (response.status_code, code_of(response)) == (403, "permission_missing")


@pytest.mark.parametrize(
    ("ours", "aud", "counts"),
    [
        (OURS, [OURS], True),
        (OURS, OURS, True),
        (OURS, [OURS, OTHERS], True),
        (f"{OURS},{OTHERS}", [OTHERS], False),
        (f"{OURS},{OTHERS}", [OURS, OTHERS], True),
    ],
)
def test_only_entries_of_an_audience_count_that_is_ours_and_the_tokens(
    bare: Flask,
    clock: Clock,
    tokens: TokenFactory,
    api: FakeManagement,
    ours: str,
    aud: Any,
    counts: bool,
) -> None:
    """The user may do much with other APIs, by names that are ours as well."""
    bare.config["AUTH0_AUDIENCE"] = ours
    client = with_views(bare, Authz(bare, clock=clock, timer=clock)).test_client()
    userinfo = f"{tokens.issuer.url}userinfo"
    api.granted[USER] = [
        (OURS, "ours"),
        (OTHERS, "theirs"),
        (f"{OURS}/", "nearly"),
        (OURS.upper(), "loud"),
        (userinfo, "profile"),
        ("", "nobody's"),
    ]
    names = [
        *(["ours"] if counts else []),
        *(["theirs"] if OTHERS in ours and OTHERS in aud else []),
    ]
    token = tokens.valid(aud=aud if isinstance(aud, str) else [*aud, userinfo])
    answer = client.get("/mine", headers={"Authorization": f"Bearer {token}"})
    assert permissions(answer) == names


def test_a_token_that_names_no_api_gets_no_permissions(
    bare: Flask, clock: Clock, api: FakeManagement
) -> None:
    """Every JWT names one, but other kinds of token need not. Nobody is asked."""
    source = FreshPermissions(Settings.from_config(bare.config), timer=clock)
    named: list[Any] = [{}, {"aud": []}, {"aud": None}, {"aud": [1]}, {"aud": OTHERS}]
    for claims in named:
        identity = source.of(Identity(USER, ["create:items"], claims=claims), frozenset({OURS}))
        assert identity.permissions == frozenset()
    assert api.targets == []


@pytest.mark.parametrize(
    ("count", "pages"), [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3), (1000, 10)]
)
def test_all_pages_are_read(
    send: Send, tokens: TokenFactory, api: FakeManagement, count: int, pages: int
) -> None:
    names = [f"do:{number:04}" for number in range(count)]
    api.grant(USER, *names)
    assert permissions(send(tokens.valid())) == names
    assert [target.partition("?")[2] for target in api.targets] == [
        f"per_page=100&page={number}&include_totals=true" for number in range(pages)
    ]


def test_who_has_more_than_a_thousand_is_not_let_in(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """Rather than with a part of them; one page says so."""
    api.grant(USER, *(f"do:{number}" for number in range(1001)))
    assert code_of(send(tokens.valid())) == "permissions_unavailable"
    assert len(api.targets) == 1


def test_a_user_who_is_gone_has_no_permissions(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    del api.granted[USER]
    token = tokens.valid(["create:items"])
    assert permissions(send(token)) == []
    assert code_of(send(token, "/items", "POST")) == "permission_missing"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "robot@clients", "azp": "robot", "gty": "client-credentials"},
        {"sub": "robot@clients", "azp": "robot"},
        {"sub": "robot", "client_id": "robot", "azp": ABSENT},
    ],
    ids=["default", "by its subject", "RFC 9068"],
)
def test_a_machine_keeps_its_claim(
    send: Send, tokens: TokenFactory, api: FakeManagement, claims: dict[str, Any]
) -> None:
    """There is no user to ask for, so nobody is asked, also while the API is down."""
    api.up = False
    assert permissions(send(tokens.valid(["create:items"], **claims))) == ["create:items"]
    assert (api.forms, api.targets) == ([], [])


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "auth0|al@clients"},
        {"sub": "None@clients", "azp": ABSENT},
        {"sub": "robot@clients", "azp": "another"},
        {"gty": "password"},
        {"gty": ["client-credentials"]},
    ],
)
def test_a_user_cannot_pass_for_a_machine(
    send: Send, tokens: TokenFactory, api: FakeManagement, claims: dict[str, Any]
) -> None:
    """An identifier that ends like a machine's is a user's all the same."""
    assert permissions(send(tokens.valid(["create:items"], **claims))) == []
    assert len(api.targets) == 1


# When it is asked


def test_a_change_bites_within_the_seconds_of_the_setting(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock
) -> None:
    """For a token that was verified before, too."""
    token = tokens.valid(["create:items"])
    api.grant(USER, "create:items")
    assert send(token, "/items", "POST").status_code == 200
    api.grant(USER)
    clock.move(4)
    assert send(token, "/items", "POST").status_code == 200
    assert len(api.targets) == 1
    clock.move(1)
    assert send(token, "/items", "POST").status_code == 403
    assert len(api.targets) == 2


def test_the_seconds_can_be_set(
    bare: Flask, clock: Clock, tokens: TokenFactory, api: FakeManagement
) -> None:
    bare.config["AUTHZ_PERMISSIONS_CACHE_SECONDS"] = "60"
    client = with_views(bare, Authz(bare, clock=clock, timer=clock)).test_client()
    headers = {"Authorization": f"Bearer {tokens.valid()}"}
    for _ in range(61):
        assert client.get("/mine", headers=headers).status_code == 200
        clock.move(1)
    assert len(api.targets) == 2


def test_the_seconds_count_from_the_question(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock
) -> None:
    """The answer may have been written just after it."""
    gate = api.page_answer = Gate(lambda: granted("create:items"))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, tokens.valid())
        assert gate.reached.wait(PATIENCE)
        clock.move(3)
        gate.opened.set()
        assert permissions(first.result(PATIENCE)) == ["create:items"]
    api.page_answer = None
    clock.move(1)
    assert permissions(send(tokens.valid())) == ["create:items"]
    clock.move(1)
    assert permissions(send(tokens.valid())) == []


def test_nobody_is_asked_where_nobody_is_authenticated(
    client: FlaskClient, send: Send, tokens: TokenFactory, api: FakeManagement, issuer: FakeIssuer
) -> None:
    """A public view, a token that is bad, no token."""
    config = client.application.config  # the same client asks for opaque tokens
    issuer.client_id, issuer.client_secret = (config[f"AUTH0_CLIENT_{s}"] for s in ("ID", "SECRET"))
    assert send(tokens.valid(), "/open").status_code == 200
    for token in tokens.broken().values():
        assert send(token).status_code == 401
    assert client.get("/mine").status_code == 401
    assert (api.forms, api.targets) == ([], [])


def test_an_app_that_authenticates_itself_is_told_that_nobody_is_asked(
    bare: Flask, clock: Clock
) -> None:
    """Whoever has set it believes that changes bite at once."""
    with pytest.raises(SettingsError, match=r"^AUTHZ_PERMISSIONS_SOURCE has no effect"):
        Authz(bare, clock=clock, authenticate=lambda _: Identity("al", ["create:items"]))


def test_the_claim_is_the_default(
    bare: Flask, clock: Clock, tokens: TokenFactory, api: FakeManagement
) -> None:
    del bare.config["AUTHZ_PERMISSIONS_SOURCE"], bare.config["AUTHZ_MANAGEMENT_URL"]
    client = with_views(bare, Authz(bare, clock=clock, timer=clock)).test_client()
    headers = {"Authorization": f"Bearer {tokens.valid(['create:items'])}"}
    assert client.post("/items", headers=headers).status_code == 200
    assert api.forms == []


def test_concurrent_requests_of_a_user_share_one_call(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    gate = api.page_answer = Gate(lambda: granted("create:items"))
    token = tokens.valid()
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(send, token) for _ in range(20)]
        assert gate.reached.wait(PATIENCE)
        gate.opened.set()
        assert {answer.result(PATIENCE).status_code for answer in answers} == {200}
    assert (len(api.forms), len(api.targets)) == (1, 1)


def test_concurrent_requests_of_many_users_share_one_token(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    users = [f"auth0|{number}" for number in range(10)]
    for user in users:
        api.grant(user, f"own:{user}")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda user: send(tokens.valid(sub=user)), users))
    assert [permissions(answer) for answer in answers] == [[f"own:{user}"] for user in users]
    assert (len(api.forms), len(api.targets)) == (1, 10)


def test_answers_are_kept_by_issuer_and_subject(
    bare: Flask, clock: Clock, tokens: TokenFactory, api: FakeManagement
) -> None:
    """As everything else is that belongs to a caller."""
    with FakeIssuer() as second:
        bare.config["AUTH0_ISSUER_URL"] = f"{tokens.issuer.url},{second.url}"
        client = with_views(bare, Authz(bare, clock=clock, timer=clock)).test_client()
        for factory in (tokens, TokenFactory(second, clock=clock), tokens):
            headers = {"Authorization": f"Bearer {factory.valid()}"}
            assert client.get("/mine", headers=headers).status_code == 200
    assert len(api.targets) == 2


# The token for the API


def test_the_token_is_asked_for_as_auth0_has_it(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    assert send(tokens.valid()).status_code == 200
    assert api.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "audience": f"{api.url}/api/v2/",
        }
    ]


@pytest.mark.parametrize(
    ("expires_in", "used_for"), [(86_400, 86_340), (120, 60), (60, 30), (10, 5)]
)
def test_the_token_is_used_until_shortly_before_its_end(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    clock: Clock,
    expires_in: int,
    used_for: int,
) -> None:
    api.expires_in = expires_in
    token = tokens.valid(exp=int(clock()) + 200_000)
    assert send(token).status_code == 200
    clock.move(used_for - 1)
    assert send(tokens.valid(sub="auth0|2", exp=int(clock()) + 200_000)).status_code == 200
    assert len(api.forms) == 1
    clock.move(1)
    assert send(tokens.valid(sub="auth0|3", exp=int(clock()) + 200_000)).status_code == 200
    assert len(api.forms) == 2


def test_a_token_that_is_refused_is_replaced_once(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock
) -> None:
    """The key that signed it may have been withdrawn."""
    assert send(tokens.valid()).status_code == 200
    api.withdrawn |= set(api.tokens)
    api.grant(USER, "create:items")
    clock.move(5)
    assert permissions(send(tokens.valid())) == ["create:items"]
    assert (len(api.forms), len(api.targets)) == (2, 3)


def test_an_api_that_takes_no_token_is_not_asked_on_and_on(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    api.page_answer = lambda: (401, {}, {"statusCode": 401})
    for _ in range(5):
        assert code_of(send(tokens.valid())) == "permissions_unavailable"
    assert (len(api.forms), len(api.targets)) == (2, 2)


# Outages


def assert_closed(response: TestResponse, retry_after: float | None = None) -> None:
    """Check that a caller was turned away, and told when to come again."""
    assert (response.status_code, code_of(response)) == (503, "permissions_unavailable")
    assert "WWW-Authenticate" not in response.headers
    assert int(response.headers["Retry-After"]) >= 1
    if retry_after is not None:
        assert response.headers["Retry-After"] == str(retry_after)


def test_a_dead_api_lets_nobody_in(send: Send, tokens: TokenFactory, api: FakeManagement) -> None:
    """Least of all by the claim."""
    api.up = False
    assert_closed(send(tokens.valid(["create:items"]), "/items", "POST"), 2)


def test_nobody_listening_lets_nobody_in(
    bare: Flask, clock: Clock, tokens: TokenFactory, api: FakeManagement
) -> None:
    bare.config["AUTHZ_MANAGEMENT_URL"] = "http://127.0.0.1:1"
    client = with_views(bare, Authz(bare, clock=clock, timer=clock)).test_client()
    headers = {"Authorization": f"Bearer {tokens.valid(['create:items'])}"}
    assert_closed(client.post("/items", headers=headers), 2)


def test_an_outage_begins_with_the_end_of_the_last_answer(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock
) -> None:
    """What is known serves as long as it would otherwise, and no longer."""
    api.grant(USER, "create:items")
    token = tokens.valid()
    assert permissions(send(token)) == ["create:items"]
    api.up = False
    clock.move(4)
    assert permissions(send(token)) == ["create:items"]
    clock.move(1)
    assert_closed(send(token))
    api.up = True
    clock.move(REST)
    assert permissions(send(token)) == ["create:items"]


@pytest.mark.parametrize("what", ["token_answer", "page_answer"])
@pytest.mark.parametrize("status", [500, 503, 403])
def test_an_api_that_fails_is_left_alone_for_a_moment(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock, what: str, status: int
) -> None:
    """Whoever asks, it is asked once; then again."""
    setattr(api, what, lambda: (status, {}, {}))
    for number in range(10):
        assert_closed(send(tokens.valid(sub=f"auth0|{number}")), 2)
    assert len(api.forms) + len(api.targets) == (1 if what == "token_answer" else 2)
    clock.move(REST)
    setattr(api, what, None)
    assert send(tokens.valid()).status_code == 200


def test_a_cold_herd_asks_a_dead_api_once(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """Those who wait for the token are told what became of it."""
    gate = api.token_answer = Gate(lambda: (500, {}, b""))
    with ThreadPoolExecutor(10) as pool:
        users = [pool.submit(send, tokens.valid(sub=f"auth0|{number}")) for number in range(10)]
        assert gate.reached.wait(PATIENCE)
        gate.opened.set()
        for user in users:
            assert_closed(user.result(PATIENCE))
    assert len(api.forms) == 1


def test_a_call_under_way_stops_when_the_api_is_to_be_left_alone(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """Pages that are still to come are not asked for."""
    gate = Gate(lambda: (200, {}, page([(OURS, "a")] * 100, 0, 100, 200)))

    def answer() -> Answer:
        return gate() if len(api.targets) == 1 else (429, {}, b"")

    api.page_answer = answer
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, tokens.valid())
        assert gate.reached.wait(PATIENCE)
        assert_closed(send(tokens.valid(sub="auth0|other")))
        gate.opened.set()
        assert_closed(first.result(PATIENCE))
    assert len(api.targets) == 2


@pytest.mark.parametrize(
    "answer",
    [
        (400, {}, {"statusCode": 400}),
        (414, {}, b""),
        (302, {"Location": "/elsewhere"}, b""),
        (200, {}, {"permissions": [1], "start": 0, "limit": 100, "total": 1}),
    ],
    ids=["400", "414", "302", "malformed"],
)
def test_a_failure_of_one_user_is_that_users_alone(
    send: Send, tokens: TokenFactory, api: FakeManagement, clock: Clock, answer: Answer
) -> None:
    """Else one with a strange identifier could lock everybody out. It is not repeated at once."""
    api.page_answer = lambda: answer
    for _ in range(5):
        assert_closed(send(tokens.valid(sub="auth0|strange")), 2)
    assert len(api.targets) == 1
    api.page_answer = None
    assert send(tokens.valid()).status_code == 200
    clock.move(REST)
    assert send(tokens.valid(sub="auth0|strange")).status_code == 200


def test_a_user_with_too_many_slow_pages_locks_nobody_out(
    send: Send, tokens: TokenFactory, api: FakeManagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time was over when a page had come already: the API is up."""
    monkeypatch.setattr(fresh, "BUDGET", 0.5)
    assert send(tokens.valid(sub="auth0|warm")).status_code == 200
    first = page([(OURS, f"do:{number}") for number in range(100)], 0, 100, 200)

    def slow() -> Answer:
        if len(api.targets) > 2:
            api.pause(PATIENCE)
        return 200, {}, first

    api.page_answer = slow
    assert_closed(send(tokens.valid()))
    api.page_answer = None
    assert send(tokens.valid(sub="auth0|other")).status_code == 200


@pytest.mark.parametrize("what", ["token_answer", "page_answer"])
def test_a_silent_api_ends_with_the_time_for_all(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    """One budget for the token and all pages."""
    monkeypatch.setattr(fresh, "BUDGET", 0.3)

    def silence() -> Answer:
        api.pause(2 * PATIENCE)
        return 500, {}, b""

    setattr(api, what, silence)
    began = time.monotonic()
    assert_closed(send(tokens.valid()))
    assert time.monotonic() - began < PATIENCE / 2


def test_a_request_waits_no_longer_than_its_time_whatever_hangs(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No time limit of a socket covers the look-up of a name. What hangs is given up, and does no
    harm when it ends."""
    assert send(tokens.valid(gty="client-credentials")).status_code == 200
    monkeypatch.setattr(fresh, "BUDGET", 0.3)
    found, look_up = threading.Event(), socket.getaddrinfo

    def hang(*arguments: Any, **options: Any) -> Any:
        found.wait(PATIENCE)
        return look_up(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", hang)
        for _ in range(2):
            began = time.monotonic()
            assert_closed(send(tokens.valid()))
            assert time.monotonic() - began < PATIENCE / 2
            clock.move(REST)
        hanging, *waiting = calls_under_way()
        for thread in waiting:
            thread.join(PATIENCE)
        assert calls_under_way() == [hanging]
        found.set()
        hanging.join(PATIENCE)
    monkeypatch.setattr(fresh, "CALLS", 1)
    clock.move(REST)
    assert permissions(send(tokens.valid())) == []


def test_what_hangs_is_not_joined_after_its_time(
    send: Send, tokens: TokenFactory, api: FakeManagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's next request asks anew, and what the old one finds in the end counts no more."""
    assert send(tokens.valid(sub="auth0|warm")).status_code == 200
    monkeypatch.setattr(fresh, "BUDGET", 0.3)
    api.grant(USER, "create:items")
    found, look_up = threading.Event(), socket.getaddrinfo

    def hang_once(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        found.wait(PATIENCE)
        return look_up(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang_once)
    assert_closed(send(tokens.valid()))
    monkeypatch.setattr(fresh, "BUDGET", 3.0)
    assert permissions(send(tokens.valid())) == ["create:items"]
    hanging = calls_under_way()[0]
    found.set()
    hanging.join(PATIENCE)
    assert permissions(send(tokens.valid())) == ["create:items"]


def test_calls_under_way_are_bounded(
    send: Send, tokens: TokenFactory, api: FakeManagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "CALLS", 2)
    gate = api.page_answer = Gate(granted)
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(send, tokens.valid(sub=f"auth0|{number}")) for number in range(2)]
        while len(api.targets) < 2:
            gate.reached.wait(PATIENCE)
        assert_closed(send(tokens.valid()), 1)
        gate.opened.set()
        assert [answer.result(PATIENCE).status_code for answer in waiting] == [200, 200]
    assert send(tokens.valid()).status_code == 200


@pytest.mark.parametrize("what", ["token_answer", "page_answer"])
@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("Retry-After", "7", 7),
        ("Retry-After", "0", 1),
        ("Retry-After", "86400", LONGEST_REST),
        ("X-RateLimit-Reset", "+9", 9),
        ("X-RateLimit-Reset", "-100", 1),
        ("X-RateLimit-Reset", "999999999999", LONGEST_REST),
        ("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT", REST),
        ("Retry-After", "-5", REST),
        ("Retry-After", "1" * 400, REST),
        ("X-RateLimit-Reset", "NaN", REST),
        ("X-Other", "5", REST),
    ],
)
def test_a_limit_of_auth0_is_kept_to(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    clock: Clock,
    what: str,
    name: str,
    value: str,
    seconds: float,
) -> None:
    """The caller is told what we were told, within a minute, and nobody is asked before."""
    if value.startswith(("+", "-")) and name == "X-RateLimit-Reset":
        value = str(int(clock()) + int(value))
    setattr(api, what, lambda: (429, {name: value}, {}))
    assert_closed(send(tokens.valid()), int(seconds))
    asked = len(api.forms) + len(api.targets)
    setattr(api, what, None)
    clock.move(seconds - 0.5)
    assert_closed(send(tokens.valid(sub="auth0|other")), 1)
    assert len(api.forms) + len(api.targets) == asked
    clock.move(0.5)
    assert send(tokens.valid()).status_code == 200


# Answers that are none


ENTRY = page([(OURS, "create:items")], 0, 100, 1)["permissions"][0]


def answer(**changes: Any) -> dict[str, Any]:
    """Return a good page with changes."""
    return page([(OURS, "create:items")], 0, 100, 1) | changes


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b"1" * 5000,
        [ENTRY],
        {},
        {"permissions": [ENTRY]},
        answer(permissions=None),
        answer(permissions={}),
        answer(permissions="create:items"),
        answer(permissions=["create:items"]),
        answer(permissions=[None]),
        answer(permissions=[{}]),
        answer(permissions=[ENTRY | {"permission_name": None}]),
        answer(permissions=[ENTRY | {"permission_name": ["create:items"]}]),
        answer(permissions=[ENTRY | {"resource_server_identifier": [OURS]}]),
        answer(permissions=[ENTRY, ENTRY | {"permission_name": 1}]),
        answer(permissions=[ENTRY] * 101, total=101),
        answer(permissions=[]),
        answer(total=None),
        answer(total="1"),
        answer(total=True),
        answer(total=1.0),
        answer(total=2),
        answer(total=10**400),
        answer(start=None),
        answer(start=False),
        answer(start=100),
        answer(start="0"),
    ],
    ids=lambda body: (body if isinstance(body, bytes) else str(body).encode())[:80].decode(
        "latin-1"
    ),
)
def test_an_answer_that_is_not_as_documented_lets_nobody_in(
    send: Send, tokens: TokenFactory, api: FakeManagement, body: Any
) -> None:
    api.page_answer = lambda: (200, {}, body)
    assert_closed(send(tokens.valid(["create:items"]), "/items", "POST"))


def test_after_a_page_that_is_not_full_there_is_no_other(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    """Whatever the answer says of more."""
    api.page_answer = lambda: (200, {}, answer(total=200))
    assert_closed(send(tokens.valid()))
    assert len(api.targets) == 1


def test_the_same_page_again_is_no_second_page(
    send: Send, tokens: TokenFactory, api: FakeManagement
) -> None:
    same = page([(OURS, f"do:{number}") for number in range(100)], 0, 100, 200)
    api.page_answer = lambda: (200, {}, same)
    assert_closed(send(tokens.valid()))
    assert len(api.targets) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        [],
        {},
        {"access_token": "t"},
        {"access_token": "t", "expires_in": "60"},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": -1},
        {"access_token": "t", "expires_in": True},
        {"access_token": "t", "expires_in": 10**400},
        {"access_token": "", "expires_in": 60},
        {"access_token": None, "expires_in": 60},
        {"access_token": ["t"], "expires_in": 60},
        {"access_token": "hidden\r\nX: y", "expires_in": 60},
        {"access_token": "hidden words", "expires_in": 60},
        {"access_token": "hidd\u00e9n", "expires_in": 60},
    ],
    ids=lambda body: str(body)[:60].encode("unicode_escape").decode(),
)
def test_a_token_that_is_not_as_documented_is_not_used(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    caplog: pytest.LogCaptureFixture,
    body: Any,
) -> None:
    api.token_answer = lambda: (200, {}, body)
    assert_closed(send(tokens.valid()))
    assert api.targets == []
    assert "hidd" not in caplog.text


# The subject in the address


@pytest.mark.parametrize(
    ("subject", "segment"),
    [
        ("auth0|x", "auth0%7Cx"),
        ("auth0|x/../y", "auth0%7Cx%2F..%2Fy"),
        ("../../clients", "..%2F..%2Fclients"),
        ("/", "%2F"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("...", "..."),
        ("x?per_page=1#", "x%3Fper_page%3D1%23"),
        ("x;y=z&a", "x%3By%3Dz%26a"),
        ("a b+c", "a%20b%2Bc"),
        ("a\\b", "a%5Cb"),
        ("a\r\nHost: b", "a%0D%0AHost%3A%20b"),
        ("a\x00", "a%00"),
        ("\u00e9", "%C3%A9"),
        ("@other.test/", "%40other.test%2F"),
        ("~-_.!*'()", "~-_.%21%2A%27%28%29"),
    ],
    ids=lambda text: text.encode("unicode_escape").decode(),
)
def test_a_subject_is_one_segment_of_the_path(
    send: Send, tokens: TokenFactory, api: FakeManagement, subject: str, segment: str
) -> None:
    """Whatever is in it, no other address is asked, and no other user's permissions count."""
    api.grant("auth0|x", "create:items")
    expected = ["create:items"] if subject == "auth0|x" else []
    assert permissions(send(tokens.valid(sub=subject))) == expected
    assert api.targets == [
        f"/api/v2/users/{segment}/permissions?per_page=100&page=0&include_totals=true"
    ]


@pytest.mark.parametrize("subject", [".", ".."], ids=["dot", "dots"])
def test_a_subject_that_is_no_segment_is_nobodys(
    send: Send, tokens: TokenFactory, api: FakeManagement, subject: str
) -> None:
    """Dots would lead to another address, encoded or not."""
    assert permissions(send(tokens.valid(["create:items"], sub=subject))) == []
    assert api.targets == []


def test_half_a_surrogate_pair_is_nobodys_either(api: FakeManagement) -> None:
    """No JWT brings it that far, but other kinds of token may."""
    management = ManagementApi(api.url, CLIENT_ID, CLIENT_SECRET)
    assert management.permissions("auth0|\ud800", time.monotonic() + PATIENCE) == []
    assert (api.forms, api.targets) == ([], [])


# What is told


def test_neither_secret_nor_token_is_told(
    send: Send,
    tokens: TokenFactory,
    api: FakeManagement,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in logs at their most talkative, not in answers, whatever goes wrong."""
    told = []
    failures: list[Answer] = [
        (401, {}, {}),
        (403, {}, {}),
        (429, {}, {}),
        (500, {}, b""),
        (200, {}, b"<p>"),
        (200, {}, {}),
    ]
    with caplog.at_level(logging.DEBUG):
        told.append(send(tokens.valid()))
        for name in ("page_answer", "token_answer"):
            for failure in failures:
                clock.move(100_000)
                setattr(api, name, lambda failure=failure: failure)
                told.append(send(tokens.valid()))
            setattr(api, name, None)
        api.up = False
        clock.move(100_000)
        told.append(send(tokens.valid()))
    assert [answer.status_code for answer in told] == [200] + [503] * 13
    text = caplog.text + "".join(f"{answer.headers} {answer.text}" for answer in told)
    assert "permissions_unavailable" in text
    assert CLIENT_SECRET not in text
    assert "management.token" not in text


def test_the_log_says_what_failed_and_the_answer_does_not(
    send: Send, tokens: TokenFactory, api: FakeManagement, caplog: pytest.LogCaptureFixture
) -> None:
    """Status and address for the operator, in one short line; the subject may be anything."""
    api.page_answer = lambda: (500, {}, b"")
    response = send(tokens.valid(sub="auth0|" + "x" * 3000))
    (line,) = [r.getMessage() for r in caplog.records if r.name == "app.authz.refusals"]
    assert api.url in line
    assert "500" in line
    assert "AUTHZ_MANAGEMENT_URL" in line
    assert len(line) < 600
    assert api.url not in response.text
    assert "500" not in response.text
