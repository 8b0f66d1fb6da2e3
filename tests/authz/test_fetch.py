"""Fetching a document: what is refused, and that every wait ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.authz.testing import FakeIssuer
from app.authz.testing.issuer import KEYS, Answer
from app.authz.tokens.fetch import MAX_BODY, FetchError, fetch

from .management_api import FakeManagement


def soon() -> float:
    """Return a deadline that a test can wait for."""
    return time.monotonic() + 0.5


@pytest.fixture
def url(issuer: FakeIssuer) -> str:
    return issuer.url.removesuffix("/") + KEYS


def test_a_document_is_read(url: str, issuer: FakeIssuer) -> None:
    issuer.cache_control = 'public, MAX-AGE="60"'
    document = fetch(url, soon())
    assert document.content == issuer.document(KEYS)
    assert document.max_age == 60


def test_credentials_are_sent_beside_our_own_headers(url: str, issuer: FakeIssuer) -> None:
    fetch(url, soon(), authorization="Bearer t")
    assert issuer.last_headers["Authorization"] == "Bearer t"
    assert issuer.last_headers["Accept"] == "application/json"


def test_a_form_is_posted() -> None:
    """As it is written, and to the same limits as a question."""
    with FakeManagement() as api:
        api.token_answer = lambda: (200, {}, {"ok": True})
        assert fetch(f"{api.url}/oauth/token", soon(), form={"a": "b &é"}).content == {"ok": True}
        assert api.forms == [{"a": "b &é"}]
        api.token_answer = lambda: (307, {"Location": f"{api.url}/elsewhere"}, b"")
        with pytest.raises(FetchError, match="307"):
            fetch(f"{api.url}/oauth/token", soon(), form={"a": "b"})
        assert len(api.forms) == 2


def test_a_refusal_keeps_its_status_and_headers(url: str, issuer: FakeIssuer) -> None:
    issuer.answers[KEYS] = lambda: (429, {"retry-after": "7"}, [])
    with pytest.raises(FetchError) as caught:
        fetch(url, soon())
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "7")
    issuer.up = False
    with pytest.raises(FetchError) as caught:
        fetch(url, soon())
    assert (caught.value.status, caught.value.headers) == (None, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://keys.test/",
        "http://127.0.0.1.keys.test/",
        "http://localhost.test/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://",
        "https://host:port/",
        "//127.0.0.1/",
        "",
        "https://[::1",
    ],
)
def test_an_unsafe_address_is_not_asked(url: str) -> None:
    """Plain http could be answered by anybody on the way; the machine itself is the exception."""
    with pytest.raises(FetchError, match="refused"):
        fetch(url, soon())


def test_a_redirect_is_not_followed(url: str, issuer: FakeIssuer) -> None:
    """A key address that sends elsewhere is not the key address (CVE-2026-102267)."""
    issuer.answers[KEYS] = lambda: (302, {"Location": f"{issuer.url}elsewhere"}, [])
    with pytest.raises(FetchError, match="302"):
        fetch(url, soon())
    assert issuer.requests["/elsewhere"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(url: str, issuer: FakeIssuer, body: bytes) -> None:
    issuer.answers[KEYS] = lambda: (200, {}, [body])
    with pytest.raises(FetchError, match="JSON"):
        fetch(url, soon())


def test_a_body_has_a_largest_size(url: str, issuer: FakeIssuer) -> None:
    """A megabyte is read, no more, however much is sent."""
    fits = b'{"keys": []}'
    issuer.answers[KEYS] = lambda: (200, {}, [fits.ljust(MAX_BODY)])
    assert fetch(url, soon()).content == {"keys": []}
    issuer.answers[KEYS] = lambda: (200, {}, [fits.ljust(MAX_BODY + 1)])
    with pytest.raises(FetchError, match="more than"):
        fetch(url, soon())


def _dripping(issuer: FakeIssuer) -> Iterator[bytes]:
    """Send a byte every twentieth of a second, for as long as the issuer runs."""
    while not issuer.closing:
        yield b" "
        issuer.pause(0.05)


@pytest.mark.parametrize("length", [{}, {"Content-Length": "5000"}])
def test_a_dripping_body_ends_at_the_deadline(
    url: str, issuer: FakeIssuer, length: dict[str, str]
) -> None:
    """`requests` alone would read on: each byte comes within its own time limit."""

    def drip() -> Answer:
        return 200, length, _dripping(issuer)

    issuer.answers[KEYS] = drip
    began = time.monotonic()
    with pytest.raises(FetchError):
        fetch(url, soon())
    assert time.monotonic() - began < 5


def test_dripping_headers_end_at_the_deadline(url: str, issuer: FakeIssuer) -> None:
    issuer.drip_headers = True
    began = time.monotonic()
    with pytest.raises(FetchError):
        fetch(url, soon())
    assert time.monotonic() - began < 5


def test_a_silent_server_ends_at_the_deadline(url: str, issuer: FakeIssuer) -> None:
    def silence() -> Answer:
        issuer.pause(20)
        return 200, {}, []

    issuer.answers[KEYS] = silence
    with pytest.raises(FetchError):
        fetch(url, soon())


def test_a_closed_connection_is_an_error(url: str, issuer: FakeIssuer) -> None:
    issuer.up = False
    with pytest.raises(FetchError):
        fetch(url, soon())


def test_nobody_listening_is_an_error() -> None:
    with pytest.raises(FetchError):
        fetch("http://127.0.0.1:1/", soon())


def test_no_password_from_netrc_is_sent(
    url: str, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a person keeps for other programs is not the issuer's business."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login al password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fetch(url, soon())
    assert "Authorization" not in issuer.last_headers
