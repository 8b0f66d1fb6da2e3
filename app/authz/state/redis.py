"""The shared state in Redis or Valkey, for any number of machines.

The server must not evict keys on its own (`maxmemory-policy noeviction`, its default): a proof that
it has forgotten passes a second time.

A restart without persistence loses everything at once. That is noticed by a mark, which lies beside
the keys: a process that has seen it, and finds none or another one, leaves one that says since when
the server remembers. Until that is long enough no key is said to be new, and each process writes
the deny-list down again as it has read it last. Nobody notices if all processes begin anew with the
server; persistence (`appendonly yes`) is the cure for that.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from math import ceil, isfinite
from uuid import uuid4

from redis import BlockingConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.exceptions import RedisError
from redis.retry import Retry

from ..errors import StateUnavailable
from .protocol import REMEMBERED, SKEW, Revocation, digest

log = logging.getLogger(__name__)

#: Seconds for each wait: for a connection to be free, to be made, and for an answer.
TIMEOUT = 1.0
#: Connections of a process. A call takes one for less than a millisecond.
CONNECTIONS = 50

SEEN = "authz:seen:"
#: A sorted set: each entry as JSON, by the moment when it may be forgotten.
REVOCATIONS = "authz:revocations"
#: A name, and the moment since when everything is remembered that was to be.
MARK = "authz:mark"


class RedisState:
    """A `State` on a server. Connects when it is first used, in each process anew.

    :param url: as `redis://user:password@host:6379/0`, `rediss://` or `unix://`.
    :param clock: seconds since the epoch, for the deny-list. Keys go by the server's clock.
    :raises ValueError: if the address cannot be read.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._clients: dict[int, Redis] = {}
        #: The mark that was seen last, and the mark and the list that were read together.
        self._mark: bytes | None = None
        self._listed: tuple[bytes | None, Sequence[Revocation]] = (None, ())
        #: The server's address without user, password and options.
        self.name = _address(url)

    def add_if_absent(self, key: str, seconds: float, back: float = 0.0, /) -> bool:
        """See `State.add_if_absent`."""
        milliseconds = ceil((seconds + SKEW) * 1000)
        with self._answering(), self._client.pipeline() as pipeline:
            pipeline.set(SEEN + digest(key), 1, nx=True, px=milliseconds)
            pipeline.get(MARK)
            added, mark = pipeline.execute()
            missing = _since(self._checked(mark)) + back - self._clock()
        if added and missing > 0:
            raise StateUnavailable(
                f"{self.name} has lost what it knew: it cannot say yet whether a proof was used",
                retry_after=ceil(missing),
                cure="have the server keep its data through a restart: appendonly yes",
            )
        return added is not None

    def remembers(self, key: str, /) -> bool:
        """See `State.remembers`."""
        with self._answering():
            return bool(self._client.exists(SEEN + digest(key)))

    def revoke(self, revocation: Revocation) -> None:
        """See `State.revoke`."""
        self._write([revocation])

    def revocations(self) -> Sequence[Revocation]:
        """See `State.revocations`."""
        with self._answering(), self._client.pipeline() as pipeline:
            pipeline.zrangebyscore(REVOCATIONS, f"({self._clock()}", "+inf")
            pipeline.get(MARK)
            entries, mark = pipeline.execute()
            mark = self._checked(mark)
        found = self._read(entries)
        marked, last = self._listed
        if marked not in (None, mark):
            found = list({*found, *(each for each in last if each.until > self._clock())})
            self._write(found)
        self._listed = mark, found
        return found

    def ping(self) -> None:
        """See `State.ping`. The deny-list is read, so that this process has it after a loss though
        nothing else was asked; and if there was one, it is written down again."""
        self.revocations()

    def _write(self, entries: Sequence[Revocation]) -> None:
        """Add entries, and drop those that may be forgotten."""
        with self._answering(), self._client.pipeline() as pipeline:
            pipeline.zremrangebyscore(REVOCATIONS, "-inf", self._clock())
            if entries:
                pipeline.zadd(REVOCATIONS, {each.to_json(): each.until for each in entries})
            pipeline.execute()

    def _read(self, entries: Iterable[bytes]) -> list[Revocation]:
        try:
            return [_revocation(entry) for entry in entries]
        except ValueError as error:
            raise StateUnavailable(
                f"an entry of {REVOCATIONS} in {self.name} cannot be read: {error}",
                cure="look whether a newer version or another program wrote it",
            ) from error

    def _checked(self, mark: bytes | None) -> bytes:
        """Return the server's mark, after leaving one where there is none or one that knows nothing
        of a loss."""
        seen = self._mark
        lost = seen is not None and mark != seen
        if mark is None or (lost and not _since(mark)):
            new = f"{uuid4().hex} {self._clock() if lost else 0.0}"
            with self._client.pipeline() as pipeline:
                # Of several who have seen no mark yet, one is first.
                pipeline.set(MARK, new, nx=not lost)
                pipeline.get(MARK)
                mark = pipeline.execute()[1]
            if lost:
                log.error(
                    "%s has lost what it knew: proofs are refused for a while; revoke again what"
                    " was revoked just before",
                    self.name,
                )
        if mark is None:
            raise StateUnavailable(f"{self.name} keeps nothing", cure="has it memory left?")
        self._mark = mark
        return mark

    @property
    def _client(self) -> Redis:
        """The client of this process. Its pool holds locks and connections, which no child may
        have from its parent."""
        process = os.getpid()
        return self._clients.get(process) or self._clients.setdefault(
            process, Redis(connection_pool=connections(self._url, TIMEOUT))
        )

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn whatever fails on the way to the server into a refusal that may be tried again."""
        try:
            yield
        except RedisError as error:
            raise StateUnavailable(
                f"{self.name} does not answer: {type(error).__name__}",
                cure="is it up, can it be reached from here, and has it memory left?",
            ) from error


@lru_cache(maxsize=REMEMBERED)
def _revocation(entry: bytes) -> Revocation:
    return Revocation.from_json(entry)


def _since(mark: bytes) -> float:
    """Return since when a server with this mark remembers everything; 0: always has."""
    try:
        moment = float(mark.split()[1])
    except (IndexError, ValueError):
        return 0.0  # somebody else's
    return moment if isfinite(moment) else 0.0


def connections(url: str, timeout: float) -> BlockingConnectionPool:
    """Return the connections of a process to a server. They are made when they are first used.

    :param timeout: seconds for each wait: for a connection to be free, to be made, for an answer.
    """
    return BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=timeout,
        socket_connect_timeout=timeout,
        socket_timeout=timeout,
        # A command whose answer is lost may have been carried out: asked again, the server would
        # say that the key was there, and a good proof would be taken for a used one.
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


def _address(url: str) -> str:
    try:
        options = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        # Its text may be a part of the password.
        raise ValueError("use redis://HOST:6379/0, rediss:// or unix://") from None
    if "path" in options:
        return f"unix://{options['path']}"
    scheme = url.split(":", 1)[0]
    host, port = options.get("host", "localhost"), options.get("port", 6379)
    return f"{scheme}://{host}:{port}/{options.get('db', 0)}"
