"""Keys that are on their way before the first request."""

import pytest
import requests

from app.authz.testing import FakeIssuer, TokenFactory

from .conftest import ServerMaker
from .running import PATIENCE, Server, until

pytestmark = pytest.mark.slow


def _delete(server: Server, issuer: FakeIssuer) -> int:
    token = TokenFactory(issuer).valid(["delete:items"])
    headers = {"Authorization": f"Bearer {token}"}
    return requests.delete(f"{server.url}/items/1", headers=headers, timeout=PATIENCE).status_code


@pytest.mark.parametrize("arguments", [[], ["--preload"]])
def test_the_first_guarded_request_fetches_nothing(
    arguments: list[str], gunicorn: ServerMaker
) -> None:
    """Each worker has fetched the keys by itself."""
    with FakeIssuer() as issuer:
        server = gunicorn(*arguments, AUTH0_ISSUER_URL=issuer.url, WEB_CONCURRENCY="2")
        until(lambda: issuer.fetches == 2)
        assert [_delete(server, issuer) for _ in range(10)] == [404] * 10, server.log
        assert issuer.fetches == 2


def test_an_issuer_that_is_down_does_not_stop_the_boot(gunicorn: ServerMaker) -> None:
    """And is asked again by the first request that needs a key."""
    with FakeIssuer() as issuer:
        issuer.up = False
        server = gunicorn(AUTH0_ISSUER_URL=issuer.url)
        until(lambda: issuer.fetches)
        issuer.up = True
        until(lambda: _delete(server, issuer) == 404)
