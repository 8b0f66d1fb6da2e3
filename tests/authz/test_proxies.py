"""Where a request was sent to: what a proxy says, what `Host` says, and who is believed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.authz import Authz, public, requires_auth
from app.authz.testing import Clock, DpopKey, MemoryState, TokenFactory

from .conftest import code_of

FORWARDED = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "menu.test",
}

Make = Callable[..., FlaskClient]


@pytest.fixture
def make(authz_settings: dict[str, str], clock: Clock) -> Make:
    """Makes an app; keywords are settings."""

    def make(**settings: Any) -> FlaskClient:
        app = Flask("proxied", static_folder=None)
        app.config.update(authz_settings | settings)
        Authz(clock=clock, timer=clock).init_app(app, state=MemoryState(clock))
        app.get("/mine", endpoint="mine")(requires_auth(lambda: "in"))

        @app.get("/seen")
        @public
        def seen() -> list[str | None]:
            return [request.remote_addr, request.scheme, request.host]

        return app.test_client()

    return make


def seen(client: FlaskClient, peer: str, **headers: str) -> Any:
    """Return what the app sees of a request that a peer has sent or passed on."""
    environ = {"REMOTE_ADDR": peer}
    return client.get("/seen", headers=FORWARDED | headers, environ_base=environ).json


def test_no_forwarded_header_is_believed_by_default(make: Make) -> None:
    assert seen(make(), "127.0.0.1") == ["127.0.0.1", "http", "localhost"]


@pytest.mark.parametrize(
    ("trusted", "peer"),
    [
        ("127.0.0.0/8,::1,unix", "127.0.0.1"),
        ("127.0.0.0/8,::1,unix", "127.9.9.9"),
        ("127.0.0.0/8,::1,unix", "::1"),
        ("127.0.0.0/8,::1,unix", "::ffff:127.0.0.1"),
        ("127.0.0.0/8,::1,unix", ""),
        ("10.0.0.0/8", "10.1.2.3"),
    ],
)
def test_a_trusted_proxy_is_believed(make: Make, trusted: str, peer: str) -> None:
    client = make(PROXY_HOPS="1", TRUSTED_PROXIES=trusted)
    assert seen(client, peer) == ["192.0.2.7", "https", "menu.test"]


@pytest.mark.parametrize("peer", ["192.0.2.1", "11.0.0.1", "127.0.0.1", "::1", "", "nonsense"])
def test_nobody_else_is(make: Make, peer: str) -> None:
    client = make(PROXY_HOPS="1", TRUSTED_PROXIES="10.0.0.0/8")
    assert seen(client, peer) == [peer, "http", "localhost"]


def test_what_stands_before_the_hops_was_sent_by_strangers(make: Make) -> None:
    forged = {"X-Forwarded-For": "6.6.6.6, 192.0.2.7", "X-Forwarded-Host": "evil.test, menu.test"}
    assert seen(make(PROXY_HOPS="1"), "127.0.0.1", **forged) == ["192.0.2.7", "https", "menu.test"]


@pytest.fixture
def prove(tokens: TokenFactory, clock: Clock) -> Callable[..., str]:
    """Sends a proof for an address, and returns `in` or the code of the refusal."""
    key = DpopKey(clock=clock)

    def prove(client: FlaskClient, htu: str, peer: str = "127.0.0.1", **headers: str) -> str:
        token = tokens.valid(cnf=key.confirmation)
        sent = key.headers("GET", htu, token) | {k.replace("_", "-"): v for k, v in headers.items()}
        response = client.get("/mine", headers=sent, environ_base={"REMOTE_ADDR": peer})
        return response.text if response.status_code == 200 else code_of(response)

    return prove


Prove = Callable[..., str]


@pytest.mark.parametrize("host", ["localhost", "localhost:7000", "127.0.0.1:7000", "[::1]:7000"])
def test_a_name_of_this_machine_is_ours(make: Make, prove: Prove, host: str) -> None:
    assert prove(make(), f"http://{host}/mine", Host=host) == "in"


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "evil.test:7000", "a b", ""]
)
def test_a_hostile_host_is_refused(make: Make, prove: Prove, host: str) -> None:
    """A proof that somebody made for the attacker's server must not pass here."""
    assert prove(make(), f"http://{host}/mine", Host=host) == "dpop_proof_invalid"
    assert prove(make(), "http://localhost/mine", Host=host) == "dpop_proof_invalid"


def test_a_hostile_forwarded_host_is_not_read(make: Make, prove: Prove) -> None:
    """Without a proxy, or from a peer that is none."""
    headers = {"X_Forwarded_Host": "menu.test", "X_Forwarded_Proto": "https", "Host": "evil.test"}
    url = "https://menu.test/mine"
    assert prove(make(), url, **headers) == "dpop_proof_invalid"
    assert prove(make(PROXY_HOPS="1"), url, "192.0.2.1", **headers) == "dpop_proof_invalid"


def test_a_trusted_proxy_says_which_host_is_ours(make: Make, prove: Prove) -> None:
    headers = {"X_Forwarded_Host": "menu.test", "X_Forwarded_Proto": "https", "Host": "inner"}
    assert prove(make(PROXY_HOPS="1"), "https://menu.test/mine", **headers) == "in"


def test_a_proxy_that_names_no_host_has_not_checked_it(make: Make, prove: Prove) -> None:
    """It has passed on what the caller sent."""
    headers = {"X_Forwarded_Proto": "https", "Host": "evil.test"}
    assert prove(make(PROXY_HOPS="1"), "https://evil.test/mine", **headers) == "dpop_proof_invalid"
    for empty in ("", '""'):
        unsaid = headers | {"X_Forwarded_Host": empty}
        found = prove(make(PROXY_HOPS="1"), "https://evil.test/mine", **unsaid)
        assert found == "dpop_proof_invalid"
    headers["X_Forwarded_Host"] = "menu.test"
    two = make(PROXY_HOPS="2")
    for url in ("http://evil.test/mine", "https://evil.test/mine", "https://menu.test/mine"):
        assert prove(two, url, **headers) == "dpop_proof_invalid"


def test_the_setting_goes_before_everything(make: Make, prove: Prove) -> None:
    client = make(PUBLIC_URL="https://menu.test/", PROXY_HOPS="1")
    headers = {"X_Forwarded_Host": "evil.test", "Host": "localhost"}
    assert prove(client, "https://menu.test/mine", **headers) == "in"
    assert prove(client, "http://localhost/mine", **headers) == "dpop_proof_invalid"
    assert prove(client, "http://evil.test/mine", **headers) == "dpop_proof_invalid"


def test_a_host_that_flask_has_checked_is_ours(make: Make, prove: Prove) -> None:
    client = make(TRUSTED_HOSTS=["menu.test"])
    assert prove(client, "http://menu.test/mine", Host="menu.test") == "in"
    assert client.get("/mine", headers={"Host": "evil.test"}).status_code == 400


def test_the_log_says_what_to_set(
    make: Make, prove: Prove, caplog: pytest.LogCaptureFixture
) -> None:
    prove(make(), "http://menu.test/mine", Host="menu.test")
    assert "set PUBLIC_URL" in caplog.text
