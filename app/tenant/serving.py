"""Serving the tenant on loopback until somebody stops it."""

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from app.authz.addresses import is_loopback
from app.tenant.address import AddressError

_STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}

#: Seconds until the server notices that it shall stop.
_SHUTDOWN_POLL = 0.05


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 chooses a free one.

    :raises AddressError: the host is not loopback, or the port is taken or not allowed.
    """
    if not is_loopback(host):
        raise AddressError(
            f"The local tenant hands tokens to everybody who reaches it and does not listen on "
            f"{host}: use a loopback host, such as 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressError(
                f"Port {port} is taken by another program: stop it, or set TENANT_PORT={port + 1}"
                f" and AUTH0_ISSUER_URL=http://127.0.0.1:{port + 1}/ for the tenant and the API."
            ) from error
        raise AddressError(f"Cannot listen on {host}:{port} ({error.strerror}).") from error


@contextmanager
def serving(tenant: Flask, listener: socket.socket) -> Iterator[None]:
    """Answer requests while the block runs, each in a thread of its own; then close the socket."""
    host, port = listener.getsockname()[:2]
    with listener:
        server = make_server(host, port, tenant, threaded=True, fd=listener.fileno())
    thread = Thread(target=server.serve_forever, args=(_SHUTDOWN_POLL,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def hold_stop_signals() -> None:
    """Keep SIGINT and SIGTERM for `wait_for_stop`. To be called before any thread is made."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)


def wait_for_stop() -> None:
    """Wait for SIGINT or SIGTERM. Both may come: Ctrl-C reaches a make above this process too."""
    signal.sigwait(_STOP_SIGNALS)
