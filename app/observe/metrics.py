"""What is counted, for Prometheus.

No label has a text that a caller made: routes are rules, methods and codes are ours, and issuers
are those of the settings. With several processes each keeps its numbers in files of the folder that
`PROMETHEUS_MULTIPROC_DIR` names (gunicorn.conf.py makes it), and whoever is asked adds them up.
"""

import os
import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from app.authz import Identity
from app.authz.observer import Observer
from app.observe.requests import Outcome
from serving import multiproc

if multiproc.VARIABLE in os.environ:
    # Instead of files for each process that ever was.
    values.ValueClass = values.MultiProcessValue(multiproc.identifier)  # type: ignore[no-untyped-call]

#: Upper bounds of durations in seconds: a read takes a millisecond or two, and what waits for the
#: database or an issuer is given up after 5 s and 3 s.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#: Of verifying a token: a tenth of a millisecond, or a fetch.
VERIFYING_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.5, 1, 3)

#: Stands for issuers that are not in the settings.
OTHER = "other"


class Metrics(Observer):
    """The numbers of one app, in this process."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._issuers: frozenset[str] = frozenset()
        #: Its `_count` is the number of requests.
        self._requests = Histogram(
            "http_request_duration_seconds",
            "Requests: seconds until the answer was made.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )
        self._verdicts = Counter(
            "authz_verdicts",
            "Decisions of the guard: callers whose credentials let them in, rejected, denied.",
            ("outcome", "code"),
            registry=registry,
        )
        self._tokens = Counter(
            "authz_token_cache",
            "Tokens that were remembered (hit), and not (miss).",
            ("result",),
            registry=registry,
        )
        self._verified = Histogram(
            "authz_token_verification_seconds",
            "Tokens not remembered: seconds to take one through the rules; code: which it broke.",
            ("code",),
            buckets=VERIFYING_BUCKETS,
            registry=registry,
        )
        self._fetches = Counter(
            "authz_key_fetches",
            "Fetches of an issuer's keys; code: why one failed, empty if it did not.",
            ("issuer", "code"),
            registry=registry,
        )
        self._fetched_at = Gauge(
            "authz_keys_fetched_timestamp_seconds",
            "When the keys were last fetched, by the process whose keys are the oldest.",
            ("issuer",),
            registry=registry,
            multiprocess_mode="livemin",
        )
        self._stale = Counter(
            "authz_stale_keys_used",
            "Tokens held against keys that should have been renewed by then.",
            ("issuer",),
            registry=registry,
        )
        self._unknown = Counter(
            "authz_unknown_keys",
            "Tokens that name a key that the issuer did not publish.",
            ("issuer",),
            registry=registry,
        )
        self._observe: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self._decide: dict[tuple[str, str], Callable[[], None]] = {}
        self._hit = self._tokens.labels("hit").inc
        self._miss = self._tokens.labels("miss").inc

    def name_issuers(self, issuers: frozenset[str]) -> None:
        """Set which issuers are told apart."""
        self._issuers = issuers

    def count(self, outcome: Outcome) -> None:
        """Count a request, and what the guard has said if it had anything to look at."""
        # To look labels up costs as much as to count.
        key = outcome.method, outcome.route, outcome.status
        observe = self._observe.get(key)
        if observe is None:
            observe = self._observe[key] = self._requests.labels(*key).observe
        observe(outcome.duration)
        verdict = outcome.verdict
        if verdict is None or not (verdict.code or isinstance(verdict.caller, Identity)):
            return  # nobody was looked at
        decision = verdict.outcome, verdict.code
        count = self._decide.get(decision)
        if count is None:
            count = self._decide[decision] = self._verdicts.labels(*decision).inc
        count()

    def token_remembered(self) -> None:
        """See `Observer`."""
        self._hit()

    def token_verified(self, seconds: float, code: str) -> None:
        """See `Observer`."""
        self._miss()
        self._verified.labels(code).observe(seconds)

    def keys_fetched(self, issuer: str, code: str) -> None:
        """See `Observer`."""
        name = self._named(issuer)
        self._fetches.labels(name, code).inc()
        if not code:
            self._fetched_at.labels(name).set(time.time())

    def stale_keys_used(self, issuer: str) -> None:
        """See `Observer`."""
        self._stale.labels(self._named(issuer)).inc()

    def unknown_key(self, issuer: str) -> None:
        """See `Observer`."""
        self._unknown.labels(self._named(issuer)).inc()

    def exposed(self) -> bytes:
        """Return the numbers of all processes in Prometheus' text format."""
        if multiproc.VARIABLE not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _named(self, issuer: str) -> str:
        return issuer if issuer in self._issuers else OTHER
