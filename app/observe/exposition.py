"""`/metrics`: on the main port for callers with `read:metrics`, or on a port of its own.

The port of its own is another address that gunicorn listens at, on loopback (gunicorn.conf.py), so
it is there under each worker, survives whatever they do, and needs no process that could die alone.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from app.authz import requires_permission
from app.observe.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/metrics"


def init_app(app: Flask, metrics: Metrics) -> None:
    """Serve the numbers where the settings say."""
    if app.config["METRICS_PORT"] is not None:
        alone = OwnPort(app.wsgi_app, metrics, app.config["METRICS_PORT"])
        app.wsgi_app = alone  # type: ignore[method-assign]
        return

    @app.get(PATH)
    @requires_permission("read:metrics")
    def metrics_of_all() -> Response:
        return Response(metrics.exposed(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class OwnPort:
    """A WSGI application that shows the numbers to whoever comes in by one port, and nothing else
    there. Requests by other ports go on to the application inside."""

    def __init__(self, app: "WSGIApplication", metrics: Metrics, port: int) -> None:
        self._app = app
        self._metrics = metrics
        self._port = port
        self._text = str(port)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ.get("SERVER_PORT") != self._text or not self._came_in(environ):
            return self._app(environ, start_response)
        if environ.get("PATH_INFO") == PATH:
            status, body, kind = "200 OK", self._metrics.exposed(), CONTENT_TYPE_PLAIN_0_0_4
        else:
            status, body, kind = "404 Not Found", b"see /metrics\n", "text/plain"
        length = str(len(body))
        start_response(status, [("Content-Type", kind), ("Content-Length", length)])
        return [body]

    def _came_in(self, environ: "WSGIEnvironment") -> bool:
        """Tell whether a request came in by the port. `SERVER_PORT` does not say: behind a Unix
        socket, and under other servers, it is what the caller has written into `Host`."""
        connection = environ.get("gunicorn.socket")
        address = connection.getsockname() if connection else ""
        return isinstance(address, tuple) and address[1] == self._port
