"""The deny-list: what it refuses, how old it may be, and what happens when it cannot be read."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from app.authz.errors import StateUnavailable, TokenRevoked
from app.authz.state import Kind, Revocation
from app.authz.testing import Clock, MemoryState
from app.authz.tokens import revocation
from app.authz.tokens.parts import encode
from app.authz.tokens.revocation import (
    EFFECTIVE_WITHIN,
    RENEWED_AFTER,
    USABLE_FOR,
    DenyList,
    fingerprint,
)

ISSUER = "https://tenant.test/"

#: What a token says that is good otherwise. It was issued at second 1000.
CLAIMS = {"sub": "al", "jti": "1", "azp": "menu", "iat": 1000, "exp": 2e9}

#: A JWT as far as its form goes.
TOKEN = ".".join(map(encode, (b'{"alg":"ES256"}', b'{"sub":"al"}', b"signature")))


@pytest.fixture
def state() -> MemoryState:
    return MemoryState(clock=lambda: 1000.0)


@pytest.fixture
def deny_list(state: MemoryState, clock: Clock) -> DenyList:
    """The list of a process whose steady clock is the test's."""
    return DenyList(state, timer=clock)


def entry(kind: Kind, value: str, before: float | None = None, issuer: str = ISSUER) -> Revocation:
    """Return an entry that lasts."""
    return Revocation(issuer, kind, value, before, 2e9)


def is_revoked(
    deny_list: DenyList, issuer: str = ISSUER, token: str = TOKEN, **claims: Any
) -> bool:
    """Tell whether a token is refused."""
    try:
        deny_list.check(issuer, CLAIMS | claims, token)
    except TokenRevoked:
        return True
    return False


# What an entry means


def test_an_empty_list_refuses_nobody(deny_list: DenyList) -> None:
    assert not is_revoked(deny_list)


def test_a_jti_means_one_token(deny_list: DenyList, state: MemoryState) -> None:
    state.revoke(entry(Kind.JTI, "1"))
    assert is_revoked(deny_list)
    assert not is_revoked(deny_list, jti="2")


@pytest.mark.parametrize(
    ("iat", "revoked"),
    [(999, True), (999.9, True), (1000, False), (1000.5, False), (10**400, False), (-1, True)],
    ids=["whole", "fraction", "same", "after", "huge", "negative"],
)
@pytest.mark.parametrize("kind", [Kind.SUBJECT, Kind.CLIENT])
def test_a_subject_or_client_means_tokens_issued_before_a_moment(
    deny_list: DenyList, state: MemoryState, kind: Kind, iat: float, revoked: bool
) -> None:
    state.revoke(entry(kind, {Kind.SUBJECT: "al", Kind.CLIENT: "menu"}[kind], 1000.0))
    assert is_revoked(deny_list, iat=iat) is revoked


def test_a_token_that_does_not_say_when_counts_as_issued_before(
    deny_list: DenyList, state: MemoryState
) -> None:
    state.revoke(entry(Kind.SUBJECT, "al", -1e9))
    without = {name: value for name, value in CLAIMS.items() if name != "iat"}
    with pytest.raises(TokenRevoked):
        deny_list.check(ISSUER, without, TOKEN)


@pytest.mark.parametrize("name", ["azp", "client_id"])
def test_a_client_is_known_by_either_claim(
    deny_list: DenyList, state: MemoryState, name: str
) -> None:
    """Whatever the other one says."""
    state.revoke(entry(Kind.CLIENT, "bad", 2000.0))
    assert is_revoked(deny_list, **{name: "bad"})
    assert not is_revoked(deny_list, **{name: "good"})


def test_of_two_moments_the_later_one_holds(deny_list: DenyList, state: MemoryState) -> None:
    for moment in (900.0, 1100.0, 1000.0):
        state.revoke(entry(Kind.SUBJECT, "al", moment))
    assert is_revoked(deny_list, iat=1099)
    assert not is_revoked(deny_list, iat=1100)


