"""How gunicorn serves the API: `gunicorn wsgi:app` reads this file.

The command line and `GUNICORN_CMD_ARGS` go before it. The worker is gevent: clients that send
slowly hold a greenlet, not a worker, so they keep nobody else out (docs/decisions.md).
"""

import signal
from logging import getLevelName
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gunicorn.glogging import Logger

from config import environment, keep, load
from serving import bodies, logs, multiproc, reloading, replacing, starting
from serving.discretion import discreet

if TYPE_CHECKING:
    from flask import Flask
    from gunicorn.arbiter import Arbiter
    from gunicorn.config import Config
    from gunicorn.workers.base import Worker

_ENVIRON = environment()
_SETTINGS = load(_ENVIRON)[0]
_PORT = cast(int, _SETTINGS["PORT"])
_METRICS_PORT = cast(int | None, _SETTINGS["METRICS_PORT"])
_METRICS = [] if _METRICS_PORT is None else [f"127.0.0.1:{_METRICS_PORT}"]

bind = [f"127.0.0.1:{_PORT}"]
worker_class = "gevent"
workers = cast(int, _SETTINGS["WEB_CONCURRENCY"])

#: Seconds that a client may take to send the head of a request, and may idle between two.
keepalive = 5
#: Seconds that requests have to end in when a worker is replaced or stopped. Each wait of theirs,
#: for the database or the issuer's keys, ends after 5 seconds at most.
graceful_timeout = 10

limit_request_line = 4094
#: More than browsers and proxies send together; the hundred and first gets 431.
limit_request_fields = 100
#: Room for the longest token that is read (8,000 characters) and for one that is told to be too
#: long; a larger header gets 431.
limit_request_field_size = 16_384

# Nobody is believed to be a proxy, loopback peers and Unix sockets included: these headers would
# change the scheme and the path that a request is for. `PROXY_HOPS` is the setting for a proxy.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}

#: Two servers of one user would take the socket in the home folder from each other.
control_socket_disable = True

errorlog = "-"
loglevel = getLevelName(cast(int, _SETTINGS["LOG_LEVEL"])).lower()
#: The app has a line for each request, without its query and at a fraction of the cost.
accesslog = None

# Where files lie in memory, or None. What is made there only its user can open.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # nosec B108

if _MEMORY:
    # The heartbeat's file: on a busy disk, touching it can block a worker until it is killed.
    worker_tmp_dir = _MEMORY


class _Logger(Logger):  # type: ignore[misc]
    """gunicorn's own lines, in the format of the app's."""

    def setup(self, cfg: "Config") -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(cast(logs.Format, _SETTINGS["LOG_FORMAT"])))


logger_class = _Logger


def nworkers_changed(server: "Arbiter", _new: int, old: int | None) -> None:
    """Prepare what must be there before the app is loaded, in the master (preload) or a worker.

    Of gunicorn's hooks this is the only one between reading the command line and loading the app,
    at the start and at a reload.
    """
    # The command line may have named other addresses in place of `bind`.
    others = [address for address in server.cfg.bind if address not in _METRICS]
    server.cfg.set("bind", [*others, *_METRICS])
    multiproc.make(_MEMORY)
    if old is None:
        starting.patch_to_preload(server)


def on_starting(server: "Arbiter") -> None:
    """Stop the start at once if it cannot succeed."""
    starting.leave_no_pid_file(server)
    # A server that takes over from a running one (SIGUSR2) inherits its sockets.
    if server.cfg.bind == [*bind, *_METRICS] and not server.master_pid:
        starting.require_free({"PORT": _PORT, "METRICS_PORT": _METRICS_PORT})
    if not server.cfg.preload_app:
        starting.try_app(server)


def when_ready(server: "Arbiter") -> None:
    """Prepare for reloads, and have a server that takes over (SIGUSR2) say when it can."""
    reloading.with_care(server, _ports)
    if server.master_pid:
        reloading.wait_for_new_workers(server, "Ready to take over")


def _ports() -> tuple[object, object]:
    settings = load(environment())[0]
    return settings["PORT"], settings["METRICS_PORT"]


def pre_fork(server: "Arbiter", worker: "Worker") -> None:
    """Give a worker a place for its numbers, one that no other has."""
    replacing.go_on(server)
    worker.slot = multiproc.free_slot({each.slot for each in server.WORKERS.values()})


def post_fork(server: "Arbiter", worker: "Worker") -> None:
    """Leave behind what the master's process had and a worker's must not."""
    multiproc.take(worker.slot)
    # All workers go by what was tried, at the start or at a reload; `.env` may have changed since.
    keep(_ENVIRON)
    worker.handle_error = discreet(worker.handle_error)
    # The master's handlers only put a signal into its queue: a worker that is told to stop before
    # it has its own would go on until it is killed.
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    if server.app.callable is not None:
        _forget_connections(server.app.callable)


def post_worker_init(worker: "Worker") -> None:
    """Have the issuer's keys on their way before the first request comes."""
    from app.extensions import authz

    app = worker.wsgi
    if "authz" in getattr(app, "extensions", ()):
        authz.warm(app)


def pre_request(_worker: "Worker", request: Any) -> None:
    """Bound how long a client may send, and how much."""
    bodies.bound(request)


def _forget_connections(app: "Flask") -> None:
    """Leave alone what a preloaded app opened: two processes on one connection to the database
    would read each other's answers."""
    from app.extensions import db

    with app.app_context():
        db.dispose(close=False)


def worker_exit(server: "Arbiter", worker: "Worker") -> None:
    """Take time before the next one, where a worker could not start."""
    replacing.pause(server, worker)


def child_exit(_server: "Arbiter", worker: "Worker") -> None:
    """Forget what a worker that has ended said of its keys."""
    multiproc.forget(worker.slot)


def on_exit(_server: "Arbiter") -> None:
    """Remove the numbers of the server with it."""
    multiproc.remove()
