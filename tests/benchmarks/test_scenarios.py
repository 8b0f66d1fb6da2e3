"""What is asked of the servers, against the API itself."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.authz.testing import TokenFactory
from app.items.paging import MAX_LIMIT
from app.items.seed import FIRST_ITEMS, fill_empty_menu
from benchmarks.agreement import PAGE
from benchmarks.issuer import PERMISSION
from benchmarks.scenarios import FEW, SCENARIOS, WRITTEN, Scenario, Tokens
from benchmarks.servers import SERVERS


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_api_answers_with_the_status_that_is_asked_for(
    scenario: Scenario, app: Flask, client: FlaskClient, tokens: TokenFactory
) -> None:
    with app.app_context():
        fill_empty_menu()
    token = {
        Tokens.BAD_SIGNATURE: tokens.wrong_signature((PERMISSION,)),
        Tokens.EXPIRED: tokens.expired((PERMISSION,)),
    }.get(scenario.tokens, tokens.valid((PERMISSION,)))
    headers = {} if scenario.tokens is Tokens.NONE else {"Authorization": f"Bearer {token}"}
    body = {"item": WRITTEN} if scenario.method == "PUT" else None
    answer = client.open(scenario.path, method=scenario.method, headers=headers, json=body)
    (status,) = {scenario.status(server) for server in SERVERS if server.is_ours}
    assert answer.status_code == status


def test_servers_hold_as_much_as_the_api_puts_on_a_page() -> None:
    assert len(FIRST_ITEMS) == FEW
    assert PAGE == MAX_LIMIT
