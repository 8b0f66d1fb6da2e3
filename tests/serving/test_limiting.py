"""Limits of several workers: counted together on a server, and by each for itself without it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.servers.fixtures import kept

from .conftest import ServerMaker
from .running import NAMING_WORKERS, PATIENCE, Load, Server, free_port

pytestmark = pytest.mark.slow


def status(server: Server) -> int:
    return requests.get(f"{server.url}/items", timeout=PATIENCE).status_code


def test_workers_and_servers_count_together(gunicorn: ServerMaker) -> None:
    """The first answer of each server, which its start waits for, counts too."""
    with kept("valkey", free_port()) as address:
        settings = {"STATE_URL": address, "WEB_CONCURRENCY": "2"}
        limit = {"RATELIMIT_PER_ADDRESS": "20/hour"}
        servers = [gunicorn(*NAMING_WORKERS, **settings, **limit) for _ in range(2)]
        for server in servers:
            server.wait_for_all_workers()
        with ThreadPoolExecutor(6) as pool:
            assert Counter(pool.map(status, servers * 20)) == {200: 18, 429: 22}


def test_a_killed_server_neither_opens_nor_closes(gunicorn: ServerMaker) -> None:
    """Under load: each worker goes on by itself, holds to the limit, and nothing fails."""
    port = free_port()
    limit = 300
    with kept("valkey", port) as address:
        settings = {"STATE_URL": address, "RATELIMIT_PER_ADDRESS": f"{limit}/hour"}
        server = gunicorn("--preload", **settings)
        with Load(lambda: status(server)) as load:
            load.wait_for_more(50)
        assert set(load.results) == {200}
    with Load(lambda: status(server)) as load:
        load.wait_for_more(limit + 50)
    assert set(load.results) == {200, 429}
    assert load.results[200] == limit
    assert server.log.count("does not answer") == 1
