"""The tools for tests: tokens that go through the real verifier, and the matrix."""

from pathlib import Path

import pytest
import requests
from flask import Flask

from app.authz import anonymous_only, public
from app.authz.testing import FakeIssuer, TokenFactory, matrix
from app.authz.testing.issuer import METADATA

from .conftest import Send, code_of

#: The codes that the factory has a broken token for.
BROKEN = [
    "token_algorithm",
    "token_audience",
    "token_expired",
    "token_is_id_token",
    "token_issuer",
    "token_key_unknown",
    "token_not_yet_valid",
    "token_opaque",
    "token_signature",
]


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_token_is_refused_for_what_is_broken(
    send: Send, tokens: TokenFactory, code: str
) -> None:
    assert code_of(send(tokens.broken()[code])) == code


def test_the_list_of_broken_tokens_is_whole(tokens: TokenFactory) -> None:
    assert sorted(tokens.broken()) == BROKEN


def test_a_symmetric_token_is_refused(send: Send, tokens: TokenFactory) -> None:
    """The public key as the secret (CVE-2022-29217)."""
    assert code_of(send(tokens.symmetric())) == "token_algorithm"


def test_the_permissions_are_those_asked_for(send: Send, tokens: TokenFactory) -> None:
    assert send(tokens.valid(permissions=["create:items"]), "/items", "POST").status_code == 200


MATRIX = """
import pytest
from flask import Flask
from app.authz import Authz, public, requires_auth, requires_permission
from app.authz.testing.matrix import test_guards

pytest_plugins = ["app.authz.testing.plugin"]

@pytest.fixture
def app(authz_settings, clock):
    app = Flask("app", static_folder=None)
    app.config.update(authz_settings)
    Authz(app, clock=clock, timer=clock)
    app.get("/open", endpoint="open")(public(lambda: ""))
    app.get("/mine", endpoint="mine")(requires_auth(lambda: ""))
    view = requires_permission("record/{{name}}/view", "list")(lambda name, number: "")
    app.get("/records/<name>/<int:number>", endpoint="record")(view)
    {sabotage}
    return app
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sabotage", "failed"),
    [
        ("pass", False),
        ("app.before_request_funcs[None].pop(0)", True),
    ],
    ids=["guarded", "without the hook"],
)
def test_the_matrix_sees_whether_the_guards_hold(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, sabotage: str, failed: bool
) -> None:
    """One line in a test module; it passes for an app that is guarded, and only then."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(MATRIX.format(sabotage=sabotage))
    counted = pytester.runpytest_subprocess("-p", "no:cacheprovider").parseoutcomes()
    assert counted.get("failed", 0) > 20 if failed else counted == {"passed": 1}


def test_the_matrix_tries_every_kind_of_route(
    app: Flask, tokens: TokenFactory, subtests: pytest.Subtests
) -> None:
    """Those that want no login, and one whose first sample is another route's address."""
    app.get("/login", endpoint="login")(anonymous_only(lambda: ""))
    app.get("/rooms/<name>", endpoint="room")(public(lambda name: ""))
    app.get("/rooms/sample", endpoint="sample")(public(lambda: ""))
    matrix.test_guards(app, tokens, subtests)


def test_the_matrix_says_which_route_it_cannot_try(
    app: Flask, tokens: TokenFactory, subtests: pytest.Subtests
) -> None:
    app.get("/<any(red, blue):colour>", endpoint="colour")(public(lambda colour: ""))
    with pytest.raises(LookupError, match="colour"):
        matrix.test_guards(app, tokens, subtests)


def test_the_issuer_answers_as_one_does(issuer: FakeIssuer) -> None:
    """To any method, and elsewhere with 404."""
    metadata = requests.post(issuer.url + METADATA, timeout=10)
    assert metadata.json()["issuer"] == issuer.url
    assert requests.get(f"{issuer.url}/elsewhere", timeout=10).status_code == 404
