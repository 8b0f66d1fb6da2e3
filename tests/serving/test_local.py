"""`make serve`, which is `python -m local`."""

import os
import shlex
import signal
import socket
from pathlib import Path

import pytest
import requests

from app.authz.testing import FakeIssuer

from .running import PATIENCE, Program, accepts, free_port, is_running, until

pytestmark = pytest.mark.slow

#: What is written when the servers answer.
SERVED = "Try it:"


@pytest.fixture
def ports(shell: dict[str, str]) -> list[int]:
    """The ports of the API and of the tenant."""
    ports = [free_port(), free_port()]
    shell.update(PORT=str(ports[0]), TENANT_PORT=str(ports[1]), WEB_CONCURRENCY="1")
    return ports


@pytest.fixture
def local(checkout: Path, shell: dict[str, str], ports: list[int], tmp_path: Path) -> Program:
    """The program with a new menu, not started."""
    shell["DATABASE_URL"] = f"sqlite:///{tmp_path}/menu.db"
    return Program(checkout, shell, tmp_path / "log", "local")


def test_it_serves_until_ctrl_c(local: Program, ports: list[int]) -> None:
    """The curl line works when pasted. Ctrl-C, sent to the whole group, leaves nothing."""
    with local:
        local.wait_for(SERVED)
        line = next(line for line in local.log.splitlines() if line.startswith("curl "))
        answer = _curl(line)
        assert answer.status_code == 201
        assert answer.headers["Location"] == "/items/4"
        assert f"http://127.0.0.1:{ports[1]}/" in local.log
        assert f"export TENANT_PORT={ports[1]}" in local.log
        os.killpg(local.process.pid, signal.SIGINT)
        assert local.wait() == 0
    assert "Traceback" not in local.log
    assert not any(accepts(port) for port in ports)
    assert not any(is_running(pid) for pid in [local.gunicorn, *local.workers])


def _curl(line: str) -> requests.Response:
    """Do what curl does with these options, on a machine that may have none."""
    curl, _include, url, *options = shlex.split(line)
    assert (curl, _include) == ("curl", "-i")
    pairs = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in pairs if name == "-H")
    body = next(value for name, value in pairs if name == "-d")
    return requests.post(url, headers=headers, data=body, timeout=PATIENCE)


def test_a_dead_server_takes_the_other_along(local: Program, ports: list[int]) -> None:
    with local:
        local.wait_for(SERVED)
        os.kill(local.gunicorn, signal.SIGKILL)
        assert local.wait() == 1
    assert "Error: The API has ended by itself, with status -9." in local.log
    assert not accepts(ports[1])
    until(lambda: not any(is_running(pid) for pid in local.workers))


@pytest.mark.parametrize(
    ("name", "cure"),
    [("PORT", "make serve PORT=7070"), ("TENANT_PORT", "make serve TENANT_PORT=7071")],
)
def test_a_taken_port_names_the_cure(
    name: str, cure: str, local: Program, shell: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", int(shell[name]))), local:
        assert local.wait() == 1
    assert f"Port {shell[name]} cannot be had" in local.log
    assert cure in local.log
    assert "Traceback" not in local.log


def test_another_issuer_is_served_without_the_tenant(
    local: Program, ports: list[int], shell: dict[str, str], issuer: FakeIssuer
) -> None:
    """Until the terminal is closed, which sends SIGHUP."""
    shell.update(AUTH0_ISSUER_URL=issuer.url, AUTH0_AUDIENCE="https://menu-api.test")
    with local:
        local.wait_for(SERVED)
        assert f"{issuer.url}, as configured; no local tenant is started" in local.log
        assert not accepts(ports[1])
        assert requests.get(f"http://127.0.0.1:{ports[0]}/items", timeout=PATIENCE).ok
        os.killpg(local.process.pid, signal.SIGHUP)
        assert local.wait() == 0
    assert not is_running(local.gunicorn)


def test_settings_that_do_not_allow_a_start_are_told(local: Program, shell: dict[str, str]) -> None:
    shell["AUTHZ_LEEWAI"] = "10"
    with local:
        assert local.wait() == 1
    assert local.log.count("AUTHZ_LEEWAI is not a setting") == 1
    assert "Traceback" not in local.log
