"""The start of a server: what cannot succeed is refused at once, with the cure, and only once."""

import atexit
import errno
import os
import socket
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

from serving import multiproc
from serving.trial import require_usable

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

#: Ports to name in place of those that are taken.
OTHERS = {"PORT": 7070, "METRICS_PORT": 9101}


def require_free(ports: Mapping[str, int | None]) -> None:
    """Refuse a taken port; gunicorn itself tries it for five seconds, and names no cure.

    :param ports: by the names of their settings; None for one that is not set.
    :raises RuntimeError: gunicorn prints the text and exits with status 1.
    """
    for name, port in ports.items():
        try:
            if port is not None:
                socket.create_server(("127.0.0.1", port)).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise RuntimeError(
                    f"Port {port} is taken by another program (macOS keeps 7000 for itself): stop"
                    f" it, or choose another port: {name}={OTHERS[name]} gunicorn wsgi:app"
                ) from error


def leave_no_pid_file(server: "Arbiter") -> None:
    """Have the pid file removed at the end of the master, however it comes about.

    gunicorn does so for a server that has served. The file of a start that has failed would pass
    for a running server, and whoever trusts it stops the old one.
    """

    def remove() -> None:
        # The children inherit this; and a reload has another file in the place of the first.
        if os.getpid() == server.pid and server.pidfile is not None:
            server.pidfile.unlink()

    atexit.register(remove)


def try_app(server: "Arbiter") -> None:
    """Load the app in a process of its own before any worker does: what is wrong with the settings
    is said once, not by every worker, and the port is not opened for nothing.

    A server that is to take over from another one (SIGUSR2) is held to what a reload is.

    :raises SystemExit: if the app cannot be loaded, or could not take over.
    """
    trial = os.fork()
    if trial == 0:
        # It counts nothing.
        os.environ.pop(multiproc.VARIABLE, None)
        app = server.app.wsgi()
        if server.master_pid:
            require_usable(app)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(trial, 0)[1])
    if status != 0:
        sys.exit(status)


def patch_to_preload(server: "Arbiter") -> None:
    """Patch the master if it is about to preload the app for gevent workers.

    Unpatched, the app imports urllib3 with an `ssl` that the workers patch afterwards, and every
    `https` request of theirs recurses without end.
    """
    from gevent import monkey
    from gunicorn.workers.ggevent import GeventWorker

    if server.cfg.preload_app and issubclass(server.worker_class, GeventWorker):
        # The master waits for signals without gevent's loop: patched, it would not hear that a
        # worker has died, nor after the first process that gevent starts for it (a reload's trial).
        # The workers patch the rest.
        monkey.patch_all(os=False, signal=False, subprocess=False)
        warnings.filterwarnings("ignore", "Patching more than once", monkey.MonkeyPatchWarning)
