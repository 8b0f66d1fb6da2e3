"""The keys of one issuer over time: the state machine between requests and the issuer's address.

A request that names a known key never waits. A set grows stale and is refreshed in the background,
on the schedule's own budget. An unknown name may start a refresh, on a budget that strangers cannot
exceed, and every request that needs one shares it. Through an outage the last good set serves.

One instance belongs to one process. It makes locks and threads, so it is made after any fork.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from ..errors import KeysUnavailable, TokenKeyUnknown
from ..expiring import ExpiringMap
from ..observer import Observer
from ..settings import Issuer
from .bucket import Bucket
from .discovery import Published
from .fetch import FetchError
from .held import Held, KeySetStatus
from .jose import VerificationKey

log = logging.getLogger(__name__)

#: Fetches that unknown names may cause at once, and seconds until each further one: never more than
#: five in a minute.
UNKNOWN_BURST = 3
UNKNOWN_INTERVAL = 30.0
#: Seconds for which a name is remembered as unknown, and how many names are.
UNKNOWN_MEMORY = 60.0
UNKNOWN_NAMES = 256
#: Seconds after a failed scheduled refresh until the next one.
RETRY_INTERVAL = 15.0
#: Bounds, in seconds, within which the issuer's `Cache-Control` is followed.
MAX_AGE_BOUNDS = (300, 3600)
#: Part of its fresh time after which a set is renewed, so that the new one is there in time.
RENEW_AFTER = 0.8


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things may take and last, in seconds."""

    #: A set is fresh for so long, where the issuer says nothing.
    fresh: float = 600.0
    #: A set serves for so long while no newer one can be had.
    stale: float = 86_400.0
    #: Discovery and keys together take so long at most, and so long does a request wait.
    fetch: float = 3.0


class _Fetch:
    """A fetch that is under way. Those who need its outcome wait for it together."""

    def __init__(self, number: int, began: float) -> None:
        self.number = number
        self.began = began
        self.done = threading.Event()
        self.failed = False


