"""Tokens of a certified OpenID provider (npm's oidc-provider), each kind that it issues."""

from urllib.parse import quote

import pytest

from app.authz.testing import ClientCertificate
from tests.serving.running import Server

from .conftest import IN, ServerMaker, bearer, delete
from .provider import SECRET, Provider

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def strict(gunicorn: ServerMaker) -> Server:
    """A server that was told no more than it must."""
    return gunicorn()


@pytest.fixture(scope="module")
def open_minded(gunicorn: ServerMaker, provider: Provider) -> Server:
    """A server that takes all that the provider issues, behind a proxy that does TLS. Its settings
    have the provider with a slash that the provider itself does not write."""
    return gunicorn(
        AUTH0_ISSUER_URL=f"{provider.url}/",
        AUTH0_CLIENT_ID="api",
        AUTH0_CLIENT_SECRET=SECRET,
        AUTHZ_ALGORITHMS="RS256,PS256,ES256,EdDSA",
        PROXY_HOPS="1",
    )


class Proxied:
    """A client whose certificate a proxy passes on, to the provider and to the API."""

    def __init__(self) -> None:
        self.headers = {"Client-Cert": quote(ClientCertificate().pem)}


@pytest.mark.parametrize("client", ["rs256", "ps256", "es256", "eddsa", "opaque"])
def test_a_token_opens_what_it_was_granted(
    open_minded: Server, provider: Provider, client: str
) -> None:
    """Twice: the second time it is remembered."""
    headers = bearer(provider.token(client))
    assert delete(open_minded, headers) == IN, open_minded.log
    assert delete(open_minded, headers) == IN


@pytest.mark.parametrize(
    ("client", "refusal"),
    [
        ("reader", (403, "permission_missing")),
        ("expired", (401, "token_expired")),
        ("encrypted", (401, "token_opaque")),
        ("certificate", (401, "token_binding")),
        ("opaque-certificate", (401, "token_binding")),
    ],
)
def test_a_token_that_opens_nothing(
    open_minded: Server, provider: Provider, client: str, refusal: tuple[int, str]
) -> None:
    """Encrypted ones are the provider's to read, and it says that it does not introspect them."""
    token = provider.token(client, Proxied().headers)
    for _ in range(2):
        assert delete(open_minded, bearer(token)) == refusal, open_minded.log


@pytest.mark.parametrize(
    ("client", "refusal"),
    [
        ("es256", "token_algorithm"),
        ("opaque", "token_opaque"),
        ("encrypted", "token_opaque"),
    ],
)
def test_what_was_not_set_is_not_taken(
    strict: Server, provider: Provider, client: str, refusal: str
) -> None:
    assert delete(strict, bearer(provider.token(client))) == (401, refusal)
    assert delete(strict, bearer(provider.token("rs256"))) == IN


@pytest.mark.parametrize("client", ["certificate", "opaque-certificate"])
def test_a_token_that_is_bound_to_a_certificate_needs_it(
    open_minded: Server, strict: Server, provider: Provider, client: str
) -> None:
    own, other = Proxied().headers, Proxied().headers
    token = bearer(provider.token(client, own))
    assert delete(open_minded, token | own) == IN, open_minded.log
    assert delete(open_minded, token | other) == (401, "token_binding")
    assert delete(open_minded, token) == (401, "token_binding")
    assert delete(open_minded, token | own) == IN


def test_a_certificate_is_believed_of_a_proxy_only(strict: Server, provider: Provider) -> None:
    """Where none is configured, whoever sends the header is a stranger."""
    own = Proxied().headers
    token = bearer(provider.token("certificate", own))
    assert delete(strict, token | own) == (401, "token_binding")


def test_an_opaque_token_that_was_taken_back_is_refused(
    open_minded: Server, provider: Provider
) -> None:
    """And others that the provider does not know."""
    token = provider.token("opaque")
    provider.revoke("opaque", token)
    assert delete(open_minded, bearer(token)) == (401, "token_inactive")
    assert delete(open_minded, bearer(token[:-1])) == (401, "token_inactive")
    assert delete(open_minded, bearer(provider.token("opaque"))) == IN


def test_a_wrong_secret_is_no_fault_of_the_caller(
    gunicorn: ServerMaker, provider: Provider
) -> None:
    server = gunicorn(AUTH0_CLIENT_ID="api", AUTH0_CLIENT_SECRET="wrong")
    token = provider.token("opaque")
    assert delete(server, bearer(token)) == (503, "introspection_unavailable")
    assert "correct AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET" in server.log
    assert SECRET not in server.log
    assert token not in server.log
    assert delete(server, bearer(provider.token("rs256"))) == IN


def test_new_keys_take_the_place_of_old_ones(strict: Server, provider: Provider) -> None:
    """A token of a new key makes the API look, and then those of the old one are refused."""
    old = bearer(provider.token("rs256"))
    assert delete(strict, old) == IN
    provider.kill()
    provider.start(keys="second")
    assert delete(strict, bearer(provider.token("rs256"))) == IN, strict.log
    assert delete(strict, old) == (401, "token_key_unknown")
