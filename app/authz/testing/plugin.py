"""A pytest plugin: `pytest_plugins = ["app.authz.testing.plugin"]`.

Give the app under test `authz_settings`, and its `Authz` the `clock`, if time is to move.
"""

from collections.abc import Iterator

import pytest

from .clock import Clock
from .issuer import FakeIssuer
from .tokens import TokenFactory


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the test moves it."""
    return Clock()


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    """An issuer on loopback, one for each test, so that its switches may be turned."""
    with FakeIssuer() as fake:
        yield fake


@pytest.fixture
def tokens(issuer: FakeIssuer, clock: Clock) -> TokenFactory:
    """Makes tokens of the issuer, good and broken ones."""
    return TokenFactory(issuer, clock=clock)


@pytest.fixture
def authz_settings(tokens: TokenFactory) -> dict[str, str]:
    """The settings with which an app accepts the tokens."""
    return {"AUTH0_ISSUER_URL": tokens.issuer.url, "AUTH0_AUDIENCE": tokens.audience}
