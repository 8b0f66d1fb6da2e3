"""What is counted."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.authz.testing import TokenFactory
from app.observe.metrics import Metrics
from tests.conftest import Bearer

Numbers = Callable[[str], float]

REQUESTS = 'http_request_duration_seconds_count{{method="{}",route="{}",status="{}"}}'


def test_requests_are_counted_by_rule(client: FlaskClient, numbers: Numbers) -> None:
    for item in (1, 2, 3):
        client.get(f"/items/{item}")
    client.get("/items")
    assert numbers(REQUESTS.format("GET", "/items/<item_id:item_id>", 404)) == 3
    assert numbers(REQUESTS.format("GET", "/items", 200)) == 1


def test_no_label_is_a_callers(
    app: Flask, client: FlaskClient, numbers: Numbers, tokens: TokenFactory
) -> None:
    client.get("/needle?needle", headers={"X-Request-ID": "needle", "Host": "needle.test"})
    client.open("/items", method="NEEDLE")
    for token in (tokens.valid(iss="https://needle.test/"), tokens.valid(sub="needle"), "needle"):
        client.delete("/items/1", headers={"Authorization": f"Bearer {token}"})
    metrics: Metrics = app.extensions["metrics"]
    metrics.keys_fetched("https://needle.test/", "timeout")
    assert numbers('authz_key_fetches_total{code="timeout",issuer="other"}') == 1
    assert numbers(REQUESTS.format("GET", "-", 404)) == 1
    assert numbers(REQUESTS.format("-", "-", 405)) == 1
    assert "needle" not in metrics.exposed().decode().lower()


def test_verdicts_are_counted_by_code(
    client: FlaskClient, numbers: Numbers, bearer: Bearer, tokens: TokenFactory
) -> None:
    """Of those who were let in, those who had to show something."""
    client.get("/items")
    client.delete("/items/1", headers=bearer("delete:items"))
    client.delete("/items/1", headers=bearer())
    client.delete("/items/1", headers={"Authorization": f"Bearer {tokens.expired()}"})
    client.delete("/items/1")
    verdict = 'authz_verdicts_total{{code="{}",outcome="{}"}}'
    assert numbers(verdict.format("", "accepted")) == 1
    assert numbers(verdict.format("permission_missing", "denied")) == 1
    assert numbers(verdict.format("token_expired", "rejected")) == 1
    assert numbers(verdict.format("token_missing", "rejected")) == 1


def test_the_cache_and_the_cost_of_new_tokens_are_counted(
    client: FlaskClient, numbers: Numbers, bearer: Bearer, tokens: TokenFactory
) -> None:
    headers = bearer("delete:items")
    for _ in range(3):
        client.delete("/items/1", headers=headers)
    client.delete("/items/1", headers={"Authorization": f"Bearer {tokens.expired()}"})
    assert numbers('authz_token_cache_total{result="hit"}') == 2
    assert numbers('authz_token_cache_total{result="miss"}') == 2
    assert numbers('authz_token_verification_seconds_count{code=""}') == 1
    assert numbers('authz_token_verification_seconds_sum{code=""}') > 0
    assert numbers('authz_token_verification_seconds_count{code="token_expired"}') == 1


def test_fetches_and_unknown_keys_are_counted(
    client: FlaskClient, numbers: Numbers, tokens: TokenFactory
) -> None:
    for token in (tokens.valid(), tokens.unknown_key()):
        client.delete("/items/1", headers={"Authorization": f"Bearer {token}"})
    url = tokens.issuer.url
    assert numbers(f'authz_key_fetches_total{{code="",issuer="{url}"}}') == 2
    assert numbers(f'authz_unknown_keys_total{{issuer="{url}"}}') == 1
    assert numbers(f'authz_keys_fetched_timestamp_seconds{{issuer="{url}"}}') > 1e9


def test_metrics_are_for_callers_with_the_permission(client: FlaskClient, bearer: Bearer) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer("delete:items")).status_code == 403
    answer = client.get("/metrics", headers=bearer("read:metrics"))
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    assert "http_request_duration_seconds_count{" in answer.text


@pytest.mark.parametrize("port", ["9100", "127.0.0.1:9100"])
def test_with_a_port_of_its_own_the_main_port_has_none(environ: dict[str, str], port: str) -> None:
    """Whatever the caller says of the port that it came in by."""
    app = create_app(environ | {"METRICS_PORT": "9100"})
    answer = app.test_client().get(
        "/metrics",
        headers={"Host": f"127.0.0.1:{port}"},
        environ_overrides={"SERVER_PORT": "9100"},
    )
    assert answer.status_code == 404


def test_two_apps_count_for_themselves(environ: dict[str, str], client: FlaskClient) -> None:
    other = create_app(environ)
    client.get("/nowhere")
    assert 'route="-"' not in other.extensions["metrics"].exposed().decode()
