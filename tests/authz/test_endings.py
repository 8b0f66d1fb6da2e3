"""The news that an opaque token has ended, in the state that all workers share."""

import pytest

from app.authz.testing import Clock, MemoryState
from app.authz.tokens.endings import DENIED_FOR, PERIOD, Endings


@pytest.mark.parametrize(
    ("seconds", "denied"),
    [
        (-PERIOD - 1, False),
        (-1, True),
        (0, True),
        (3 * PERIOD - 1, True),
        (3 * PERIOD, False),
    ],
)
def test_a_token_is_denied_that_another_worker_may_remember(
    clock: Clock, seconds: float, denied: bool
) -> None:
    """For a period, by a clock that may differ by another."""
    clock.now = 1000 * PERIOD
    state = MemoryState(lambda: 1000 * PERIOD)
    Endings(state, clock).note_active("opaque")
    clock.move(seconds)
    Endings(state, clock).note_ended("opaque")
    assert [entry.until for entry in state.revocations()] == [clock() + DENIED_FOR] * denied


def test_a_token_that_nobody_remembers_is_not_denied(clock: Clock) -> None:
    """Strangers make as many up as they like."""
    state = MemoryState(clock)
    Endings(state, clock).note_active("opaque")
    Endings(state, clock).note_ended("another")
    assert state.revocations() == []
