"""A reload (SIGHUP) that cannot end the server and keeps nobody waiting.

gunicorn itself ends if the new workers cannot start, or if an address has changed that the old ones
still hold, and replaces workers that can use their database with those that cannot. It also tells
the old ones to stop as soon as the new ones exist: those still import the app, and for seconds
nobody answers.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from serving import multiproc

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

#: Seconds that new workers have to begin to serve in, before the old ones are stopped anyway.
READY_SECONDS = 20
#: Seconds that loading the app may take.
LOADING_SECONDS = 60


def with_care(server: "Arbiter", ports: Callable[[], object]) -> None:
    """Have a server reload with care from now on.

    :param ports: returns the ports that the settings name, as they are at the moment.
    """
    reload, in_force = server.reload, ports()

    def reload_with_care() -> None:
        if not _would_serve(server):
            server.log.error("Not reloaded: the new workers could not serve (see above).")
        elif ports() != in_force:
            server.log.error("Not reloaded: another PORT or METRICS_PORT takes a new start.")
        else:
            if not server.cfg.preload_app:
                _forget_own_modules()
            wait_for_new_workers(server, "Reloaded")
            reload()

    server.reload = reload_with_care


def _would_serve(server: "Arbiter") -> bool:
    """Try the settings, the app and its database in a process of its own, which says what is wrong.

    It also refuses where the database is lost to the workers that serve now: they go on, and are
    there when it is back. gunicorn reaps children between two signals only, so none is taken from
    us here.
    """
    start = server.START_CTX
    command = [sys.executable, "-m", "serving.trial", *start["args"][2:], "--check-config"]
    environ = {name: value for name, value in os.environ.items() if name != multiproc.VARIABLE}
    try:
        trial = subprocess.run(  # noqa: S603 - as this server was started
            command, cwd=start["cwd"], env=environ, timeout=LOADING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        server.log.error("The app was not loaded in %d seconds.", LOADING_SECONDS)
        return False
    return trial.returncode == 0


def _forget_own_modules() -> None:
    """Have the settings' reader and this package imported anew. The workers would otherwise inherit
    them from the master, beside an app of another version."""
    for name in list(sys.modules):
        if name == "config" or name.partition(".")[0] == __package__:
            del sys.modules[name]


def wait_for_new_workers(server: "Arbiter", outcome: str) -> None:
    """Have a server go on only when its new workers serve, and say so. To be called before they are
    made.

    What follows is a call of `manage_workers`: at the start of a server it makes the workers, and
    in a reload, where they are made, it stops the old ones, which serve until then.

    :param outcome: what has come about then, for the log.
    """
    newest_old = server.worker_age
    manage = server.manage_workers

    def manage_when_ready() -> None:
        del server.manage_workers  # from now on it is the class's again
        server.spawn_workers()  # as many as are missing: in a reload none
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not all(map(_serves, _newer(server, newest_old))):
            server.reap_workers()
            time.sleep(0.1)
        _tell(server, newest_old, outcome)
        manage()

    server.manage_workers = manage_when_ready


def _serves(worker: "Worker") -> bool:
    """Tell whether a worker has begun to serve.

    The file of a heartbeat has the time of its making, until the first beat writes a steady clock's
    into it, which is far behind.
    """
    served: bool = worker.tmp.last_update() <= time.monotonic()
    return served


def _newer(server: "Arbiter", newest_old: int) -> list["Worker"]:
    return [worker for worker in server.WORKERS.values() if worker.age > newest_old]


def _tell(server: "Arbiter", newest_old: int, outcome: str) -> None:
    """Say how many of the new workers serve."""
    new = _newer(server, newest_old)
    serving = sum(map(_serves, new))
    if serving == server.cfg.workers:
        server.log.info("%s: %d new workers serve.", outcome, serving)
    else:
        server.log.error(
            "%s, but of %d new workers %d serve after %d seconds.",
            outcome,
            server.cfg.workers,
            serving,
            READY_SECONDS,
        )
