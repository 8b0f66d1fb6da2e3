"""What an operator sees of the API: a line, a metric and, if wanted, a span for each request."""

from flask import Flask

from app.authz.enforcement import enforcement_of
from app.observe.lines import Lines
from app.observe.metrics import Metrics
from app.observe.requests import Observed


def init_app(app: Flask, metrics: Metrics) -> None:
    """Observe every request, whatever becomes of it. Call it last: nothing lies around it."""
    inner = app.wsgi_app
    if app.config["OTEL_EXPORTER_OTLP_ENDPOINT"]:
        # The packages are optional: see requirements-otel.txt.
        from app.observe.tracing import Traced

        inner = Traced(inner, app.config["OTEL_EXPORTER_OTLP_ENDPOINT"])
    app.extensions["metrics"] = metrics
    metrics.name_issuers(frozenset(each.url for each in enforcement_of(app).settings.issuers))
    lines = Lines(app.config["LOG_FORMAT"], app.config["LOG_LEVEL"])
    observed = Observed(inner, [metrics.count, lines.write])
    app.wsgi_app = observed  # type: ignore[method-assign]
