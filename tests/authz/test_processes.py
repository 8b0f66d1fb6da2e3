"""Forks: what is made before one, and what its child does."""

import subprocess
import sys

import pytest

from app.authz.testing import FakeIssuer, TokenFactory

#: A server that loads the app and then forks its workers, as `gunicorn --preload` does. One token
#: is used before the fork, so that there is something to inherit.
PRELOADING = """
import os, sys, threading
from flask import Flask
from app.authz import Authz, requires_auth

issuer, audience, token, warm = sys.argv[1:]
app = Flask("app", static_folder=None)
app.config.update(AUTH0_ISSUER_URL=issuer, AUTH0_AUDIENCE=audience)
made = []
real_lock = threading.Lock
threading.Lock = lambda: made.append("lock") or real_lock()
Authz(app)
app.get("/")(requires_auth(lambda: "in"))

def status():
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().get("/", headers=headers).status_code

if warm == "warm":
    assert status() == 200
else:
    assert not made and threading.active_count() == 1, (made, threading.enumerate())
children = []
for _ in range(2):
    child = os.fork()
    if not child:
        os._exit(0 if status() == 200 else 1)
    children.append(child)
sys.exit(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def serve(issuer: FakeIssuer, tokens: TokenFactory, warm: str) -> None:
    """Run the server above."""
    arguments = [issuer.url, tokens.audience, tokens.valid(), warm]
    done = subprocess.run(
        [sys.executable, "-c", PRELOADING, *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_no_thread_and_no_lock_is_made_before_a_fork(
    issuer: FakeIssuer, tokens: TokenFactory
) -> None:
    """And each process fetches for itself."""
    serve(issuer, tokens, "cold")
    assert issuer.fetches == 2


@pytest.mark.slow
def test_a_child_does_not_use_what_its_parent_made(
    issuer: FakeIssuer, tokens: TokenFactory
) -> None:
    """A lock that was held at the fork would be held for ever in the child."""
    serve(issuer, tokens, "warm")
    assert issuer.fetches == 3
