"""Limits that are set: who is counted, for what, and what the answer is."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import config
from app import create_app
from app.authz import events
from app.authz.testing import FakeIssuer, TokenFactory
from tests.conftest import Bearer

ClientMaker = Callable[..., FlaskClient]


@pytest.fixture
def limited(environ: dict[str, str], app: Flask) -> ClientMaker:
    """Makes a client of an API with limits; keywords are settings without `RATELIMIT_`."""

    def make(**limits: str) -> FlaskClient:
        settings = {f"RATELIMIT_{name.upper()}": value for name, value in limits.items()}
        return create_app(environ | settings).test_client()

    return make


def codes(client: FlaskClient, number: int, path: str = "/nowhere", **request: object) -> list[int]:
    """Send a request several times and return the statuses."""
    return [client.open(path, **request).status_code for _ in range(number)]  # type: ignore[arg-type]


def from_address(address: str) -> dict[str, str]:
    return {"REMOTE_ADDR": address}


def assert_limited(answer: TestResponse) -> None:
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "rate_limited"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "WWW-Authenticate" not in answer.headers


#: Headers of a request whose token is none.
BAD = {"Authorization": "Bearer a.b.c"}


class TestOff:
    """Nothing is set."""

    def test_no_hook_is_installed(self, app: Flask) -> None:
        assert "limiter" not in app.extensions

    def test_help_offers_no_command_that_does_nothing(self, environ: dict[str, str]) -> None:
        flask = FlaskGroup(create_app=lambda: create_app(environ))
        shown = CliRunner().invoke(flask, ["--help"]).output
        assert "seed" in shown
        assert "limiter" not in shown

    def test_nothing_is_limited(self, client: FlaskClient) -> None:
        assert set(codes(client, 50)) == {404}


class TestPerAddress:
    """`RATELIMIT_PER_ADDRESS`."""

    def test_one_more_is_refused(self, limited: ClientMaker) -> None:
        client = limited(per_address="3/minute")
        assert codes(client, 3, "/items") == [200] * 3
        assert_limited(client.get("/items"))

    def test_all_routes_count_together(self, limited: ClientMaker) -> None:
        """Those that do not exist included."""
        client = limited(per_address="2/minute")
        assert codes(client, 1, "/items") + codes(client, 2) == [200, 404, 429]

    def test_several_limits_all_hold(self, limited: ClientMaker) -> None:
        client = limited(per_address="100/hour, 2/minute")
        assert codes(client, 3) == [404, 404, 429]

    def test_another_address_is_not_meant(self, limited: ClientMaker) -> None:
        client = limited(per_address="1/minute")
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
            found = codes(client, 2, environ_base=from_address(address))
            assert found == [404, 429], address

    @pytest.mark.parametrize(
        "pair",
        [("2001:db8::1", "2001:db8::ffff:1"), ("192.0.2.1", "::ffff:192.0.2.1"), ("", "")],
    )
    def test_one_client_has_one_address(self, limited: ClientMaker, pair: tuple[str, str]) -> None:
        """Of IPv6 anybody has a /64; a Unix socket's peer has none at all."""
        client = limited(per_address="1/minute")
        first, second = (client.get("/", environ_base=from_address(each)) for each in pair)
        assert (first.status_code, second.status_code) == (200, 429)

    @pytest.mark.parametrize("first", ["192.0.2.1", "[2001:db8:0:1::1]"])
    @pytest.mark.parametrize("second", ["192.0.2.2", "[2001:db8:0:2::1]"])
    def test_a_port_behind_an_address_makes_no_difference(
        self, first: str, second: str, environ: dict[str, str], app: Flask
    ) -> None:
        """Some proxies write it. Their clients are not counted as one."""
        limit = {"RATELIMIT_PER_ADDRESS": "2/minute", "PROXY_HOPS": "1"}
        client = create_app(environ | limit).test_client()
        ports = [{"X-Forwarded-For": f"{first}:{port}"} for port in (5001, 5002, 5003)]
        assert [codes(client, 1, headers=each)[0] for each in ports] == [404, 404, 429]
        assert codes(client, 1, headers={"X-Forwarded-For": f"{second}:5001"}) == [404]

    @pytest.mark.parametrize(("hops", "statuses"), [("1", [404, 404]), ("0", [404, 429])])
    def test_a_header_changes_it_behind_a_proxy_alone(
        self, environ: dict[str, str], hops: str, statuses: list[int]
    ) -> None:
        settings = {"PROXY_HOPS": hops, "RATELIMIT_PER_ADDRESS": "1/minute"}
        client = create_app(environ | settings).test_client()
        sent = [{"X-Forwarded-For": each} for each in ("192.0.2.1", "192.0.2.2")]
        assert [client.get("/nowhere", headers=each).status_code for each in sent] == statuses

    def test_preflights_and_health_do_not_count(self, limited: ClientMaker) -> None:
        client = limited(per_address="1/minute")
        assert codes(client, 3, "/items", method="OPTIONS") == [200] * 3
        assert codes(client, 3, "/health/live") == [200] * 3
        assert codes(client, 2) == [404, 429]

    def test_a_page_may_read_the_refusal(self, limited: ClientMaker) -> None:
        client = limited(per_address="1/minute")
        client.get("/")
        answer = client.get("/", headers={"Origin": "https://menu.test"})
        assert_limited(answer)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_guard_does_not_see_what_is_refused(
        self, limited: ClientMaker, bearer: Bearer
    ) -> None:
        """So no signature is verified for it, and no proof used up."""
        client = limited(per_address="1/minute")
        seen = []
        listener = lambda _app, **told: seen.append(told)  # noqa: E731
        with events.accepted.connected_to(listener, client.application):
            headers = bearer("delete:items")
            assert codes(client, 3, "/items/1", method="DELETE", headers=headers) == [404, 429, 429]
        assert len(seen) == 1


