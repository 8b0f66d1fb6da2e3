"""A published set in the hands of one process, and what there is to say of it."""

from dataclasses import dataclass
from typing import Literal

from .discovery import Published
from .fetch import FetchError


@dataclass(frozen=True, slots=True)
class Held:
    """A set that serves for a while. Moments are those of a steady clock, in seconds."""

    published: Published
    #: Its fetch began.
    since: float
    #: It is to be renewed.
    renew_at: float
    #: It is fresh no longer.
    stale_at: float
    #: It must not serve any more.
    dead_at: float
    #: Seconds that the fetch took.
    took: float


@dataclass(frozen=True, slots=True)
class KeySetStatus:
    """What is known of an issuer's keys at one moment. Durations are in seconds."""

    #: The issuer's address, as the settings have it.
    issuer: str
    #: The set that serves; None without one.
    published: Published | None
    #: Since its fetch began; None without a set.
    age: float | None
    #: For so long it goes on to be fresh; 0 for a stale set, and for none.
    fresh_for: float
    #: For so long it may go on to serve, if no other can be had; 0 for none.
    serves_for: float
    #: What its fetch took; None without a set.
    fetch_seconds: float | None
    #: Why the latest fetch failed, for the log: it may hold addresses. Empty if it did not.
    error: str
    #: The same as a stable name (see `FetchError.code`); empty if it did not fail.
    error_code: str

    @classmethod
    def at(
        cls, now: float, issuer: str, held: Held | None, error: FetchError | None
    ) -> "KeySetStatus":
        """Describe a set.

        :param held: the set that serves, or None.
        :param error: why the latest fetch failed, or None.
        """
        return cls(
            issuer,
            held.published if held else None,
            age=now - held.since if held else None,
            fresh_for=max(0.0, held.stale_at - now) if held else 0.0,
            serves_for=held.dead_at - now if held else 0.0,
            fetch_seconds=held.took if held else None,
            error="" if error is None else str(error),
            error_code="" if error is None else error.code,
        )

    @property
    def state(self) -> Literal["fresh", "stale", "missing"]:
        """`stale`: the set serves, and a newer one should be there by now."""
        if self.published is None:
            return "missing"
        return "fresh" if self.fresh_for else "stale"

    @property
    def usable(self) -> int:
        """Number of keys that tokens are verified with."""
        return len(self.published.keys.keys) if self.published else 0
