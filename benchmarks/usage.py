"""What a server uses: all its processes together, as `/proc` counts it."""

import psutil


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and all below it have used so far, in seconds.

    Children that have ended count as far as their parent has waited for them.
    """
    return sum(map(_cpu, family(pid)))


def memory_bytes(pid: int) -> int:
    """Return the memory of a process and all below it, as if no other server ran.

    What they share with each other counts once: pages of their own by their part in each process
    (PSS), and each file that they map by where most of it is in use. The plain PSS would halve the
    program of a peer as soon as a second one runs on it.
    """
    own, files = 0, dict[str, int]()
    for process in family(pid):
        for mapped in process.memory_maps(grouped=True):
            if mapped.path.startswith("/"):
                files[mapped.path] = max(files.get(mapped.path, 0), mapped.rss)
            else:
                own += mapped.pss
    return own + sum(files.values())


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all below it."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
