"""The tokens that are refused although they are signed and have not expired."""

import threading
from collections.abc import Callable


class Revocations:
    """Ids of revoked tokens, each kept for as long as its token would be good.

    They live in memory: a process that starts anew, or another one beside it, does not know them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._expiries: dict[str, float] = {}
        self._lock = threading.Lock()

    def __contains__(self, token_id: str) -> bool:
        return token_id in self._expiries

    def __len__(self) -> int:
        return len(self._expiries)

    def add(self, token_id: str, expires_at: float) -> None:
        """Remember a token, and forget those that have expired by now."""
        # A token is good up to and including its last second, which the signer counts in whole.
        now = int(self._clock())
        with self._lock:
            kept = {key: expiry for key, expiry in self._expiries.items() if expiry >= now}
            self._expiries = kept | {token_id: expires_at}