@pytest.mark.parametrize("written", ["https://tenant.test", "https://tenant.test/"])
@pytest.mark.parametrize("asked", ["https://tenant.test", "https://tenant.test/"])
def test_an_issuer_is_the_same_with_a_slash(
    deny_list: DenyList, state: MemoryState, written: str, asked: str
) -> None:
    state.revoke(entry(Kind.SUBJECT, "al", 2000.0, written))
    assert is_revoked(deny_list, asked)


@pytest.mark.parametrize("other", ["https://tenant.test//", "https://other.test/", ""])
def test_another_issuers_subject_is_another(
    deny_list: DenyList, state: MemoryState, other: str
) -> None:
    state.revoke(entry(Kind.SUBJECT, "al", 2000.0))
    state.revoke(entry(Kind.JTI, "1"))
    assert not is_revoked(deny_list, other)


def test_kinds_are_not_confused(deny_list: DenyList, state: MemoryState) -> None:
    """A client may choose its name."""
    state.revoke(entry(Kind.JTI, "al"))
    state.revoke(entry(Kind.CLIENT, "1", 2000.0))
    state.revoke(entry(Kind.TOKEN, "menu"))
    assert not is_revoked(deny_list)


# Fingerprints


def test_a_fingerprint_means_one_token_of_any_issuer(
    deny_list: DenyList, state: MemoryState
) -> None:
    state.revoke(entry(Kind.TOKEN, fingerprint(TOKEN), issuer=""))
    assert is_revoked(deny_list)
    assert is_revoked(deny_list, "https://other.test/")
    assert not is_revoked(deny_list, token=f"x{TOKEN}")


def test_a_second_signature_of_the_same_token_does_not_help(
    deny_list: DenyList, state: MemoryState
) -> None:
    """Of an ECDSA signature (r, s), anybody can make (r, n - s), which verifies as well."""
    key, order = ec.generate_private_key(ec.SECP256R1()), ec.SECP256R1.group_order
    signed = TOKEN.rpartition(".")[0]
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    tokens = []
    for second in (s, order - s):
        der = encode_dss_signature(r, second)
        key.public_key().verify(der, signed.encode(), ec.ECDSA(SHA256()))
        tokens.append(f"{signed}.{encode(r.to_bytes(32) + second.to_bytes(32))}")
    state.revoke(entry(Kind.TOKEN, fingerprint(tokens[0]), issuer=""))
    assert tokens[0] != tokens[1]
    assert is_revoked(deny_list, token=tokens[1])


def test_an_opaque_token_is_all_of_its_text(deny_list: DenyList, state: MemoryState) -> None:
    """What comes before its last dot may be the same in all of them."""
    state.revoke(entry(Kind.TOKEN, fingerprint("v4.public.abc"), issuer=""))
    assert is_revoked(deny_list, token="v4.public.abc")
    assert not is_revoked(deny_list, token="v4.public.xyz")


# Age


