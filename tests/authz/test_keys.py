"""The key set of an issuer over time: freshness, rotation, floods and outages.

Requests go through the front door and keys over real HTTP; the clock moves when the test says so.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.authz import Authz
from app.authz.testing import Clock, FakeIssuer, SigningKey, TokenFactory
from app.authz.testing.issuer import KEYS, METADATA, Answer

from .conftest import Send, code_of

HOUR = 3600
DAY = 24 * HOUR
#: Longest wait for another thread. A test that needs it has failed.
PATIENCE = 10


class Gate:
    """An answer that waits until the test opens the gate; its content is that of the asking."""

    def __init__(self, issuer: FakeIssuer, path: str = KEYS) -> None:
        self._issuer = issuer
        self._path = path
        self.reached = threading.Event()
        self.opened = threading.Event()
        issuer.answers[path] = self._answer

    def _answer(self) -> Answer:
        del self._issuer.answers[self._path]
        answer = self._issuer.answer(self._path)
        self.reached.set()
        self.opened.wait(PATIENCE)
        return answer


def code(send: Send, token: str) -> str:
    """Return the code of a refusal, or `ok`."""
    response = send(token)
    return "ok" if response.status_code == 200 else code_of(response)


def test_nothing_is_fetched_before_the_first_token(app: Flask, issuer: FakeIssuer) -> None:
    assert issuer.fetches == 0


def test_a_known_key_is_fetched_once(send: Send, tokens: TokenFactory, issuer: FakeIssuer) -> None:
    for _ in range(20):
        assert code(send, tokens.valid()) == "ok"
    assert issuer.requests == {METADATA: 1, KEYS: 1}


def test_warmed_keys_are_there_before_the_first_token(
    app: Flask, send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """And whoever comes while they are fetched waits for that fetch."""
    gate = Gate(issuer)
    Authz().warm(app)
    assert gate.reached.wait(PATIENCE)
    with ThreadPoolExecutor() as pool:
        early = pool.submit(code, send, tokens.valid())
        gate.opened.set()
        assert early.result(PATIENCE) == "ok"
    Authz().warm(app)
    assert code(send, tokens.valid()) == "ok"
    assert issuer.requests == {METADATA: 1, KEYS: 1}


def test_an_issuer_that_is_down_is_warmed_in_vain(
    app: Flask,
    send: Send,
    tokens: TokenFactory,
    issuer: FakeIssuer,
    settle: Callable[[], None],
) -> None:
    issuer.up = False
    Authz().warm(app)
    settle()
    assert issuer.fetches == 1
    issuer.up = True
    assert code(send, tokens.valid()) == "ok"


@pytest.mark.parametrize("up", [True, False])
def test_warming_can_be_waited_for(app: Flask, issuer: FakeIssuer, up: bool) -> None:
    """Until it is known whether there are keys."""
    issuer.up = up
    Authz().warm(app, wait=True)
    (keys,) = Authz().key_sets(app)
    assert (keys.state, bool(keys.error)) == (("fresh", False) if up else ("missing", True))
    assert issuer.fetches == 1


def test_an_unknown_issuer_costs_no_network(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    for _ in range(20):
        assert code(send, tokens.valid(iss="https://other.test/")) == "token_issuer"
    assert issuer.fetches == 0


def test_a_rotated_key_is_found_at_its_first_use(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    old = tokens.valid()
    assert code(send, old) == "ok"
    issuer.rotate()
    assert code(send, tokens.valid()) == "ok"
    assert code(send, old) == "ok"
    assert issuer.fetches == 2


def test_a_withdrawn_key_is_gone_after_a_refresh(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    old = tokens.valid()
    assert code(send, old) == "ok"
    issuer.rotate()
    del issuer.keys[0]
    assert code(send, tokens.valid()) == "ok"
    assert code(send, old) == "token_key_unknown"


def test_a_flood_of_unknown_names_makes_five_fetches_a_minute(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """The cold fetch counts, and so does every kid."""
    for second in range(61):
        for number in range(3):
            token = tokens.make(header=tokens.header(kid=f"{second}-{number}"))
            assert code(send, token) == "token_key_unknown"
        clock.move(1)
    assert issuer.fetches == 5


def test_a_flood_does_not_lock_a_new_key_out_for_longer_than_half_a_minute(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    for number in range(20):
        assert code(send, tokens.make(header=tokens.header(kid=f"{number}"))) == "token_key_unknown"
    issuer.rotate()
    assert code(send, tokens.valid()) == "token_key_unknown"
    clock.move(30)
    assert code(send, tokens.valid()) == "ok"


def test_a_cold_flood_leaves_valid_tokens_alone(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """The first bad name brings the set that the first good one needs."""
    for number in range(20):
        code(send, tokens.make(header=tokens.header(kid=f"{number}")))
    assert code(send, tokens.valid()) == "ok"


def test_an_unknown_name_is_remembered_for_a_minute(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """One name asked for again and again costs one fetch."""
    assert code(send, tokens.valid()) == "ok"
    token = tokens.make(header=tokens.header(kid="late"))
    for _ in range(3):
        assert code(send, token) == "token_key_unknown"
    assert issuer.fetches == 2
    clock.move(59)
    assert code(send, token) == "token_key_unknown"
    assert issuer.fetches == 2
    clock.move(1)
    assert code(send, token) == "token_key_unknown"
    assert issuer.fetches == 3


def test_a_refresh_clears_the_memory_of_unknown_names(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    late = SigningKey("late", number=3)
    token = tokens.make(header=tokens.header(kid="late"), key=late)
    assert code(send, token) == "token_key_unknown"
    issuer.keys.insert(0, late)
    assert code(send, tokens.make(header=tokens.header(kid="other"))) == "token_key_unknown"
    assert code(send, token) == "ok"


@pytest.mark.parametrize("members", [[], [{"kty": "RSA", "kid": "first"}]])
def test_a_set_without_a_usable_key_is_not_remembered(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, members: list[object]
) -> None:
    """A mishap of the issuer's must not lock its good tokens out once it is mended."""
    issuer.members = members
    assert code(send, tokens.valid()) == "token_key_unknown"
    issuer.members = None
    assert code(send, tokens.valid()) == "ok"


