"""Workers that are replaced, recycled, stopped and killed while requests come in."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
import requests

from .conftest import ServerMaker
from .running import PATIENCE, Load, free_port, is_running, until
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
    assert "Reloaded: 2 new workers serve." in server.log


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_after_a_reload_a_killed_worker_is_replaced_at_once(
    arguments: list[str], gunicorn: ServerMaker
) -> None:
    """The master still hears of it, and need not wait for a heartbeat."""
    server = gunicorn(*arguments, WEB_CONCURRENCY="2")
    os.kill(server.gunicorn, signal.SIGHUP)
    server.wait_for("Reloaded: 2 new workers serve.")
    os.kill(server.workers[-1], signal.SIGKILL)
    until(lambda: len(server.workers) == 5)
    assert "was sent SIGKILL" in server.log
    assert "WORKER TIMEOUT" not in server.log


def test_a_reload_keeps_nobody_waiting(gunicorn: ServerMaker, checkout: Path) -> None:
    """The old workers go when the new ones serve, however long the app takes to import."""
    slow = "import time; time.sleep(6); from wsgi import app"
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
    assert slowest < 5, server.log


@pytest.mark.parametrize("line", ["AUTHZ_DPOPP=required", "METRICS_PORT={port}"])
def test_a_reload_that_cannot_succeed_is_not_made(
    line: str, gunicorn: ServerMaker, settings: Path
) -> None:
    """The log says why, and the server goes on with what it has."""
    server = gunicorn()
    settings.write_text(line.format(port=free_port()))
    old = server.workers
    os.kill(server.gunicorn, signal.SIGHUP)
    until(lambda: "Not reloaded" in server.log)
    assert line.partition("=")[0] in server.log
    assert requests.get(f"{server.url}/items", timeout=PATIENCE).status_code == 200
    assert all(map(is_running, old))


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("DATABASE_URL=postgresql+psycopg://menu@127.0.0.1:1/menu", "is DATABASE_URL right"),
        ("DATABASE_URL=sqlite:///{tmp_path}/empty.db", "run `flask db upgrade`"),
        ("STATE_URL=redis://127.0.0.1:1", "is STATE_URL right"),
        ("AUTH0_ISSUER_URL=http://127.0.0.1:1", "is AUTH0_ISSUER_URL right"),
    ],
)
def test_a_reload_onto_what_cannot_be_used_is_not_made(
    line: str,
    cure: str,
    gunicorn: ServerMaker,
    bearer: Bearer,
    environ: dict[str, str],
    settings: Path,
    tmp_path: Path,
) -> None:
    """The old workers can use theirs, and go on with it; the log has the cure."""
    good = [f"{name}={environ.pop(name)}" for name in ("DATABASE_URL", "AUTH0_ISSUER_URL")]
    settings.write_text("\n".join(good))
    server = gunicorn()
    settings.write_text(f"{settings.read_text()}\n{line.format(tmp_path=tmp_path)}")
    old = server.workers
    os.kill(server.gunicorn, signal.SIGHUP)
    until(lambda: "Not reloaded" in server.log)
    assert cure in server.log
    assert "Reloaded" not in server.log
    answer = requests.delete(
        f"{server.url}/items/1", headers=bearer("delete:items"), timeout=PATIENCE
    )
    assert answer.status_code == 404, server.log
    assert server.workers == old
    assert all(map(is_running, old))


def test_a_reload_that_was_refused_is_made_once_its_database_is_there(
    gunicorn: ServerMaker, environ: dict[str, str], settings: Path, migrated: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "menu.db"
    settings.write_text(f"DATABASE_URL={environ.pop('DATABASE_URL')}")
    server = gunicorn()
    settings.write_text(f"DATABASE_URL=sqlite:///{other}")
    os.kill(server.gunicorn, signal.SIGHUP)
    until(lambda: "Not reloaded" in server.log)
    other.parent.mkdir()
    shutil.copyfile(migrated, other)
    os.kill(server.gunicorn, signal.SIGHUP)
    until(lambda: "Reloaded: 1 new workers serve." in server.log)


@pytest.mark.parametrize("line", ["AUTHZ_DPOPP=required", "RATELIMIT_PER_ADDRESS=1/hour"])
def test_a_worker_that_is_replaced_goes_by_the_settings_that_were_tried(
    line: str, gunicorn: ServerMaker, settings: Path
) -> None:
    """Two workers never go by two deny-lists, and a mistake in `.env` waits for its reload."""
    server = gunicorn(WEB_CONCURRENCY="2")
    settings.write_text(line)
    old = server.workers
    for worker in old:
        os.kill(worker, signal.SIGKILL)
    until(lambda: not any(map(is_running, old)))
    statuses = {requests.get(f"{server.url}/items", timeout=PATIENCE).status_code for _ in range(9)}
    assert statuses == {200}, server.log


def test_a_worker_that_cannot_start_ends_no_server(gunicorn: ServerMaker, checkout: Path) -> None:
    """As with half of a new version in the folder. It is tried until it can."""
    entry = checkout / "broken_wsgi.py"
    entry.write_text("from wsgi import app")
    server = gunicorn(app="broken_wsgi:app", WEB_CONCURRENCY="2")
    entry.write_text("raise ImportError('half of it')")
    os.kill(server.workers[0], signal.SIGKILL)
    server.wait_for("A worker could not start (see above). Again in")
    assert requests.get(f"{server.url}/items", timeout=PATIENCE).status_code == 200
    entry.write_text("from wsgi import app")
    tried = len(server.workers)
    until(lambda: len(server.workers) > tried)
    assert requests.get(f"{server.url}/items", timeout=PATIENCE).status_code == 200
    os.kill(server.gunicorn, signal.SIGTERM)
    assert server.wait() == 0


def test_the_next_versions_migrations_keep_no_server_from_serving(
    gunicorn: ServerMaker, checkout: Path
) -> None:
    """They lie in the folder before they are made, and the servers are replaced after that."""
    server = gunicorn()
    (migration,) = (checkout / "migrations").glob("*_create_menu.py")
    text = migration.read_text().replace('revision = "1795342219"', 'revision = "9999999999"')
    text = text.replace('down_revision = "1795340410"', 'down_revision = "1795342219"')
    new = checkout / "migrations" / "9999999999_next.py"
    new.write_text(text)
    try:
        assert requests.get(f"{server.url}/health/ready", timeout=PATIENCE).status_code == 200
        os.kill(server.gunicorn, signal.SIGHUP)
        until(lambda: "Not reloaded" in server.log)
    finally:
        new.unlink()


def test_a_reload_takes_settings_and_code_that_are_new(
    gunicorn: ServerMaker, checkout: Path, settings: Path
) -> None:
    """Of the modules that the master has imported, too."""
    config, entry = checkout / "config.py", checkout / "new_wsgi.py"
    before = config.read_text()
    entry.write_text("from wsgi import app")
    server = gunicorn(app="new_wsgi:app")
    settings.write_text("RATELIMIT_PER_ADDRESS=1/hour")
    try:
        config.write_text(f"{before}\nNEW = True\n")
        entry.write_text("import config; assert config.NEW\nfrom wsgi import app")
        old = server.workers
        os.kill(server.gunicorn, signal.SIGHUP)
        until(lambda: not any(is_running(worker) for worker in old))
        statuses = [
            requests.get(f"{server.url}/items", timeout=PATIENCE).status_code for _ in range(9)
        ]
    finally:
        config.write_text(before)
    assert statuses[-1] == 429, server.log


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
