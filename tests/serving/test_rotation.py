"""A rotation of the issuer's keys while requests come in."""

import pytest
import requests

from app.authz.testing import FakeIssuer, TokenFactory

from .conftest import ServerMaker
from .running import PATIENCE, Load

pytestmark = pytest.mark.slow


def test_a_rotation_fails_no_valid_request(gunicorn: ServerMaker) -> None:
    """A token of the new key is good from the moment that the key is published."""
    with FakeIssuer() as issuer:
        server = gunicorn(AUTH0_ISSUER_URL=issuer.url, WEB_CONCURRENCY="2")
        tokens = TokenFactory(issuer)

        def send() -> int:
            headers = {"Authorization": f"Bearer {tokens.valid(['delete:items'])}"}
            address = f"{server.url}/items/1"
            return requests.delete(address, headers=headers, timeout=PATIENCE).status_code

        with Load(send) as load:
            for number in (1, 2):
                load.wait_for_more()
                issuer.rotate(number)
            load.wait_for_more()
    assert set(load.results) == {404}, server.log
