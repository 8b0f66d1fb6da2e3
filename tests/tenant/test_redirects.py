"""Which addresses are of this machine, so that a browser may be sent there."""

import pytest

from app.tenant.redirects import is_local, is_local_origin, origin_of


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1",
        "http://127.0.0.1/",
        "http://127.0.0.1:5173/callback",
        "http://127.0.0.1:65535/a/b;c=d/%2F?e=f&g=h:i@j/k?l",
        "http://127.9.9.9:1/",
        "http://localhost/callback",
        "http://localhost:3000",
        "https://localhost:3000/",
        "http://[::1]:5173/callback",
        "http://127.0.0.1:5173?a=b",
        "http://127.0.0.1:5173//evil.example/",
    ],
)
def test_an_address_of_this_machine_is_good(address: str) -> None:
    """Whatever the port and the path (RFC 8252, section 7.3)."""
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/callback",
        "//127.0.0.1/",
        "127.0.0.1:5173",
        "ftp://127.0.0.1/",
        "javascript:alert(1)//127.0.0.1/",
        "data:text/html,http://127.0.0.1/",
        "http:127.0.0.1",
        "http:/127.0.0.1",
        "http:///127.0.0.1",
        "HTTP://127.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://evil.example/?http://127.0.0.1/",
        "http://evil.example#@127.0.0.1/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1\\.evil.example/",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:5173@evil.example/",
        "http://evil.example:80@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1%2eevil.example/",
        "http://127.0.0.1%00.evil.example/",
        "http://127.0.0.1\u3002evil.example/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127.0.0.1:/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:123456/",
        "http://127.0.0.1:-1/",
        "http://127.1/",
        "http://127.0.0.01/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0.0.0.0/",
        "http://192.168.0.1/",
        "http://localhost./",
        "http://local\thost/",
        "http://[::1/",
        "http://[::1].evil.example/",
        "http://[::]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[fe80::1%25lo]/",
        "http://[[::1]]/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a#b",
        "http://127.0.0.1/\r\nSet-Cookie: a=b",
        "http://127.0.0.1/\n",
        "http://127.0.0.1/\x00",
        "http://127.0.0.1/\u00e9",
        "http://127.0.0.1/<script>",
        'http://127.0.0.1/"',
        " http://127.0.0.1/",
        "http://127.0.0.1/ ",
    ],
)
def test_any_other_address_is_not(address: str) -> None:
    """Neither one elsewhere nor one that somebody might read otherwise."""
    assert not is_local(address)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://127.0.0.1:5173/callback?a", "http://127.0.0.1:5173"),
        ("https://oauth.pstmn.io/v1/callback", "https://oauth.pstmn.io"),
        ("http://[::1]/", "http://[::1]"),
    ],
)
def test_an_address_has_an_origin(address: str, origin: str) -> None:
    assert origin_of(address) == origin


def test_another_text_has_none() -> None:
    with pytest.raises(ValueError, match="not an address"):
        origin_of("javascript:alert(1)")


@pytest.mark.parametrize(
    ("origin", "is_good"),
    [
        ("http://127.0.0.1:5173", True),
        ("http://localhost", True),
        ("http://127.0.0.1:5173/", False),
        ("null", False),
        ("", False),
        ("*", False),
        ("https://evil.example", False),
    ],
)
def test_an_origin_is_no_address(origin: str, is_good: bool) -> None:
    """It has no path (RFC 6454, section 7)."""
    assert is_local_origin(origin) is is_good
