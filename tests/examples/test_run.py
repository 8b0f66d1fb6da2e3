"""The example as a process of its own: ``flask --app examples.records run``."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
import requests

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_PAGE = _ROOT / "examples" / "records" / "README.md"

#: Seconds within which the server must be ready.
_DEADLINE = 60


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a server in the checkout, whose `.flaskenv` it reads."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AUTH0_", "AUTHZ_", "FLASK_", "RECORDS_"))
    }
    command = [sys.executable, "-m", "flask", "--app", "examples.records", "run", "--port", "0"]
    with subprocess.Popen(
        command, cwd=_ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        deadline = Timer(_DEADLINE, process.kill)
        deadline.start()
        try:
            yield _announced(process)
        finally:
            deadline.cancel()
            process.kill()


def _announced(process: subprocess.Popen[bytes]) -> str:
    """Return the address that the server says it listens at."""
    assert process.stderr is not None
    said = ""
    while not (found := re.search(r"Running on (http://\S+)", said)):
        line = process.stderr.readline().decode()
        assert line, f"the server ended: {said}"
        said += line
    return found[1]


def call(
    method: str, url: str, token: str | None = None, json: object = None
) -> tuple[int, object]:
    """Send a request, and return status and body of the answer."""
    headers = {} if token is None else {"X-App-Token": token}
    answer = requests.request(method, url, headers=headers, json=json, timeout=10)
    return answer.status_code, answer.json()


def test_a_day_with_the_records(address: str) -> None:
    """Look, log in, read, edit, log out."""
    public = {"name": "public", "content": "bob can edit", "lastEditor": None}
    assert call("GET", f"{address}/hello") == (200, {"message": "Hello, stranger!"})
    assert call("GET", f"{address}/records") == (200, [public])
    assert call("GET", f"{address}/records/foo")[0] == 401

    sent = {"username": "bob", "password": "hunter2", "scopes": ["record/*/*", "user/*"]}
    status, body = call("POST", f"{address}/login", json=sent)
    assert status == 200
    assert isinstance(body, dict)
    token = body["token"]

    assert call("GET", f"{address}/me", token) == (200, {"username": "bob"})
    assert call("GET", f"{address}/records", token)[0] == 403
    assert call("PUT", f"{address}/records/foo", token, {"content": "x"})[0] == 403
    assert call("GET", f"{address}/records/nope", token)[0] == 403
    edited = public | {"content": "bob was here", "lastEditor": "bob"}
    sent = {"content": "bob was here"}
    assert call("PUT", f"{address}/records/public", token, sent) == (200, edited)
    assert call("GET", f"{address}/records") == (200, [edited])

    assert call("POST", f"{address}/login/revoke-token", token) == (200, {"ok": True})
    assert call("GET", f"{address}/hello", token)[0] == 401


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="needs curl")
def test_session_on_the_page(address: str) -> None:
    """Each command of the README, in order, answers what the README says."""
    page = _PAGE.read_text().replace("http://127.0.0.1:7000", address)
    session = "".join(re.findall(r"^```console\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
    commands = re.findall(r"^\$ (.*)\n((?:[^$\n].*\n)*)", session, re.MULTILINE)
    script = "\n".join(f"{command}; echo; echo @" for command, _ in commands)
    run = subprocess.run(["bash"], input=script, capture_output=True, text=True, timeout=60)
    said = run.stdout.split("@\n")
    assert [text.strip() for text in said[:-1]] == [text.strip() for _, text in commands]
