"""Nonces for DPoP proofs: the same everywhere, and good for a short time (RFC 9449, section 8)."""

import re

import pytest

from app.authz.testing import Clock
from app.authz.tokens.nonces import WINDOW, Nonces

SECRET = "a secret that all servers share!"


@pytest.fixture
def nonces(clock: Clock) -> Nonces:
    # So that moving by less than a window is seen to stay in it.
    clock.now -= clock.now % WINDOW
    return Nonces(SECRET, clock)


def test_a_nonce_is_accepted_where_it_was_not_made(nonces: Nonces, clock: Clock) -> None:
    """Servers share the secret and nothing else."""
    assert Nonces(SECRET, clock).accepts(nonces.current())


def test_a_nonce_stays_the_same_for_its_window(nonces: Nonces, clock: Clock) -> None:
    """So that a client can use it for many requests."""
    nonce = nonces.current()
    clock.move(WINDOW - 1)
    assert nonces.current() == nonce
    clock.move(1)
    assert nonces.current() != nonce


@pytest.mark.parametrize(
    ("seconds", "accepted"),
    [(0, True), (WINDOW, True), (2 * WINDOW - 1, True), (2 * WINDOW, False)],
)
def test_a_nonce_is_accepted_for_two_windows(
    nonces: Nonces, clock: Clock, seconds: float, accepted: bool
) -> None:
    nonce = nonces.current()
    clock.move(seconds)
    assert nonces.accepts(nonce) is accepted


def test_a_nonce_of_the_future_is_refused(nonces: Nonces, clock: Clock) -> None:
    """A proof cannot be made ahead of its time."""
    clock.move(WINDOW)
    nonce = nonces.current()
    clock.move(-WINDOW)
    assert not nonces.accepts(nonce)


def test_a_nonce_of_another_secret_is_refused(nonces: Nonces, clock: Clock) -> None:
    assert not nonces.accepts(Nonces(SECRET + "!", clock).current())


@pytest.mark.parametrize("nonce", ["", "a", "\u00e9", "\ud800", "\x00", "a" * 10_000])
def test_a_nonce_that_was_made_up_is_refused(nonces: Nonces, nonce: str) -> None:
    assert not nonces.accepts(nonce)


def test_a_nonce_can_be_sent(nonces: Nonces) -> None:
    """RFC 9449, section 8.1: visible ASCII but for the quote and the backslash."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", nonces.current())


def test_an_empty_secret_is_a_mistake(clock: Clock) -> None:
    with pytest.raises(TypeError):
        Nonces("", clock)
