"""Workers that are replaced, recycled, stopped and killed while requests come in."""

import os
import signal
import time
from pathlib import Path

import pytest
import requests

from .conftest import ServerMaker
from .running import PATIENCE, Load, is_running, until
from .traffic import Bearer, Traffic, kept

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_a_reload_fails_no_request(
    arguments: list[str], gunicorn: ServerMaker, bearer: Bearer
) -> None:
    """`SIGHUP`: new workers with new settings, while the old ones end what they have begun."""
    server = gunicorn(*arguments, WEB_CONCURRENCY="2")
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        old = server.workers
        os.kill(server.gunicorn, signal.SIGHUP)
        until(lambda: not any(is_running(worker) for worker in old))
    assert traffic.failures == [], server.log
    assert kept(server.url) == set(traffic.acknowledged)


def test_a_reload_keeps_nobody_waiting(gunicorn: ServerMaker, checkout: Path) -> None:
    """The old workers go when the new ones serve, however long the app takes to import."""
    slow = "import time; time.sleep(3); from wsgi import app"
    (checkout / "slow_wsgi.py").write_text(slow)
    server = gunicorn(app="slow_wsgi:app", WEB_CONCURRENCY="2")
    slowest = 0.0

    def read() -> int:
        nonlocal slowest
        began = time.monotonic()
        status = requests.get(f"{server.url}/items", timeout=PATIENCE).status_code
        slowest = max(slowest, time.monotonic() - began)
        return status

    old = server.workers
    with Load(read) as load:
        load.wait_for_more()
        os.kill(server.gunicorn, signal.SIGHUP)
        until(lambda: not any(is_running(worker) for worker in old))
        load.wait_for_more()
    assert set(load.results) == {200}
    assert slowest < 2.5, server.log


def test_recycling_workers_fails_no_request(gunicorn: ServerMaker, bearer: Bearer) -> None:
    """`max_requests`: each worker ends after so many requests, and another takes its place."""
    limits = "--max-requests 60 --max-requests-jitter 30"
    server = gunicorn(WEB_CONCURRENCY="2", GUNICORN_CMD_ARGS=limits)
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        until(lambda: len(server.workers) >= 6)
    assert traffic.failures == [], server.log
    assert kept(server.url) == set(traffic.acknowledged)


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_a_killed_worker_takes_only_its_own_requests_along(
    arguments: list[str], gunicorn: ServerMaker, bearer: Bearer
) -> None:
    """A master that gevent has patched in full does not hear of its workers' deaths."""
    server = gunicorn(*arguments, WEB_CONCURRENCY="2")
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        os.kill(server.workers[0], signal.SIGKILL)
        until(lambda: len(server.workers) == 3)
    # Each of the five callers had one request under way.
    assert len(traffic.failures) <= 5, server.log
    assert all("Connection" in str(failure) for failure in traffic.failures)
    assert kept(server.url) >= set(traffic.acknowledged)


def test_a_stop_ends_what_was_begun(gunicorn: ServerMaker, bearer: Bearer) -> None:
    """`SIGTERM`: who comes later is turned away, and nobody gets half an answer or an error."""
    server = gunicorn(WEB_CONCURRENCY="2")
    traffic = Traffic(server.url, bearer("create:items"))
    with traffic.flowing():
        os.kill(server.gunicorn, signal.SIGTERM)
        assert server.wait() == 0
    assert all("Connection" in str(failure) for failure in traffic.failures), traffic.failures
    assert "Traceback" not in server.log
    assert kept(gunicorn().url) >= set(traffic.acknowledged)