class IssuerKeys:
    """Finds keys of one issuer.

    :param discover: fetches what the issuer publishes; given a deadline on `time.monotonic`.
    :param timer: a steady clock, in seconds.
    :param observer: is told of fetches, and of keys that are old or unknown.
    """

    def __init__(
        self,
        issuer: Issuer,
        discover: Callable[[float], Published],
        *,
        timer: Callable[[], float] = time.monotonic,
        observer: Observer | None = None,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        #: Whose keys these are.
        self.issuer = issuer
        self._discover = discover
        self._timer = timer
        self._observer = observer or Observer()
        self._lifetimes = lifetimes or Lifetimes()
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._fetch: _Fetch | None = None
        self._fetches = 0
        self._last_error: FetchError | None = None
        self._bucket = Bucket(UNKNOWN_BURST, UNKNOWN_INTERVAL, timer())
        self._scheduled_at = 0.0
        self._unknown = ExpiringMap[tuple[str | None, str], bool](UNKNOWN_NAMES, timer)

    def find(self, kid: str | None, algorithm: str) -> tuple[VerificationKey, str]:
        """Return the named key, and the issuer's own name.

        Waits for the network only where the key is not known.

        :param kid: the name; None stands for the only key there is.
        :raises TokenKeyUnknown: if the issuer does not publish it, as far as may be asked now.
        :raises KeysUnavailable: if that cannot be known.
        """
        now = self._timer()
        held = self._living(now)
        key = held and held.published.keys.find(kid, algorithm)
        if not held or not key:
            if held:
                self._observer.unknown_key(self.issuer.url)
            return self._find_by_asking(kid, algorithm, now)
        if now >= held.renew_at:
            if now >= held.stale_at:
                self._observer.stale_keys_used(self.issuer.url)
            with self._lock:
                self._start_scheduled(now)
        return key, held.published.issuer

    def published(self, patience: float | None = None) -> Published:
        """Return what the issuer publishes, whatever keys are in it.

        Waits for the network only where nothing is held.

        :param patience: seconds to wait at most; None: as long as a fetch may take.
        :raises KeysUnavailable: if that cannot be known.
        """
        with self._lock:
            now = self._timer()
            held = self._living(now)
            fetch = self._start_scheduled(now) if held else self._any_fetch(now)
        patience = self._lifetimes.fetch if patience is None else patience
        if held is None and fetch and fetch.done.wait(patience):
            held = self._living(now)
        if held is None:
            raise self._unavailable()
        return held.published

    def warm(self) -> None:
        """Start fetching what the issuer publishes, if nothing is held. Waits for nothing.

        A failure is told by the log, and by requests that need a key.
        """
        with self._lock:
            now = self._timer()
            if self._living(now) is None:
                self._any_fetch(now)

    def status(self) -> KeySetStatus:
        """Return what is known now. Asks nobody."""
        with self._lock:
            now = self._timer()
            self._under_way(now)  # a fetch that is over its time has failed, heard of or not
            held = self._living(now)
            return KeySetStatus.at(now, self.issuer.url, held, self._last_error)

    def _find_by_asking(
        self, kid: str | None, algorithm: str, arrived: float
    ) -> tuple[VerificationKey, str]:
        """Find a key with the help of fetches: one under way, and one that begins after it."""
        fetches_on_arrival = self._fetches
        give_up = arrived + self._lifetimes.fetch
        asked = False
        while True:
            with self._lock:
                now = self._timer()
                held = self._living(now)
                if held and (key := held.published.keys.find(kid, algorithm)):
                    return key, held.published.issuer
                # A set without any usable key is a mishap of the issuer's, soon mended.
                if asked and held and held.published.keys.keys:
                    self._unknown.put((kid, algorithm), True, UNKNOWN_MEMORY)
                fetch = None if asked else self._fetch_for(kid, algorithm, now)
                if fetch is None:
                    raise self._refusal(kid, held)
            if not fetch.done.wait(max(0.0, give_up - now)) or fetch.failed:
                raise self._unavailable()
            # What an older fetch brought may have been written before the key was published.
            asked = fetch.number > fetches_on_arrival

    def _fetch_for(self, kid: str | None, algorithm: str, now: float) -> _Fetch | None:
        """Return a fetch that an unknown name may wait for, or None if it may not have one."""
        if not self._under_way(now) and self._unknown.get((kid, algorithm)):
            return None
        return self._any_fetch(now)

    def _any_fetch(self, now: float) -> _Fetch | None:
        """Return a fetch that a request may wait for, begun now if need be and if it may."""
        return (
            self._under_way(now)
            or self._start_scheduled(now)
            or (self._start(now) if self._bucket.take(now) else None)
        )

    def _start_scheduled(self, now: float) -> _Fetch | None:
        """Start the renewal of the set in hand if it is due. What strangers spend is not asked."""
        if self._held is None or now < max(self._held.renew_at, self._scheduled_at):
            return None
        if self._under_way(now):
            return None
        self._scheduled_at = now + RETRY_INTERVAL
        return self._start(now)

    def _start(self, now: float) -> _Fetch:
        self._fetches += 1
        fetch = self._fetch = _Fetch(self._fetches, now)
        thread = threading.Thread(
            target=self._run, args=(fetch,), name=f"keys of {self.issuer.url}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has none left
            self._finish(fetch, None, FetchError(str(error), code="unexpected"))
        return fetch

    def _run(self, fetch: _Fetch) -> None:
        """Carry a fetch out, on a thread of its own."""
        published, error = None, FetchError("the fetch ended unexpectedly", code="unexpected")
        try:
            published = self._discover(time.monotonic() + self._lifetimes.fetch)
        except FetchError as failure:
            # A copy: what was raised holds on to every frame that it has passed.
            error = FetchError(str(failure), code=failure.code)
        finally:
            with self._lock:
                self._finish(fetch, published, error)

    def _finish(self, fetch: _Fetch, published: Published | None, error: FetchError) -> None:
        if self._fetch is not fetch:
            return  # given up in the meantime: what it says is old
        self._fetch = None
        if published is None:
            self._fail(fetch, error)
        else:
            self._hold(published, fetch.began)
        fetch.done.set()

    def _hold(self, published: Published, since: float) -> None:
        """Put a new set in place of the last one."""
        fresh = self._lifetimes.fresh
        if published.max_age is not None:
            fresh = min(max(published.max_age, MAX_AGE_BOUNDS[0]), MAX_AGE_BOUNDS[1])
        last = self._held
        self._held = Held(
            published,
            since=since,
            renew_at=since + RENEW_AFTER * fresh,
            stale_at=since + fresh,
            dead_at=since + self._lifetimes.stale,
            took=self._timer() - since,
        )
        self._last_error = None
        self._observer.keys_fetched(self.issuer.url, "")
        self._unknown.clear()
        if last is None or not published.keys.same_keys(last.published.keys):
            log.info(
                "keys of %s: %d usable, %d refused%s",
                self.issuer.url,
                len(published.keys.keys),
                len(published.keys.refused),
                "".join(f"; {line}" for line in published.keys.refused[:5]),
            )

    def _fail(self, fetch: _Fetch, error: FetchError) -> None:
        fetch.failed = True
        self._last_error = error
        self._observer.keys_fetched(self.issuer.url, error.code)
        log.warning("keys of %s could not be fetched: %s", self.issuer.url, error)

    def _under_way(self, now: float) -> _Fetch | None:
        """Return the fetch under way, unless it is over its time: that one is given up."""
        fetch = self._fetch
        if fetch and now > fetch.began + self._lifetimes.fetch:
            self._fetch = None
            self._fail(fetch, FetchError("no answer in time", code="timeout"))
            fetch.done.set()
        return self._fetch

    def _living(self, now: float) -> Held | None:
        held = self._held
        return held if held and now < held.dead_at else None

    def _refusal(self, kid: str | None, held: Held | None) -> TokenKeyUnknown | KeysUnavailable:
        """Say why a key was not found where nothing more may be asked."""
        if held is None or self._last_error:
            return self._unavailable()
        return TokenKeyUnknown(
            "the issuer publishes no usable key of this name",
            wanted=[key.kid for key in held.published.keys.keys],
            found=kid,
            cure="another tenant's token, a key withdrawn, or one published moments ago",
        )

    def _unavailable(self) -> KeysUnavailable:
        return KeysUnavailable(
            f"the keys of {self.issuer.url} cannot be known: {self._last_error or 'no answer yet'}",
            retry_after=max(1, ceil(self._bucket.wait(self._timer()))),
            cure="look whether the issuer is up and can be reached from here",
        )
