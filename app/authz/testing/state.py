"""A shared state that only one process shares, with a switch to break it."""

import threading
import time
from collections.abc import Callable, Sequence

from ..errors import StateUnavailable
from ..state import Revocation


class MemoryState:
    """A `State` for tests. It is no state for production: other processes do not see it.

    :param clock: seconds since the epoch.
    """

    name = "memory"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: The keys that were added, with the moment until which each is remembered.
        self.keys: dict[str, float] = {}
        self._revocations: set[Revocation] = set()
        #: Set it, and nothing can be asked any more.
        self.down = False
        #: How often the deny-list was read.
        self.reads = 0

    def add_if_absent(self, key: str, seconds: float, _back: float = 0.0, /) -> bool:
        """See `State.add_if_absent`."""
        self._answer()
        with self._lock:
            now = self._clock()
            if self.keys.get(key, now) > now:
                return False
            self.keys[key] = now + seconds
            return True

    def remembers(self, key: str, /) -> bool:
        """See `State.remembers`."""
        self._answer()
        now = self._clock()
        return self.keys.get(key, now) > now

    def revoke(self, revocation: Revocation) -> None:
        """See `State.revoke`."""
        self._answer()
        self._revocations.add(revocation)

    def revocations(self) -> Sequence[Revocation]:
        """See `State.revocations`."""
        self.reads += 1
        self._answer()
        return [each for each in self._revocations if each.until > self._clock()]

    def ping(self) -> None:
        """See `State.ping`."""
        self._answer()

    def _answer(self) -> None:
        if self.down:
            raise StateUnavailable("the state is down", cure="turn it on again")
