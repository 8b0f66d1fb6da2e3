"""How long a transaction waits for the database: a few seconds in all, whatever it waits for.

A connection to be free or made, a lock, an answer: each has its own limit, and so could take as
long as all of them together. A deadline is therefore set when a transaction asks for its
connection, and all that it waits for ends by then (see `postgresql`). It belongs to a thread, or
under gevent to a greenlet. A request may have several transactions, one after the other: what its
guard asks the shared state, and its own.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

#: Seconds to wait for a connection or a lock. Waiting longer would only queue more requests.
PATIENCE = 5

_deadline: ContextVar[float] = ContextVar("deadline", default=inf)
#: Whether the deadline is of more than one transaction.
_shared: ContextVar[bool] = ContextVar("shared", default=False)


def begin() -> None:
    """Give the transaction that begins its time, unless it is one of several that share theirs."""
    if not _shared.get():
        _deadline.set(time.monotonic() + PATIENCE)


def left() -> float:
    """Return the seconds that are left, 0 at least; infinite if nobody waits."""
    return max(0.0, _deadline.get() - time.monotonic())


@contextmanager
def shared(seconds: float | None = None) -> Iterator[None]:
    """Let the transactions of a block share one deadline.

    :param seconds: infinite, for what nobody waits for; None stands for `PATIENCE`.
    """
    deadline = _deadline.set(time.monotonic() + (PATIENCE if seconds is None else seconds))
    was_shared = _shared.set(True)
    try:
        yield
    finally:
        _shared.reset(was_shared)
        _deadline.reset(deadline)
