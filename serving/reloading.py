"""A reload (SIGHUP) that keeps nobody waiting.

gunicorn tells the old workers to stop as soon as the new ones exist. Those still import the app,
and for seconds nobody answers.
"""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

#: Seconds that new workers have to begin to serve in, before the old ones are stopped anyway.
READY_SECONDS = 20


def wait_for_new_workers(server: "Arbiter") -> None:
    """Let the old workers serve until the new ones do. To be called before those are made.

    Of a reload gunicorn has a hook before the new workers are made and none behind it; what follows
    is a call of `manage_workers`, which stops the old ones.
    """
    newest_old = server.worker_age
    manage = server.manage_workers

    def manage_when_ready() -> None:
        del server.manage_workers  # from now on it is the class's again
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not _serve(server, newest_old):
            server.reap_workers()
            time.sleep(0.1)
        manage()

    server.manage_workers = manage_when_ready


def _serve(server: "Arbiter", newest_old: int) -> bool:
    """Tell whether all workers that are newer have begun to serve.

    The file of a heartbeat has the time of its making, until the first beat writes a steady clock's
    into it, which is far behind.
    """
    new = (worker for worker in server.WORKERS.values() if worker.age > newest_old)
    return all(worker.tmp.last_update() <= time.monotonic() for worker in new)