def test_a_revocation_holds_within_a_second(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    assert not is_revoked(deny_list)
    state.revoke(entry(Kind.JTI, "1"))
    clock.move(EFFECTIVE_WITHIN)
    assert is_revoked(deny_list)


def test_a_revocation_holds_after_a_quiet_night(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    assert not is_revoked(deny_list)
    clock.move(36_000)
    state.revoke(entry(Kind.JTI, "1"))
    assert is_revoked(deny_list)


def test_the_list_is_read_twice_a_second_at_most(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    """However many requests come, and nothing is read while none come."""
    for _ in range(10):
        for _ in range(10):
            is_revoked(deny_list)
        clock.move(RENEWED_AFTER / 5)
    assert state.reads == 2
    assert RENEWED_AFTER == 0.5


def test_an_entry_that_was_forgotten_refuses_no_longer(clock: Clock) -> None:
    state = MemoryState(clock)
    deny_list = DenyList(state, timer=clock)
    state.revoke(Revocation(ISSUER, Kind.JTI, "1", None, clock() + 60))
    assert is_revoked(deny_list)
    clock.move(60)
    assert not is_revoked(deny_list)


# Failure


def test_the_last_list_serves_for_five_seconds(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    """It refuses whom it names; after that nobody is let in."""
    state.revoke(entry(Kind.JTI, "bad"))
    assert not is_revoked(deny_list)
    state.down = True
    for _ in range(5):
        clock.move(1)
        assert not is_revoked(deny_list)
        assert is_revoked(deny_list, jti="bad")
    assert USABLE_FOR == 5
    clock.move(0.1)
    for claims in ({}, {"jti": "bad"}):
        with pytest.raises(StateUnavailable, match="the state is down") as caught:
            is_revoked(deny_list, **claims)
        assert caught.value.cure == "turn it on again"


def test_a_list_that_was_never_read_lets_nobody_in(deny_list: DenyList, state: MemoryState) -> None:
    state.down = True
    with pytest.raises(StateUnavailable):
        is_revoked(deny_list)


def test_a_state_that_is_down_is_not_asked_by_every_request(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    """Each would wait for it."""
    state.down = True
    for _ in range(10):
        with pytest.raises(StateUnavailable):
            is_revoked(deny_list)
    assert state.reads == 1


def test_a_state_that_is_back_is_used_again(
    deny_list: DenyList, state: MemoryState, clock: Clock
) -> None:
    state.down = True
    with pytest.raises(StateUnavailable):
        is_revoked(deny_list)
    state.down = False
    state.revoke(entry(Kind.JTI, "1"))
    clock.move(RENEWED_AFTER)
    assert is_revoked(deny_list)


def test_a_reading_that_breaks_off_locks_nobody_out(clock: Clock) -> None:
    """As one does whose worker is told to end, or whose state has a bug."""

    class Broken(MemoryState):
        def revocations(self) -> Sequence[Revocation]:
            if not self.reads:
                super().revocations()
                raise ZeroDivisionError
            return super().revocations()

    deny_list = DenyList(Broken(), timer=clock)
    with pytest.raises(ZeroDivisionError):
        is_revoked(deny_list)
    assert not is_revoked(deny_list)


# Many requests at once


class Slow(MemoryState):
    """A state whose readings last until the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.held = threading.Event()
        self.reading = threading.Event()
        self.held.set()

    def revocations(self) -> Sequence[Revocation]:
        self.reading.set()
        assert self.held.wait(30)
        return super().revocations()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def begin(slow: Slow, clock: Clock) -> Iterator[Callable[[float], DenyList]]:
    """Makes a list of some age that another request has begun to read anew."""
    threads = []

    def begin(age: float) -> DenyList:
        deny_list = DenyList(slow, timer=clock)
        assert not is_revoked(deny_list)
        clock.move(age)
        slow.held.clear()
        slow.reading.clear()
        threads.append(threading.Thread(target=is_revoked, args=(deny_list,)))
        threads[-1].start()
        assert slow.reading.wait(30)
        return deny_list

    yield begin
    slow.held.set()
    for thread in threads:
        thread.join()


def test_while_one_request_reads_the_others_go_on(
    slow: Slow, begin: Callable[[float], DenyList]
) -> None:
    """With a list that is younger than a second, at once."""
    deny_list = begin(0.9)
    assert not is_revoked(deny_list)
    assert slow.reads == 1


def test_requests_wait_for_a_list_in_the_place_of_one_older_than_a_second(
    slow: Slow, begin: Callable[[float], DenyList], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was revoked meanwhile is refused, and the list is read once for all of them."""
    monkeypatch.setattr(revocation, "PATIENCE", (30, 30))
    deny_list = begin(1)
    slow.revoke(entry(Kind.JTI, "1"))
    answers: list[bool] = []
    waiting = [
        threading.Thread(target=lambda: answers.append(is_revoked(deny_list))) for _ in range(8)
    ]
    for each in waiting:
        each.start()
    slow.held.set()
    for each in waiting:
        each.join()
    assert answers == [True] * 8
    assert slow.reads == 2


def test_nobody_waits_for_long_who_has_a_usable_list(
    begin: Callable[[float], DenyList], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state that hangs costs the others a moment, not the whole of its time-out."""
    monkeypatch.setattr(revocation, "PATIENCE", (0.01, 30))
    assert not is_revoked(begin(4))


def test_nobody_is_let_in_who_waited_in_vain(
    begin: Callable[[float], DenyList], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revocation, "PATIENCE", (30, 0.01))
    with pytest.raises(StateUnavailable, match="takes too long"):
        is_revoked(begin(6))
