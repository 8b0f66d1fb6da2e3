"""Which routes the check at boot looks at: every one with something behind it."""

import subprocess
import sys

import pytest
from werkzeug.routing import Rule

from app.authz import optional_auth, public, requires_auth, requires_permission

from .handmade import app_with


def test_rules_without_a_view_are_passed_over() -> None:
    """Nothing is behind a redirect, nor behind an address that is only built."""
    app, authz = app_with()
    app.add_url_rule("/new", "new", requires_auth(lambda: "in"))
    app.add_url_rule("/old", "old", redirect_to="/new")
    app.add_url_rule("/elsewhere", "elsewhere", build_only=True)
    authz.check(app)
    assert app.test_client().get("/old").status_code == 308
    assert app.test_client().get("/elsewhere").status_code == 404


def test_a_rule_of_any_method_is_looked_at() -> None:
    """One that was put on the map by hand names no methods, and takes them all."""
    app, authz = app_with()
    app.url_map.add(Rule("/", endpoint="view"))
    app.endpoint("view")(lambda: "in")
    with pytest.raises(RuntimeError) as caught:
        authz.check(app)
    for method in ("GET", "POST", "OPTIONS", "DELETE"):
        assert f"- {method} / (endpoint 'view'" in str(caught.value)


def test_all_mistakes_are_told_together() -> None:
    """One boot shows them all, each once."""
    app, authz = app_with(permissions=["create:items"])
    app.get("/hole")(lambda: "")
    app.get("/typo", endpoint="typo")(requires_permission("create:item")(lambda: ""))
    app.get("/lost/<key>", endpoint="lost")(requires_permission("create:{name}")(lambda key: ""))
    app.get("/fine", endpoint="fine")(requires_permission("create:items")(lambda: ""))
    app.get("/open", endpoint="open")(public(lambda: ""))
    with pytest.raises(RuntimeError) as caught:
        authz.check(app)
    lines = str(caught.value).splitlines()[1:]
    assert [line.split()[2] for line in lines] == ["/hole", "/typo", "/lost/<key>", "/lost/<key>"]
    assert all(f"{__file__}:" in line for line in lines)


def test_options_is_looked_at_where_the_view_answers_it() -> None:
    app, authz = app_with()
    app.add_url_rule("/", "view", optional_auth(lambda: ""), methods=["OPTIONS"])
    app.add_url_rule("/hole", "hole", lambda: "", methods=["OPTIONS"])
    with pytest.raises(RuntimeError) as caught:
        authz.check(app)
    assert "- OPTIONS /hole" in str(caught.value)
    assert "'view'" not in str(caught.value)


PATCHED = """
from gevent import monkey
monkey.patch_all()
from flask import Flask
from app.authz import Authz, public

app, authz = Flask("app", static_folder=None), Authz()
app.config.update(AUTH0_ISSUER_URL="https://tenant.test/", AUTH0_AUDIENCE="a")
authz.init_app(app)

@app.get("/slow")
@public
async def slow():
    return ""

authz.check(app)
"""


def test_async_views_are_told_of_where_they_cannot_run() -> None:
    """A gevent worker has greenlets for threads."""
    done = subprocess.run(
        [sys.executable, "-c", PATCHED], check=True, capture_output=True, text=True
    )
    assert "GET /slow" in done.stderr
    assert "is async, which fails under a gevent worker" in done.stderr
