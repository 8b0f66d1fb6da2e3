"""What a server uses: all its processes together, as `/proc` counts it."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Usage:
    """CPU time in seconds, of the user and the system; memory in bytes."""

    cpu: float
    memory: int


def usage(pid: int) -> Usage:
    """Return what a process and all below it have used so far.

    Children that have ended count as far as their parent has waited for them. Memory is what is
    theirs alone and their part of what they share (PSS), or RSS where that cannot be read.
    """
    processes = family(pid)
    return Usage(sum(map(_cpu, processes)), sum(map(_memory, processes)))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time alone: to add up shared memory takes many milliseconds."""
    return sum(map(_cpu, family(pid)))


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all below it."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _memory(process: psutil.Process) -> int:
    try:
        found = process.memory_full_info()
        return int(getattr(found, "pss", 0) or found.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
