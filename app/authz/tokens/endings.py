"""Opaque tokens that their issuer has ended before their time.

A worker that remembers such a token as active would go on with it for a minute, while another has
asked and refuses it. So whoever finds a token active leaves a mark in the shared state, and whoever
then finds it ended puts it on the deny-list, which all workers read. A token that somebody made up
was never active: it leaves nothing behind.
"""

from collections.abc import Callable

from ..state import Kind, Revocation, State
from .revocation import fingerprint

#: Seconds that one mark stands for. No token is remembered as active for longer.
PERIOD = 60.0
#: Periods in which a mark of another worker may lie, seen from now: what it remembers may be as old
#: as a period, and its clock may differ from ours by another.
PERIODS = (0, -1, -2, 1)
#: Seconds for which an ended token is denied: until nobody can remember it as active.
DENIED_FOR = 3 * PERIOD


class Endings:
    """Spreads the news that a token has ended.

    :param clock: seconds since the epoch.
    """

    def __init__(self, state: State, clock: Callable[[], float]) -> None:
        self._state = state
        self._clock = clock

    def note_active(self, token: str) -> None:
        """Note that a token will be remembered as active, for `PERIOD` at most.

        :raises StateUnavailable: if that cannot be noted.
        """
        self._state.add_if_absent(self._mark(fingerprint(token), 0), DENIED_FOR)

    def note_ended(self, token: str) -> None:
        """Deny a token to every worker that may remember it as active.

        :raises StateUnavailable: if that cannot be done.
        """
        name = fingerprint(token)
        if any(self._state.remembers(self._mark(name, period)) for period in PERIODS):
            until = self._clock() + DENIED_FOR
            self._state.revoke(Revocation("", Kind.TOKEN, name, None, until))

    def _mark(self, name: str, period: int) -> str:
        return f"active:{int(self._clock() // PERIOD) + period}:{name}"
