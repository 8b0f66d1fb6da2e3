"""Nonces that the server gives out for DPoP proofs (RFC 9449, sections 8 and 9), kept nowhere.

A nonce is the HMAC of a stretch of time, so every process that has the secret gives out and accepts
the same ones. A proof with one was made lately, whatever the client's clock says; that it was not
used before is the business of `dpop`.
"""

import hmac
from collections.abc import Callable

from ..settings import Settings
from .digests import same
from .parts import encode

#: Seconds for which a nonce is given out. It is accepted for as long again.
WINDOW = 120


class Nonces:
    """Gives out nonces and knows them again.

    :param secret: shared by all servers. Not empty.
    :param clock: seconds since the epoch.
    :raises TypeError: if the secret is empty.
    """

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        if not secret:
            raise TypeError("nonces of an empty secret could be made by anybody")
        self._secret = secret.encode()
        self._clock = clock

    @classmethod
    def configured(cls, settings: Settings, clock: Callable[[], float]) -> "Nonces | None":
        """Make them if the settings have a secret; else return None: proofs need none."""
        return cls(settings.dpop_nonce, clock) if settings.dpop_nonce else None

    def current(self) -> str:
        """Return the nonce to give out now."""
        return self._nonce(self._window())

    def accepts(self, nonce: str) -> bool:
        """Say whether a nonce is that of this window or of the one before."""
        window = self._window()
        return same(self._nonce(window), nonce) or same(self._nonce(window - 1), nonce)

    def _window(self) -> int:
        return int(self._clock() // WINDOW)

    def _nonce(self, window: int) -> str:
        # The label keeps what is signed here apart from other uses of the same secret.
        return encode(hmac.digest(self._secret, f"dpop-nonce {window}".encode(), "sha256"))
