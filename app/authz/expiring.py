"""A bounded map whose entries expire, safe to share between threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class ExpiringMap(Generic[Key, Value]):
    """Keeps at most `size` entries, the newest, each until its own time is over. With a size of 0
    it keeps nothing."""

    def __init__(self, size: int, timer: Callable[[], float]) -> None:
        self._size = size
        self._timer = timer
        # A plain dict passes over all that it has forgotten to find its oldest entry.
        self._entries = OrderedDict[Key, tuple[Value, float]]()
        self._lock = threading.Lock()

    def put(self, key: Key, value: Value, seconds: float) -> None:
        """Keep a value for some seconds. A full map forgets its oldest entry."""
        if not self._size:
            return
        with self._lock:
            self._entries.pop(key, None)
            if len(self._entries) >= self._size:
                self._entries.popitem(last=False)
            self._entries[key] = (value, self._timer() + seconds)

    def get(self, key: Key) -> Value | None:
        """Return a value whose time is not over, or None."""
        entry = self._entries.get(key)
        if entry is None or entry[1] <= self._timer():
            return None
        return entry[0]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
