"""The deny-list: tokens that are refused before their time is over, cached or not.

Each process keeps the last list that it has read, and asks the shared state for a new one while
requests come. One request asks, in its own thread; meanwhile the others go on with the last list as
long as that may be. One instance belongs to one process: it makes a lock, so it is made after any
fork.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Any

from ..errors import StateUnavailable, TokenRevoked
from ..state import Kind, Revocation, State, digest
from . import parts

#: Seconds after which a list is read anew, whether the last reading succeeded or not.
RENEWED_AFTER = 0.5
#: Seconds within which a revocation holds everywhere: requests wait for a list that is older.
EFFECTIVE_WITHIN = 1.0
#: Seconds for which a list serves while no newer one can be had. Then nobody is let in.
USABLE_FOR = 5.0
#: Seconds for which a request waits while another one reads: with a list that is usable still, and
#: with none.
PATIENCE = (0.5, 3.0)

_Key = tuple[Kind, str, str]


class DenyList:
    """Says which tokens are revoked.

    :param timer: a steady clock, in seconds, for the age of the list.
    """

    def __init__(self, state: State, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._timer = timer
        self._lock = threading.Lock()
        self._denied = _Denied(())
        #: Moments on the timer: a reading that succeeded began; the last reading ended.
        self._read_at = -inf
        self._tried_at = -inf
        self._failure: StateUnavailable | None = None

    def check(self, issuer: str, claims: Mapping[str, Any], token: str) -> None:
        """Refuse a token that is revoked.

        :param issuer: who vouches for it; a slash at its end makes no difference.
        :param claims: what the issuer says, after the rules: texts are texts, times are numbers.
        :param token: its text.
        :raises TokenRevoked: if it is on the list.
        :raises StateUnavailable: if that cannot be known.
        """
        self._renew()
        self._denied.check(issuer.removesuffix("/"), claims, token)

    def _renew(self) -> None:
        """See to it that the list is young enough.

        :raises StateUnavailable: if it cannot be made so.
        """
        now = self._timer()
        due = now - self._tried_at >= RENEWED_AFTER
        # If the lock is not free in time, go on with the list that is there.
        if due and self._lock.acquire(timeout=_patience(now - self._read_at)):
            try:
                self._read()
            finally:
                self._lock.release()
        if self._timer() - self._read_at > USABLE_FOR:
            raise self._unavailable()

    def _read(self) -> None:
        """Read the list, unless another request has just done so."""
        began = self._timer()
        if began - self._tried_at < RENEWED_AFTER:
            return
        try:
            self._denied = _Denied(self._state.revocations())
            self._read_at = began
            self._failure = None
        except StateUnavailable as error:
            self._failure = error
        # Last: until then others wait for the outcome.
        self._tried_at = self._timer()

    def _unavailable(self) -> StateUnavailable:
        failure = self._failure
        why = failure.reason if failure else "it takes too long to read"
        cure = failure.cure if failure else f"look at {self._state.name}"
        return StateUnavailable(f"the deny-list cannot be known: {why}", cure=cure)


class _Denied:
    """One list, arranged so that a token is looked up and not compared with each entry."""

    def __init__(self, revocations: Iterable[Revocation]) -> None:
        self._before: dict[_Key, float] = {}
        for each in revocations:
            key = each.kind, each.issuer.removesuffix("/"), each.value
            before = inf if each.before is None else each.before
            self._before[key] = max(before, self._before.get(key, before))
        self._has_fingerprints = any(kind is Kind.TOKEN for kind, _, _ in self._before)

    def check(self, issuer: str, claims: Mapping[str, Any], token: str) -> None:
        """Refuse a token that an entry names and that was issued before the entry's moment.

        One that does not say when it was issued is taken to be older than any.
        """
        if not self._before:
            return
        issued = claims.get("iat", -inf)
        for key in self._keys(issuer, claims, token):
            before = self._before.get(key, -inf)
            if issued < before:
                raise TokenRevoked(
                    f"the deny-list names its {key[0].value}",
                    wanted=None if before == inf else f"iat from {before}",
                    found=claims.get("iat") if before < inf else key[2],
                )

    def _keys(self, issuer: str, claims: Mapping[str, Any], token: str) -> Iterator[_Key]:
        """Yield everything that an entry may know a token by."""
        yield Kind.SUBJECT, issuer, claims["sub"]
        for name, kind in (("jti", Kind.JTI), ("client_id", Kind.CLIENT), ("azp", Kind.CLIENT)):
            if name in claims:
                yield kind, issuer, claims[name]
        if self._has_fingerprints:
            yield Kind.TOKEN, "", fingerprint(token)


def fingerprint(token: str) -> str:
    """Return what the deny-list knows a token by: the SHA-256, in hex, of what cannot be rewritten.

    That is not the signature of a JWT: with ECDSA anybody can make a second one that verifies as
    well out of the first.
    """
    pieces = token.split(".")
    return digest(token.rpartition(".")[0] if len(pieces) == 3 and _is_jwt(pieces[0]) else token)


def _is_jwt(header: str) -> bool:
    try:
        parts.read_object(header)
    except parts.PartMalformed:
        return False
    return True


def _patience(age: float) -> float:
    """Return for how many seconds to wait for another request that reads a list of that age."""
    if age < EFFECTIVE_WITHIN:
        return 0
    return PATIENCE[0] if age <= USABLE_FOR else PATIENCE[1]