def test_a_refused_refresh_is_not_remembered(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """A name that nobody could ask for is asked for as soon as there is a permit."""
    for number in range(3):
        code(send, tokens.make(header=tokens.header(kid=f"{number}")))
    late = issuer.rotate()
    token = tokens.make(key=late)
    assert code(send, token) == "token_key_unknown"
    assert issuer.fetches == 3
    clock.move(30)
    assert code(send, token) == "ok"


def test_concurrent_requests_share_one_fetch(
    app: Flask, send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """Forty cold requests are one herd."""
    gate = Gate(issuer)
    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(code, send, tokens.valid()) for _ in range(40)]
        assert gate.reached.wait(PATIENCE)
        gate.opened.set()
        assert {answer.result(PATIENCE) for answer in answers} == {"ok"}
    assert issuer.fetches == 1


def test_a_known_key_does_not_wait_for_a_fetch(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    good = tokens.valid()
    assert code(send, good) == "ok"
    gate = Gate(issuer)
    with ThreadPoolExecutor(1) as pool:
        bad = pool.submit(code, send, tokens.make(header=tokens.header(kid="late")))
        assert gate.reached.wait(PATIENCE)
        assert code(send, good) == "ok"
        assert not bad.done()
        gate.opened.set()
        assert bad.result(PATIENCE) == "token_key_unknown"


def test_a_fetch_under_way_is_the_renewal_too(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock
) -> None:
    """Where a set falls due while an unknown name is asked for, no second fetch begins."""
    good = tokens.valid()
    assert code(send, good) == "ok"
    clock.move(479)
    gate = Gate(issuer)
    with ThreadPoolExecutor(1) as pool:
        bad = pool.submit(code, send, tokens.make(header=tokens.header(kid="late")))
        assert gate.reached.wait(PATIENCE)
        clock.move(2)
        assert code(send, good) == "ok"
        gate.opened.set()
        assert bad.result(PATIENCE) == "token_key_unknown"
    assert issuer.fetches == 2


def test_a_key_published_in_the_middle_of_a_fetch_is_found(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """A request that joined an older fetch may start one more."""
    assert code(send, tokens.valid()) == "ok"
    gate = Gate(issuer)
    with ThreadPoolExecutor(2) as pool:
        bad = pool.submit(code, send, tokens.make(header=tokens.header(kid="late")))
        assert gate.reached.wait(PATIENCE)
        issuer.rotate()
        good = pool.submit(code, send, tokens.valid())
        gate.opened.set()
        assert good.result(PATIENCE) == "ok"
        assert bad.result(PATIENCE) == "token_key_unknown"
    assert issuer.fetches == 3


def test_a_stale_set_is_renewed_in_the_background(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, settle: Callable[[], None]
) -> None:
    """Before ten minutes are over one request starts the renewal and goes on with its key."""
    token = tokens.valid()
    assert code(send, token) == "ok"
    clock.move(479)
    assert code(send, token) == "ok"
    settle()
    assert issuer.fetches == 1
    gate = Gate(issuer)
    clock.move(1)
    assert [code(send, token) for _ in range(3)] == ["ok"] * 3
    assert gate.reached.wait(PATIENCE)
    gate.opened.set()
    settle()
    assert issuer.fetches == 2


@pytest.mark.parametrize(
    ("cache_control", "renewed_after"),
    [
        ("max-age=10", 240),
        ("no-store, max-age=0", 240),
        ("public, max-age=600", 480),
        ("max-age=86400", 2880),
        ("s-maxage=20", 480),
        ("nonsense", 480),
        ("max-age=99999999999999", 2880),
    ],
)
def test_cache_control_is_a_hint_within_bounds(
    send: Send,
    tokens: TokenFactory,
    issuer: FakeIssuer,
    clock: Clock,
    settle: Callable[[], None],
    cache_control: str,
    renewed_after: int,
) -> None:
    """Between five minutes and an hour, and renewed after four fifths of it."""
    issuer.cache_control = cache_control
    assert code(send, tokens.valid()) == "ok"
    clock.move(renewed_after - 1)
    assert code(send, tokens.valid()) == "ok"
    settle()
    assert issuer.fetches == 1
    clock.move(1)
    assert code(send, tokens.valid()) == "ok"
    settle()
    assert issuer.fetches == 2


def test_stale_keys_serve_during_an_outage_for_a_day(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, settle: Callable[[], None]
) -> None:
    assert code(send, tokens.valid()) == "ok"
    issuer.up = False
    clock.move(DAY - 1)
    assert code(send, tokens.valid()) == "ok"
    settle()
    clock.move(1)
    assert code(send, tokens.valid()) == "keys_unavailable"
    issuer.up = True
    clock.move(30)
    assert code(send, tokens.valid()) == "ok"


def test_a_failed_renewal_is_tried_again_every_fifteen_seconds(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, settle: Callable[[], None]
) -> None:
    assert code(send, tokens.valid()) == "ok"
    issuer.up = False
    clock.move(600)
    for _ in range(60):
        assert code(send, tokens.valid()) == "ok"
        settle()
        clock.move(1)
    assert issuer.fetches == 1 + 4


def test_what_bad_names_spend_does_not_stop_renewals(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, clock: Clock, settle: Callable[[], None]
) -> None:
    """A set goes on being renewed while strangers have used up every permit."""
    assert code(send, tokens.valid()) == "ok"
    clock.move(479)
    for number in range(20):
        code(send, tokens.make(header=tokens.header(kid=f"{number}")))
    spent = issuer.fetches
    issuer.up = False
    clock.move(480)
    code(send, tokens.valid())
    settle()
    assert issuer.fetches == spent + 1


def test_the_log_says_whose_keys_cannot_be_had_and_why(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.answers[METADATA] = lambda: (500, {}, [])
    assert code(send, tokens.valid()) == "keys_unavailable"
    why = f"'{issuer.url}.well-known/openid-configuration' answered 500, not 200"
    assert f"keys of {issuer.url} could not be fetched: {why}" in caplog.text
    assert f"keys_unavailable: the keys of {issuer.url} cannot be known: {why}" in caplog.text


def test_a_system_without_threads_left_is_an_outage(
    send: Send, tokens: TokenFactory, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in hand serves although its set cannot be renewed; without one it is 503, not 500."""
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert code(send, tokens.valid()) == "keys_unavailable"
    assert threading.Thread.start is start
    assert code(send, tokens.valid()) == "ok"
    clock.move(HOUR)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert code(send, tokens.valid()) == "ok"


def test_an_unknown_name_is_503_when_the_last_fetch_failed(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """Nobody can say that a key does not exist while its issuer is silent."""
    assert code(send, tokens.valid()) == "ok"
    issuer.up = False
    stranger = tokens.make(header=tokens.header(kid="late"))
    for _ in range(20):
        assert code(send, stranger) == "keys_unavailable"
    assert issuer.fetches <= 3
    assert code(send, tokens.valid()) == "ok"


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (404, b"{}"), (302, b"{}"), (200, b"<p>"), (200, b"[]"), (200, b'{"keys": 1}')],
)
def test_a_failed_fetch_keeps_the_last_set(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, status: int, body: bytes
) -> None:
    """CVE-2026-101917: an error must not empty the cache."""
    assert code(send, tokens.valid()) == "ok"
    issuer.answers[KEYS] = lambda: (status, {}, [body])
    assert code(send, tokens.make(header=tokens.header(kid="late"))) == "keys_unavailable"
    assert code(send, tokens.valid()) == "ok"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.test/", "jwks_uri": "{url}keys"},
        {"issuer": 1, "jwks_uri": "{url}keys"},
        {"jwks_uri": "{url}keys"},
        {"issuer": "{url}"},
        {"issuer": "{url}", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "{url}", "jwks_uri": "http://keys.test/jwks"},
        {"issuer": "{url}", "jwks_uri": "http://user:secret@127.0.0.1/jwks"},
        {"issuer": "{url}", "jwks_uri": ["{url}keys"]},
        {"issuer": "{url}", "jwks_uri": "https://[::1"},
    ],
)
def test_metadata_that_cannot_be_trusted_gives_no_keys(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer, document: dict[str, object]
) -> None:
    """Another issuer's metadata, and addresses that anybody could answer for (CVE-2026-48522)."""
    text = str(document).replace("'", '"').replace("{url}", issuer.url)
    issuer.answers[METADATA] = lambda: (200, {}, [text.encode()])
    assert code(send, tokens.valid()) == "keys_unavailable"


def test_the_metadata_has_the_last_word_on_the_slash(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    """A configured issuer may lack the slash; a token must then have the metadata's spelling."""
    issuer.name = issuer.url.removesuffix("/")
    assert code(send, tokens.valid()) == "token_issuer"
    assert code(send, tokens.valid(iss=issuer.name)) == "ok"


def test_without_a_name_the_only_key_is_tried(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    header = tokens.header()
    del header["kid"]
    assert code(send, tokens.make(header=header)) == "ok"
    issuer.rotate()
    assert code(send, tokens.valid()) == "ok"
    assert code(send, tokens.make(header=header)) == "token_key_unknown"
