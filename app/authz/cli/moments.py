"""Moments and durations, as a person reads them."""

from datetime import UTC, datetime

#: The last moment that can be written as a date. A token may name a later one.
LAST = 253_402_300_799.0

#: Length in seconds, and name, of the units in which a duration is written, the longest first.
_UNITS = ((86_400, "days"), (3600, "h"), (60, "min"))


def written(moment: float) -> str:
    """Return a moment in UTC.

    :param moment: seconds since the epoch, up to `LAST`.
    """
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def duration(seconds: float) -> str:
    """Return a duration in the longest unit of which it has two: "90 s", "3 min", "5 h"."""
    for length, name in _UNITS:
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {name}"
    return f"{seconds:.0f} s"


def distance(moment: float, now: float) -> str:
    """Return how far a moment lies from now: "3 min ago", "in 5 h"."""
    return f"in {duration(moment - now)}" if moment > now else f"{duration(now - moment)} ago"
