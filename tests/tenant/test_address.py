"""Which addresses are this machine."""

import pytest

from app.authz.addresses import is_loopback
from app.tenant.address import AddressError, issuer_at, local_issuer


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_hosts(host: str) -> None:
    """The addresses of RFC 1122 and RFC 4291, and the name for them."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.168.0.1", "127.1", "example.com", "localhost.example.com"]
)
def test_other_hosts(host: str) -> None:
    """Neither the wildcard nor a name that only looks local."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "issuer"),
    [("127.0.0.1", "http://127.0.0.1:7001/"), ("::1", "http://[::1]:7001/")],
)
def test_an_issuer_ends_in_a_slash(host: str, issuer: str) -> None:
    """As Auth0's does; an IPv6 address stands in brackets."""
    assert issuer_at(host, 7001) == issuer


@pytest.mark.parametrize(
    ("configured", "issuer"),
    [
        ("http://127.0.0.1:7001/", "http://127.0.0.1:7001/"),
        ("http://127.0.0.1:7001", "http://127.0.0.1:7001/"),
        ("http://[::1]:7001", "http://[::1]:7001/"),
        ("http://localhost:7001", "http://localhost:7001/"),
        ("https://menu.eu.auth0.com/, http://127.0.0.1:7002/", "http://127.0.0.1:7002/"),
    ],
)
def test_the_local_issuer_is_found(configured: str, issuer: str) -> None:
    """With the slash, and beside issuers that are not local."""
    assert local_issuer(configured) == issuer


@pytest.mark.parametrize(
    "configured",
    [
        "",
        "127.0.0.1:7001",
        "https://menu.eu.auth0.com/",
        "https://127.0.0.1:7001/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1:7001@example.com/",
        "http://user@127.0.0.1:7001/",
        "http://127.0.0.1:7001/realms/menu",
        "http://127.0.0.1:7001/?a",
        "http://127.0.0.1:7001/#a",
        "http://127.0.0.1/",
        "http://127.0.0.1:port/",
        "http://[::1/",
    ],
)
def test_an_issuer_elsewhere_is_refused(configured: str) -> None:
    """The message names the setting."""
    with pytest.raises(AddressError, match="AUTH0_ISSUER_URL"):
        local_issuer(configured)
