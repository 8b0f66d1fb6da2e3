"""What an operator sees of a real server: its log, and its numbers over several workers."""

import gzip
import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.conftest import Bearer

from .conftest import ServerMaker
from .running import PATIENCE, Program, Server, free_port, is_running, until

pytestmark = pytest.mark.slow


COUNT = re.compile(r"^http_request_duration_seconds_count\{(.*?)\} (\S+)$", re.MULTILINE)


def records(server: Server) -> list[dict[str, Any]]:
    """Return the log, all of whose lines are JSON."""
    return [json.loads(line) for line in server.log.splitlines()]


def counted(text: str, route: str) -> int:
    """Return how many requests to a route were counted."""
    return sum(int(float(n)) for labels, n in COUNT.findall(text) if f'route="{route}"' in labels)


def scrape(port: int) -> str:
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE)
    assert answer.status_code == 200
    return answer.text


def send(server: Server, raw: bytes) -> bytes:
    """Send what no client library would, and return the answer."""
    port = int(server.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(raw)
        with client.makefile("rb") as answer:
            return answer.read()


@pytest.mark.parametrize("arguments", [[], ["--preload", "-k", "gthread"]])
def test_every_line_is_json_and_none_holds_a_token(
    arguments: list[str], gunicorn: ServerMaker, bearer: Bearer
) -> None:
    """gunicorn itself repeats what it cannot read, in its log and in its answer."""
    server = gunicorn(*arguments)
    requests.get(f"{server.url}/items?access_token=needle", timeout=PATIENCE)
    requests.delete(f"{server.url}/items/1", headers=bearer(), timeout=PATIENCE)
    for head, status in (
        (b"GET /items HTTP/1.1\r\nHost: x\r\nAuthorization Bearer needle", b"400"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer needle", b"400"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nA: b\r\n Bearer needle", b"400"),
        (b"GET /items?needle HTTP/9.9\r\nHost: x", b"400"),
        (b"GET /items?needle needle HTTP/1.1\r\nHost: x", b"400"),
        (b"needle /items HTTP/1.1\r\nHost: x", b"400"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: needle", b"501"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nContent-Length: needle", b"400"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nExpect: needle", b"417"),
        (b"GET /items HTTP/1.1\r\nHost: x\r\nneedle: " + b"needle" * 4000, b"431"),
    ):
        answer = send(server, head + b"\r\nConnection: close\r\n\r\n")
        assert answer.split()[1] == status, (head, answer)
        assert b"needle" not in answer.lower()
    assert "needle" not in server.log.lower()
    events = [record["event"] for record in records(server)]
    assert events.count("request") >= 3
    assert any(event.startswith("refused DELETE /items/<item_id:item_id>") for event in events)
    assert any("InvalidHeader" in event for event in events)


def test_the_numbers_of_four_workers_are_exact(gunicorn: ServerMaker) -> None:
    """Also those of workers that have ended, gently or not."""
    port = free_port()
    server = gunicorn(WEB_CONCURRENCY="4", METRICS_PORT=str(port))

    def read(number: int) -> int:
        # A connection each, so that all workers have a part.
        return requests.get(f"{server.url}/items/{number}", timeout=PATIENCE).status_code

    total = 0

    def read_until(all_have_a_part: Callable[[], bool]) -> None:
        def read_and_look() -> bool:
            nonlocal total
            with ThreadPoolExecutor(8) as callers:
                assert set(callers.map(read, range(1, 101))) == {404}
            total += 100
            return all_have_a_part()

        until(read_and_look)
        assert counted(scrape(port), "/items/<item_id:item_id>") == total

    def heard() -> set[object]:
        return {line["process"] for line in records(server) if line["event"] == "request"}

    read_until(lambda: len(heard()) == 4)
    os.kill(server.workers[0], signal.SIGKILL)
    until(lambda: len(server.workers) == 5)
    old = server.workers
    os.kill(server.gunicorn, signal.SIGHUP)
    until(lambda: not any(is_running(worker) for worker in old))
    # Old and new workers were there at once; each left its place to another.
    (folder,) = folders(server.gunicorn)
    read_until(lambda: len(list(folder.glob("histogram_*.db"))) == 8)


def test_two_servers_of_one_checkout_count_for_themselves(
    gunicorn: ServerMaker, bearer: Bearer
) -> None:
    """Each has a folder that goes with it; one that was killed leaves it to the next server."""
    first, second = gunicorn(), gunicorn()
    headers = bearer("read:metrics")
    for _ in range(5):
        requests.get(f"{first.url}/items/1", timeout=PATIENCE)
    for server, expected in ((first, 5), (second, 0)):
        text = requests.get(f"{server.url}/metrics", headers=headers, timeout=PATIENCE).text
        assert counted(text, "/items/<item_id:item_id>") == expected
    masters = [first.gunicorn, second.gunicorn]
    assert all(map(folders, masters))
    os.kill(masters[0], signal.SIGKILL)
    until(lambda: not any(is_running(worker) for worker in first.workers))
    third = gunicorn()
    assert not folders(masters[0])
    assert folders(masters[1])
    third.process.send_signal(signal.SIGTERM)
    third.wait()
    assert not folders(third.gunicorn)


def folders(master: int) -> list[Path]:
    return list(Path("/dev/shm").glob(f"menu-metrics-{master}-*"))


def test_the_port_of_its_own_shows_nothing_else(gunicorn: ServerMaker) -> None:
    """And the main port does not show it, whatever `Host` says, behind a Unix socket either."""
    port = free_port()
    server = gunicorn(METRICS_PORT=str(port))
    assert counted(scrape(port), "/items") == 1
    for path in ("/items", "/", "/health/live"):
        own = f"http://127.0.0.1:{port}{path}"
        assert requests.get(own, timeout=PATIENCE).status_code == 404
    host = {"Host": f"127.0.0.1:{port}"}
    answer = requests.get(f"{server.url}/metrics", headers=host, timeout=PATIENCE)
    assert answer.status_code == 404


def test_a_unix_socket_is_not_the_port_of_its_own(gunicorn: ServerMaker, tmp_path: Path) -> None:
    port, address = free_port(), tmp_path / "socket"
    gunicorn("--bind", f"unix:{address}", METRICS_PORT=str(port))
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(str(address))
        client.sendall(
            f"GET /metrics HTTP/1.1\r\nHost: x:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        with client.makefile("rb") as answer:
            assert answer.readline().split()[1] == b"404"


def test_a_taken_metrics_port_names_the_cure(
    checkout: Path, shell: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"METRICS_PORT": port, "PORT": str(free_port())}
        command = ["gunicorn", "wsgi:app"]
        with Program(checkout, shell | environ | settings, tmp_path / "log", *command) as server:
            assert server.wait() == 1
    assert f"Port {port} is taken" in server.log
    assert "METRICS_PORT=9101 gunicorn wsgi:app" in server.log


class Collector(BaseHTTPRequestHandler):
    """Takes spans as an OpenTelemetry collector does."""

    taken: list[Any]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.taken.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[HTTPServer]:
    """A collector on loopback; what it took is in `Collector.taken`."""
    Collector.taken = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_spans_reach_a_collector(
    arguments: list[str], gunicorn: ServerMaker, collector: HTTPServer
) -> None:
    """With the rule, the id and the caller's trace, and nothing of the query."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    server = gunicorn(
        *arguments,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}",
        OTEL_BSP_SCHEDULE_DELAY="100",
    )
    trace = uuid4().hex
    requests.get(
        f"{server.url}/items/7?access_token=needle",
        headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "X-Request-ID": "mine"},
        timeout=PATIENCE,
    )
    until(lambda: any(bytes.fromhex(trace) in body for _, body in Collector.taken))
    assert {path for path, _ in Collector.taken} == {"/v1/traces"}
    spans = [
        span
        for _, body in Collector.taken
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    (span,) = [span for span in spans if span.trace_id.hex() == trace]
    assert span.name == "GET /items/<item_id:item_id>"
    attributes = {each.key: each.value for each in span.attributes}
    assert attributes["http.response.status_code"].int_value == 404
    assert attributes["http.request.id"].string_value == "mine"
    assert "needle" not in str(spans)


def test_a_lost_collector_holds_nobody(gunicorn: ServerMaker) -> None:
    server = gunicorn(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY="50"
    )
    began = time.monotonic()
    for _ in range(50):
        assert requests.get(f"{server.url}/items", timeout=PATIENCE).ok
    assert time.monotonic() - began < 5
