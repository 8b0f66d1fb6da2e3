"""A shared state that also tells what it was asked for."""

from collections.abc import Callable

from app.authz.testing import MemoryState


class Memory(MemoryState):
    """A state, and every key that it was asked to remember, with the seconds ahead and back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.asked: dict[str, tuple[float, float]] = {}

    def add_if_absent(self, key: str, seconds: float, back: float = 0.0, /) -> bool:
        self.asked[key] = seconds, back
        return super().add_if_absent(key, seconds, back)
