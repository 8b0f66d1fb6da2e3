"""A clock that moves when it is told to."""

import time


class Clock:
    """Stands still at the moment it was made; call it for the seconds since the epoch."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
