"""What the tenant remembers while it runs: bounded, for a time, lost at its end."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass
class Memory(Generic[V]):
    """Values by name, each for the same time. Any number of threads may use it at once.

    When it is full, the oldest is forgotten.
    """

    #: Returns the seconds since 1970.
    clock: Callable[[], float]
    #: Seconds that a value is kept.
    lifetime: float
    #: How many values are kept.
    most: int
    _entries: OrderedDict[str, tuple[float, V]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, name: str, value: V) -> bool:
        """Keep a value under a name. False, and nothing is changed, if the name has one."""
        with self._lock:
            now = self.clock()
            # All live equally long, so those that end first stand first.
            while self._entries and next(iter(self._entries.values()))[0] <= now:
                self._entries.popitem(last=False)
            if name in self._entries:
                return False
            self._entries[name] = (now + self.lifetime, value)
            if len(self._entries) > self.most:
                self._entries.popitem(last=False)
            return True

    def get(self, name: str) -> V | None:
        """Return the value of this name; None if there is none any more."""
        with self._lock:
            ends, value = self._entries.get(name, (0.0, None))
            return value if ends > self.clock() else None

    def take(self, name: str) -> V | None:
        """Return the value of this name and forget it. Of many who ask at once, one gets it."""
        with self._lock:
            ends, value = self._entries.pop(name, (0.0, None))
            return value if ends > self.clock() else None
