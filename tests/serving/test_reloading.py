"""Workers that are replaced while requests come in."""

import os
import signal
from collections.abc import Callable

import pytest
import requests

from .conftest import ServerMaker
from .running import PATIENCE, Load, is_running, until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_a_reload_loses_no_request(
    arguments: list[str], gunicorn: ServerMaker, bearer: Callable[..., dict[str, str]]
) -> None:
    server = gunicorn(*arguments, WEB_CONCURRENCY="2")
    headers = bearer("delete:items")

    def send() -> int:
        address = f"{server.url}/items/1"
        return requests.delete(address, headers=headers, timeout=PATIENCE).status_code

    with Load(send) as load:
        load.wait_for_more()
        old = server.workers
        os.kill(server.gunicorn, signal.SIGHUP)
        until(lambda: not any(is_running(worker) for worker in old))
        load.wait_for_more()
    assert set(load.results) == {404}, server.log


def test_a_killed_worker_is_replaced(gunicorn: ServerMaker) -> None:
    """A master that gevent has patched in full does not hear of its workers' deaths."""
    server = gunicorn("--preload")
    os.kill(server.workers[0], signal.SIGKILL)
    until(lambda: len(server.workers) == 2)
    assert requests.get(f"{server.url}/items", timeout=PATIENCE).ok
