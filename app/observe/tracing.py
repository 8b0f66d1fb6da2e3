"""A span for each request, sent to an OpenTelemetry collector.

Written by hand: the instrumentation of Flask records addresses with their query, and costs
several times as much. Other settings are OpenTelemetry's own, read from the environment:
`OTEL_SERVICE_NAME`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_TRACES_SAMPLER`, and the like.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.observe.requests import METHODS, OTHER, REQUEST_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What the service is called where `OTEL_SERVICE_NAME` says nothing.
NAME = "menu-api"


class Traced:
    """A WSGI application whose requests are spans. A caller's trace (`traceparent`) goes on.

    :param endpoint: the collector's address, without the path of spans.
    """

    def __init__(self, app: "WSGIApplication", endpoint: str) -> None:
        self._app = app
        name = os.environ.get("OTEL_SERVICE_NAME", NAME)
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
        self._provider.add_span_processor(_PerProcess(f"{endpoint}/v1/traces"))
        self._tracer = self._provider.get_tracer("menu")
        self._propagator = TraceContextTextMapPropagator()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        method = method if method in METHODS else OTHER
        with self._tracer.start_as_current_span(
            method, context=self._context(environ), kind=SpanKind.SERVER
        ) as span:
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.request.id", environ[REQUEST_ID])

            def start(line: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
                _describe(span, method, int(line[:3]), environ.get("werkzeug.request"))
                return start_response(line, headers, error)

            return self._app(environ, start)

    def _context(self, environ: "WSGIEnvironment") -> Context:
        names = ("traceparent", "tracestate")
        sent = {name: environ.get(f"HTTP_{name.upper()}", "") for name in names}
        return self._propagator.extract({k: v for k, v in sent.items() if v}, context=Context())


def _describe(span: trace.Span, method: str, status: int, request: Any) -> None:
    rule = getattr(request, "url_rule", None)
    if rule is not None:
        span.update_name(f"{method} {rule.rule}")
        span.set_attribute("http.route", rule.rule)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


class _PerProcess(SpanProcessor):
    """Sends spans in the background. The thread for it is made at a process's first span: one that
    was made before a fork would not run after it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._senders: dict[int, BatchSpanProcessor] = {}

    def on_end(self, span: ReadableSpan) -> None:
        """Hand a span on."""
        process = os.getpid()
        sender = self._senders.get(process) or self._senders.setdefault(
            process, BatchSpanProcessor(OTLPSpanExporter(endpoint=self._url))
        )
        sender.on_end(span)

    def shutdown(self) -> None:
        """Send what is left."""
        if (sender := self._senders.get(os.getpid())) is not None:
            sender.shutdown()  # type: ignore[no-untyped-call]
