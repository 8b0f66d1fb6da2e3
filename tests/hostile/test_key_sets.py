"""What an issuer publishes is hostile input as well: it costs its own tokens at most."""

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.authz.testing import Clock, FakeIssuer, TokenFactory
from app.authz.testing.issuer import KEYS, METADATA, Answer

from .canary import Canary
from .case import Forge
from .conftest import guarded
from .key_sets import HARMLESS, USELESS, Change, Jwk
from .keys import SeededKey, rs256
from .padding import digest_info, encoded
from .publications import ADDRESSES, NAMES, NO_KEY_SETS

pytestmark = pytest.mark.slow

Ask = Callable[[str], TestResponse]


@pytest.fixture(scope="module")
def publisher() -> Iterator[FakeIssuer]:
    """An issuer whose publications the tests replace."""
    with FakeIssuer() as fake:
        fake.keys = [SeededKey("first", seed=7)]
        yield fake


@pytest.fixture
def forged(publisher: FakeIssuer, canary: Canary, still: Clock) -> Iterator[Forge]:
    yield Forge(publisher, TokenFactory(publisher, clock=still), canary.url)
    publisher.members = None
    publisher.answers.clear()


@pytest.fixture
def ask(publisher: FakeIssuer, forged: Forge, still: Clock) -> Ask:
    """Sends a token to an app that has not fetched any keys yet."""
    client = guarded(publisher, still).test_client()
    return lambda token: client.get("/requires_auth", headers={"Authorization": f"Bearer {token}"})


def outcome(response: TestResponse) -> tuple[int, str | None]:
    """Return status and code."""
    return response.status_code, response.get_json().get("code")


@pytest.mark.parametrize("change", USELESS.values(), ids=USELESS)
def test_a_useless_member_makes_no_token_pass(ask: Ask, forged: Forge, change: Change) -> None:
    """RFC 7517, section 5: what is not understood is passed over."""
    forged.issuer.members = [change(forged.key.jwk)]
    assert outcome(ask(forged.good())) == (401, "token_key_unknown")


def test_useless_members_do_not_spoil_the_good_one(ask: Ask, forged: Forge) -> None:
    """All of them around it, under its own name as well (CVE-2026-102274)."""
    useless = [
        change(forged.key.jwk) for title, change in USELESS.items() if "of 3,000,000" not in title
    ]
    forged.issuer.members = [*useless, forged.key.jwk, *useless]
    assert ask(forged.good()).status_code == 200


@pytest.mark.parametrize("members", HARMLESS.values(), ids=HARMLESS)
def test_what_is_odd_and_harmless_passes(
    ask: Ask, forged: Forge, members: Callable[[Jwk], list[Any]]
) -> None:
    forged.issuer.members = members(forged.key.jwk)
    assert ask(forged.good()).status_code == 200


def answering(body: bytes) -> Callable[[], Answer]:
    return lambda: (200, {"Content-Type": "application/json"}, [body])


