"""A token bucket: how often something may happen that strangers can set off."""


class Bucket:
    """Holds `capacity` permits at first and gains one every `interval` seconds.

    Times are in seconds on any steady clock. Not thread-safe: who calls `take` holds a lock.
    """

    def __init__(self, capacity: int, interval: float, now: float) -> None:
        self._capacity = capacity
        self._interval = interval
        self._permits = capacity
        #: When the gain in progress began.
        self._since = now

    def take(self, now: float) -> bool:
        """Use a permit up. Return False if there is none."""
        self._gain(now)
        if not self._permits:
            return False
        if self._permits == self._capacity:
            self._since = now
        self._permits -= 1
        return True

    def wait(self, now: float) -> float:
        """Return the seconds until there is a permit. Changes nothing, so it needs no lock."""
        return 0.0 if self._permits else max(0.0, self._since + self._interval - now)

    def _gain(self, now: float) -> None:
        gained = int((now - self._since) // self._interval)
        if gained > 0:
            self._permits = min(self._capacity, self._permits + gained)
            self._since += gained * self._interval
