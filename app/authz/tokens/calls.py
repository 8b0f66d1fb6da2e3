"""Calls over the network that requests wait for: shared, bounded, and given up in time.

Each runs on a thread of its own, since even a look-up of a name can hang, and no time-out of a
socket covers that: a request that has waited long enough goes, and the thread ends when it can.

One instance belongs to one process. It makes locks and threads, so it is made after any fork.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from .fetch import FetchError

Key = TypeVar("Key")
Result = TypeVar("Result")

#: Seconds that a request waits for another call to end, where no more may begin.
PATIENCE = 1.0


class _Call(Generic[Result]):
    """A call that is under way. Those who need its outcome wait for it together."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.outcome: Result | FetchError = FetchError(
            "the call ended unexpectedly", code="unexpected"
        )


class Calls(Generic[Key, Result]):
    """Makes calls, of which only so many are under way at once.

    :param most: how many. A call counts until its thread ends, however long ago it was given up.
    :param name: of the threads.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._free = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._under_way: dict[Key, _Call[Result]] = {}

    def outcome(self, key: Key, make: Callable[[], Result], deadline: float) -> Result:
        """Return what a call brings: the one under way for the same key, or else one made now.

        :param make: makes the call; it should keep to the deadline as well.
        :param deadline: the end of all waiting, on the clock of `time.monotonic`, in seconds.
        :raises FetchError: if it fails, if it comes too late, or if too many are under way.
        """
        call = _Call[Result]()
        with self._lock:
            shared = self._under_way.setdefault(key, call)
        if shared is call:
            self._start(key, call, make)
        if not shared.done.wait(max(0.0, deadline - time.monotonic())):
            # The next request starts a call of its own.
            self._forget(key, shared)
            raise FetchError("no answer in time", code="timeout")
        if isinstance(shared.outcome, FetchError):
            # One error each: several requests may be waiting, and an error notes who raised it.
            error = shared.outcome
            raise FetchError(str(error), code=error.code, status=error.status) from error
        return shared.outcome

    def _start(self, key: Key, call: _Call[Result], make: Callable[[], Result]) -> None:
        if not self._free.acquire(timeout=PATIENCE):
            call.outcome = FetchError(f"{self._most} calls are under way already", code="busy")
            self._finish(key, call)
            return
        thread = threading.Thread(
            target=self._run, args=(key, call, make), name=self._name, daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has none left
            call.outcome = FetchError(str(error), code="unexpected")
            self._free.release()
            self._finish(key, call)

    def _run(self, key: Key, call: _Call[Result], make: Callable[[], Result]) -> None:
        """Carry a call out, on a thread of its own."""
        try:
            call.outcome = make()
        except FetchError as failure:
            call.outcome = failure
        finally:
            self._free.release()
            self._finish(key, call)

    def _finish(self, key: Key, call: _Call[Result]) -> None:
        self._forget(key, call)
        call.done.set()

    def _forget(self, key: Key, call: _Call[Result]) -> None:
        """Share a call with nobody any more."""
        with self._lock:
            if self._under_way.get(key) is call:
                del self._under_way[key]