@pytest.mark.parametrize("change", NO_KEY_SETS.values(), ids=NO_KEY_SETS)
def test_what_is_no_key_set_is_an_outage(
    ask: Ask, forged: Forge, change: Callable[[bytes], bytes]
) -> None:
    body = json.dumps(forged.issuer.document(KEYS)).encode()
    forged.issuer.answers[KEYS] = answering(change(body))
    response = ask(forged.good())
    assert outcome(response) == (503, "keys_unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert "WWW-Authenticate" not in response.headers


Publication = Callable[[str, str], Any]


def metadata(forged: Forge, **changes: Any) -> bytes:
    """Return the issuer's metadata, with changes."""
    return json.dumps({**forged.issuer.document(METADATA), **changes}).encode()


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_keys_are_not_fetched_from_anywhere(
    ask: Ask, forged: Forge, canary: Canary, address: Publication
) -> None:
    """CVE-2026-48522: https alone, or this machine."""
    where = address(forged.issuer.url, forged.canary)
    forged.issuer.answers[METADATA] = answering(metadata(forged, jwks_uri=where))
    assert outcome(ask(forged.good())) == (503, "keys_unavailable")
    assert canary.requests == []


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_metadata_of_another_are_an_outage(ask: Ask, forged: Forge, name: Publication) -> None:
    """OpenID Connect Discovery, section 4.3."""
    issuer = name(forged.issuer.url, forged.canary)
    forged.issuer.answers[METADATA] = answering(metadata(forged, issuer=issuer))
    assert outcome(ask(forged.good())) == (503, "keys_unavailable")


@pytest.mark.parametrize("change", NO_KEY_SETS.values(), ids=NO_KEY_SETS)
def test_what_is_no_metadata_is_an_outage(
    ask: Ask, forged: Forge, change: Callable[[bytes], bytes]
) -> None:
    """None of it names the issuer."""
    forged.issuer.answers[METADATA] = answering(change(b'{"keys":[{}]}'))
    assert outcome(ask(forged.good())) == (503, "keys_unavailable")


@pytest.mark.parametrize("status", [204, 301, 302, 303, 307, 308, 400, 401, 404, 429, 500, 503])
@pytest.mark.parametrize("path", [METADATA, KEYS])
def test_no_redirect_is_followed(
    ask: Ask, forged: Forge, canary: Canary, status: int, path: str
) -> None:
    """CVE-2026-102267."""
    forged.issuer.answers[path] = lambda: (status, {"Location": f"{forged.canary}keys"}, [])
    assert outcome(ask(forged.good())) == (503, "keys_unavailable")
    assert canary.requests == []


def test_two_keys_of_one_name_make_no_third_pass(ask: Ask, forged: Forge) -> None:
    """The first has the name."""
    forged.issuer.members = [forged.key.jwk, {**forged.thief.jwk, "kid": forged.key.kid}]
    assert ask(forged.good()).status_code == 200
    assert outcome(ask(forged.signed(key=forged.thief))) == (401, "token_signature")


def unpadded(key: SeededKey, data: bytes) -> bytes:
    """Return the signature that an exponent of 1 lets anybody make (Wycheproof, exponentOne)."""
    return encoded(digest_info(sha256(data).digest()), key.size)


def test_an_exponent_of_one_lets_nobody_sign(ask: Ask, forged: Forge) -> None:
    forged.issuer.members = [{**forged.key.jwk, "e": "AQ"}]
    token = forged.with_signature(lambda data: unpadded(forged.key, data))
    assert outcome(ask(token)) == (401, "token_key_unknown")


@pytest.mark.parametrize("garbage", [b"\x00", b"\xff", b"\xab"], ids=["zeros", "ones", "others"])
def test_an_exponent_of_three_lets_nobody_sign(ask: Ask, forged: Forge, garbage: bytes) -> None:
    """Bleichenbacher's cube root (CVE-2006-4339): the head of the message is right, the rest is
    what it happens to be."""
    key = SeededKey("three", seed=39, exponent=3)
    forged.issuer.members = [key.jwk]
    good = forged.signed(header=forged.header(kid="three"), key=key)
    assert ask(good).status_code == 200

    def forge(data: bytes) -> bytes:
        head = b"\x00\x01" + b"\xff" * 8 + b"\x00" + digest_info(sha256(data).digest())
        return cube_root(int.from_bytes(head.ljust(key.size, garbage))).to_bytes(key.size)

    token = forged.with_signature(forge, kid="three")
    assert outcome(ask(token)) == (401, "token_signature")


def cube_root(number: int) -> int:
    """Return the whole number whose cube comes closest to a number from above."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def test_a_symmetric_key_in_the_set_signs_nothing(ask: Ask, forged: Forge) -> None:
    """CVE-2026-49852: neither under a name of its own, nor under the good one's."""
    secret = {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "secret"}
    forged.issuer.members = [forged.key.jwk, secret]
    for header in ({"kid": "secret", "alg": "HS256"}, {"alg": "HS256"}):
        token = forged.with_signature(lambda d: hmac.digest(b"secret", d, "sha256"), **header)
        assert outcome(ask(token)) == (401, "token_algorithm")
    token = forged.with_signature(lambda d: hmac.digest(b"secret", d, "sha256"), kid="secret")
    assert outcome(ask(token)) == (401, "token_key_unknown")


HOSTILE: Mapping[str, Callable[[], Answer]] = {
    "an outage": lambda: (500, {}, []),
    "HTML": answering(b"<html>"),
    "nested lists": answering(b"[" * 10_000),
    "no keys": answering(b'{"keys": null}'),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_does_not_take_good_keys_away(
    ask: Ask, forged: Forge, answer: Callable[[], Answer]
) -> None:
    """CVE-2026-101917: what was known goes on to be known."""
    assert ask(forged.good()).status_code == 200
    forged.issuer.answers[KEYS] = answer
    unknown = forged.signed(header=forged.header(kid="unknown"), key=forged.thief)
    assert outcome(ask(unknown)) == (503, "keys_unavailable")
    assert ask(forged.signed(claims=forged.claims(jti="another"))).status_code == 200


def test_a_signature_is_made_as_the_library_makes_it() -> None:
    """The corpus signs by hand: what it signs without a defect is what anybody would sign."""
    key = SeededKey("first", seed=7)
    message = encoded(digest_info(sha256(b"data").digest()), key.size)
    assert key.raw(message) == rs256(key, b"data")
