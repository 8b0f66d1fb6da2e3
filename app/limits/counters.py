"""Where requests are counted: on the server that all processes share, or in this process.

A `Storage` of the limits package, on which Flask-Limiter stands. Its own one for memory starts a
thread when it is made, looks through all keys again and again, and has no bound; its fallback ends
in a 500 where a count is taken after the answer.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from limits.storage import RedisStorage, Storage

log = logging.getLogger(__name__)

#: Address under which Flask-Limiter finds `Counters`.
URI = "counters://"

#: Seconds for which a server that did not answer is not asked again, but for one request then.
PAUSE = 5.0
#: Seconds for each wait for the server: being counted is worth no more.
TIMEOUT = 0.5
#: Keys that a process remembers, about 200 bytes each.
KEYS = 100_000


class Memory:
    """Counts of one process, each in a window of its own. The oldest windows give way to new ones
    when there are too many.

    Nothing in it waits, so greenlets cannot come between. Threads can: then a request in a thousand
    may be missed.

    :param clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time, size: int = KEYS) -> None:
        self._clock = clock
        self._size = size
        #: Counts, and the moments when their windows end, in the order of the windows' beginnings.
        #: A plain dict would pass over all that it has forgotten to find the oldest.
        self._counts = OrderedDict[str, tuple[int, float]]()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count, and return it."""
        count, ends = self._current(key)
        if not count:
            self._counts.pop(key, None)
            if len(self._counts) >= self._size:
                self._counts.popitem(last=False)
            ends = self._clock() + expiry
        self._counts[key] = count + amount, ends
        return count + amount

    def get(self, key: str) -> int:
        """Return a count."""
        return self._current(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when a window ends, in seconds since the epoch."""
        return self._current(key)[1]

    def clear(self, key: str) -> None:
        """Forget a count."""
        self._counts.pop(key, None)

    def reset(self) -> int:
        """Forget all counts, and return how many there were."""
        number = len(self._counts)
        self._counts.clear()
        return number

    def _current(self, key: str) -> tuple[int, float]:
        now = self._clock()
        count, ends = self._counts.get(key, (0, now))
        return (count, ends) if ends > now else (0, now)


class Counters(Storage):
    """Counts on a server, or in memory without one and for as long as it does not answer. A server
    that is down neither opens the API nor closes it.

    Connects when it is first used, in each process anew.

    :param url: as `redis://user:password@host:6379/0`, `rediss://` or `unix://`; empty for memory.
    """

    STORAGE_SCHEME: ClassVar[list[str] | None] = ["counters"]  # type: ignore[misc]

    def __init__(self, _uri: str = URI, *, url: str = "") -> None:
        super().__init__()
        self._url = url
        self._memory = Memory()
        self._servers: dict[int, RedisStorage] = {}
        #: When the server may be asked again, by a steady clock; None while it answers.
        self._down_until: float | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a server that does not answer raises."""
        from redis.exceptions import RedisError

        return RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count, and return it."""
        return int(
            self._ask(
                lambda server: server.incr(key, expiry, amount),
                lambda: self._memory.incr(key, expiry, amount),
            )
        )

    def get(self, key: str) -> int:
        """Return a count."""
        return int(self._ask(lambda server: server.get(key), lambda: self._memory.get(key)))

    def get_expiry(self, key: str) -> float:
        """Return when a window ends, in seconds since the epoch."""
        return self._ask(
            lambda server: server.get_expiry(key), lambda: self._memory.get_expiry(key)
        )

    def clear(self, key: str) -> None:
        """Forget a count of this process."""
        self._memory.clear(key)

    def reset(self) -> int | None:
        """Forget all counts of this process."""
        return self._memory.reset()

    def check(self) -> bool:
        """Say that counting works: it always does, somewhere."""
        return True

    def _ask(self, shared: Callable[[RedisStorage], float], own: Callable[[], float]) -> float:
        if not self._url:
            return own()
        if self._down_until is not None:
            if monotonic() < self._down_until:
                return own()
            self._down_until = monotonic() + PAUSE  # the others do not wait beside this one
        try:
            found = shared(self._server)
        except self.base_exceptions as error:
            if self._down_until is None:
                log.warning(
                    "limits: the server of STATE_URL does not answer (%s): each process counts for"
                    " itself meanwhile",
                    type(error).__name__,
                )
            self._down_until = monotonic() + PAUSE
            return own()
        if self._down_until is not None:
            log.warning("limits: the server of STATE_URL answers again")
            self._down_until = None
        return found

    @property
    def _server(self) -> RedisStorage:
        """The server, as this process knows it. Its pool holds locks and connections, which no
        child may have from its parent."""
        process = os.getpid()
        return self._servers.get(process) or self._servers.setdefault(process, self._connected())

    def _connected(self) -> RedisStorage:
        # Only where one is named: redis-py takes long to import.
        from app.authz.state.redis import connections

        pool = connections(self._url, TIMEOUT)
        return RedisStorage(self._url, connection_pool=pool, key_prefix="limits")
