"""A worker in the place of one that has died, and what happens if it cannot start.

gunicorn ends the whole server then, though the other workers serve. It happens where the app's
folder has changed since the last reload, or the machine has run out of something.
"""

import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

#: Seconds until it is tried again.
PAUSE = 3

#: A status that no process ends with.
_NONE = -1


def go_on(server: "Arbiter") -> None:
    """Have a server outlive workers that cannot start, from its first replacement on. To be called
    in the master before each worker is made."""
    if _is_replacement(server, server.worker_age):
        server.WORKER_BOOT_ERROR = server.APP_LOAD_ERROR = _NONE


def pause(server: "Arbiter", worker: "Worker") -> None:
    """Hold a worker that could not start: when it ends, the next one is made at once. To be called
    in the worker as it ends."""
    if not worker.booted and _is_replacement(server, worker.age):
        server.log.error("A worker could not start (see above). Again in %d seconds.", PAUSE)
        # gunicorn's handler would only note that the server stops.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        time.sleep(PAUSE)


def _is_replacement(server: "Arbiter", age: int) -> bool:
    """Tell whether a worker is none of those that the server began with. They count from 1."""
    replaces: bool = age > server.num_workers
    return replaces