class TestPerCaller:
    """`RATELIMIT_PER_CALLER`."""

    def test_a_caller_is_counted_wherever_they_are(
        self, limited: ClientMaker, tokens: TokenFactory
    ) -> None:
        """By issuer and subject: a new token makes nobody new."""
        client = limited(per_caller="2/minute")
        statuses = []
        for number in range(3):
            token = tokens.valid(["delete:items"], sub="al", jti=str(number))
            answer = client.delete(
                "/items/1",
                headers={"Authorization": f"Bearer {token}"},
                environ_base=from_address(f"192.0.2.{number}"),
            )
            statuses.append(answer.status_code)
        assert statuses == [404, 404, 429]
        assert_limited(answer)

    def test_others_are_not_meant(self, limited: ClientMaker, tokens: TokenFactory) -> None:
        client = limited(per_caller="1/minute")
        for subject in ("al", "bo"):
            token = tokens.valid(["delete:items"], sub=subject)
            headers = {"Authorization": f"Bearer {token}"}
            found = codes(client, 2, "/items/1", method="DELETE", headers=headers)
            assert found == [404, 429]
        assert codes(client, 5, "/items") == [200] * 5

    def test_who_is_refused_is_not_counted(self, limited: ClientMaker, bearer: Bearer) -> None:
        client = limited(per_caller="1/minute")
        assert codes(client, 3, "/items/1", method="DELETE", headers=bearer()) == [403] * 3


class TestBadTokens:
    """`RATELIMIT_BAD_TOKENS`."""

    def test_after_some_the_next_is_not_looked_at(
        self, limited: ClientMaker, bearer: Bearer
    ) -> None:
        """Not even a good one: whether it is, is what would have to be found out."""
        client = limited(bad_tokens="2/minute")
        assert codes(client, 3, "/items", method="POST", headers=BAD) == [401, 401, 429]
        assert_limited(client.delete("/items/1", headers=bearer("delete:items")))

    def test_no_signature_is_verified_then(
        self, limited: ClientMaker, tokens: TokenFactory, issuer: FakeIssuer
    ) -> None:
        client = limited(bad_tokens="2/minute")
        told = []
        listener = lambda _app, *, code, **_: told.append(code)  # noqa: E731
        with events.rejected.connected_to(listener, client.application):
            for number in range(5):
                token = tokens.valid(exp=1, sub=str(number))
                client.delete("/items/1", headers={"Authorization": f"Bearer {token}"})
        assert told == ["token_expired"] * 2

    def test_good_tokens_and_none_do_not_count(self, limited: ClientMaker, bearer: Bearer) -> None:
        client = limited(bad_tokens="1/minute")
        assert (
            codes(client, 3, "/items/1", method="DELETE", headers=bearer("delete:items"))
            == [404] * 3
        )
        assert codes(client, 3, "/items/1", method="DELETE") == [401] * 3
        assert codes(client, 3, "/items/1", method="DELETE", headers=bearer()) == [403] * 3

    def test_who_brings_no_token_is_served_on(self, limited: ClientMaker) -> None:
        """Others may share the address."""
        client = limited(bad_tokens="1/minute")
        assert codes(client, 2, "/items", method="POST", headers=BAD) == [401, 429]
        assert codes(client, 2, "/items") == [200, 200]

    def test_what_is_public_is_served_on(self, limited: ClientMaker) -> None:
        """Nobody looks at the token there."""
        client = limited(bad_tokens="1/minute")
        assert codes(client, 2, "/items", method="POST", headers=BAD) == [401, 429]
        assert codes(client, 2, "/items", headers=BAD) == [200, 200]
        assert codes(client, 1, "/nowhere", headers=BAD) == [404]

    def test_another_address_is_not_meant(self, limited: ClientMaker) -> None:
        client = limited(bad_tokens="1/minute")
        for address in ("192.0.2.1", "192.0.2.2"):
            found = codes(
                client,
                2,
                "/items",
                method="POST",
                headers=BAD,
                environ_base=from_address(address),
            )
            assert found == [401, 429]

    def test_an_outage_is_not_the_callers(
        self, environ: dict[str, str], tokens: TokenFactory, app: Flask
    ) -> None:
        """The issuer cannot be reached: 503, as often as it is asked."""
        settings = {"AUTH0_ISSUER_URL": "http://127.0.0.1:9/", "RATELIMIT_BAD_TOKENS": "1/minute"}
        client = create_app(environ | settings).test_client()
        token = tokens.valid(["delete:items"], iss="http://127.0.0.1:9/")
        headers = {"Authorization": f"Bearer {token}"}
        assert codes(client, 3, "/items/1", method="DELETE", headers=headers) == [503] * 3


class TestSettings:
    """What may be written."""

    @pytest.mark.parametrize(
        "value", ["300", "0/minute", "3/fortnight", "3/minute,", "x", "-1/day"]
    )
    def test_a_bad_limit_is_told_with_its_cure(self, value: str) -> None:
        _, problems = config.load({"RATELIMIT_PER_ADDRESS": value})
        assert len(problems) == 1
        assert problems[0].startswith("RATELIMIT_PER_ADDRESS cannot be read: ")
        assert "300/minute" in problems[0]

    @pytest.mark.parametrize("name", ["RATELIMIT_STORAGE_URI", "RATELIMIT_PER_ADRESS"])
    def test_an_unknown_name_is_refused(self, name: str) -> None:
        """Flask-Limiter's own too: what it is told is told in one place."""
        _, problems = config.load({name: "x"})
        assert len(problems) == 1
        assert problems[0].startswith(f"{name} is not a setting: use RATELIMIT_")
