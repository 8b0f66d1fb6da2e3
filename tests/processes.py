"""Processes that do the same at the same time."""

from collections.abc import Callable
from multiprocessing import get_context, set_forkserver_preload
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

T = TypeVar("T")

#: Seconds for all of them to be there.
PATIENCE = 60

# What takes seconds to import is imported once for all of them.
set_forkserver_preload(["pytest", "app", "app.tenant.keys"])


def at_once(count: int, work: Callable[..., T], *given: object) -> list[T]:
    """Have several processes call a function together, and return what it returned in each.

    They have nothing of this process: no connection, no engine, no lock. Function, arguments and
    results are pickled.
    """
    context = get_context("forkserver")
    start, results = context.Barrier(count), context.SimpleQueue()
    processes = [
        context.Process(target=_run, args=(start, results, work, given)) for _ in range(count)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count
    return [results.get() for _ in processes]


def _run(
    start: Barrier, results: "SimpleQueue[Any]", work: Callable[..., Any], given: tuple[object, ...]
) -> None:
    start.wait(PATIENCE)
    results.put(work(*given))
