"""DPoP proofs (RFC 9449): the good one passes, once; each that is broken in one thing does not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.authz.algorithms import PROOF_ALGORITHMS
from app.authz.errors import (
    AuthzError,
    DpopNonceRequired,
    DpopProofInvalid,
    StateUnavailable,
    TokenBinding,
)
from app.authz.testing import Clock, DpopKey, SigningKey
from app.authz.testing.keys import base64url
from app.authz.testing.tokens import ABSENT
from app.authz.tokens.dpop import MAX_AGE, ProofCheck
from app.authz.tokens.nonces import WINDOW, Nonces
from app.authz.tokens.proofs import MAX_PROOF_LENGTH
from app.authz.tokens.targets import same_target

from .memory import Memory

METHOD = "POST"
URL = "https://api.test/items"
TOKEN = "eyJ0.eyJp.c2ln"
LEEWAY = 10

#: Every way in which `DpopKey.broken` breaks a proof.
BROKEN = sorted(DpopKey().broken(METHOD, URL, TOKEN))

Check = Callable[..., None]


@pytest.fixture
def memory(clock: Clock) -> Memory:
    return Memory(clock)


@pytest.fixture
def key(clock: Clock) -> DpopKey:
    return DpopKey(clock=clock)


def check_with(memory: Memory, clock: Clock, nonces: Nonces | None = None) -> ProofCheck:
    return ProofCheck(first_use=memory.add_if_absent, clock=clock, leeway=LEEWAY, nonces=nonces)


@pytest.fixture
def check(memory: Memory, clock: Clock, key: DpopKey) -> Check:
    """Checks a proof for the request above, and whatever else is given in its place."""
    checking = check_with(memory, clock)

    def check(*proofs: str, **changes: Any) -> None:
        good = {"method": METHOD, "url": URL, "token": TOKEN, "thumbprint": key.thumbprint}
        checking.check(proofs, **(good | changes))

    return check


# The proof as a whole


@pytest.mark.parametrize("algorithm", PROOF_ALGORITHMS)
def test_a_good_proof_passes(check: Check, clock: Clock, algorithm: str) -> None:
    key = DpopKey(algorithm, clock=clock)
    check(key.proof(METHOD, URL, TOKEN), thumbprint=key.thumbprint)


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "Ed25519"])
def test_a_broken_proof_is_refused(
    check: Check, memory: Memory, clock: Clock, algorithm: str, what: str
) -> None:
    """And leaves no trace in the memory."""
    key = DpopKey(algorithm, clock=clock)
    with pytest.raises(DpopProofInvalid):
        check(key.broken(METHOD, URL, TOKEN)[what], thumbprint=key.thumbprint)
    assert not memory.asked


def test_the_example_of_the_rfc_passes(memory: Memory, clock: Clock) -> None:
    """RFC 9449, section 7.1, figure 13; the thumbprint is that of section 6.1."""
    clock.now = 1562262618.0
    proof = (
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
        "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR"
        "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE"
        "QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIj"
        "oiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0Z"
        "WRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNF"
        "c05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71E"
        "OptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
    )
    check_with(memory, clock).check(
        [proof],
        method="GET",
        url="https://resource.example.org/protectedresource",
        token="Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
        thumbprint="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
    )


def test_a_request_without_proof_is_refused(check: Check) -> None:
    with pytest.raises(DpopProofInvalid):
        check()


def test_two_proofs_are_none(check: Check, key: DpopKey) -> None:
    """As two headers, and as the one that WSGI makes of them."""
    one, other = (key.proof(METHOD, URL, TOKEN) for _ in range(2))
    with pytest.raises(DpopProofInvalid):
        check(one, other)
    with pytest.raises(DpopProofInvalid):
        check(f"{one},{other}")


def test_a_long_proof_is_not_read(check: Check, key: DpopKey) -> None:
    """A good proof is refused for its length alone."""
    proof = key.proof(METHOD, URL, TOKEN, filler="a" * MAX_PROOF_LENGTH)
    with pytest.raises(DpopProofInvalid, match="long"):
        check(proof)


def test_a_proof_has_one_spelling(check: Check, key: DpopKey) -> None:
    """Otherwise a used one could be written anew."""
    proof = key.proof(METHOD, URL, TOKEN)
    for other in (proof + "=", proof + "!!!!", f" {proof}", proof.replace(".", "=.", 1)):
        with pytest.raises(DpopProofInvalid):
            check(other)


def test_a_name_that_occurs_twice_is_refused(check: Check, key: DpopKey) -> None:
    claims = json.dumps(key.claims(METHOD, URL, TOKEN))
    with pytest.raises(DpopProofInvalid, match="JSON"):
        check(key.sign(key.header(), claims[:-1] + ', "htm": "POST"}'))


@pytest.mark.parametrize("typ", ["dpop+jwt", "DPoP+JWT", "application/dpop+jwt"])
def test_the_type_is_compared_as_media_types_are(check: Check, key: DpopKey, typ: str) -> None:
    """RFC 7515, section 4.1.9."""
    check(key.sign(key.header(typ=typ), key.claims(METHOD, URL, TOKEN)))


def test_what_else_a_proof_says_is_passed_over(check: Check, key: DpopKey) -> None:
    """Browsers export keys with `ext` and `key_ops`."""
    jwk = {**key.jwk, "ext": True, "key_ops": ["verify"], "kid": "mine"}
    claims = key.claims(METHOD, URL, TOKEN, more={"a": 1}, nonce="of another server")
    check(key.sign(key.header(jwk=jwk, kid="x", x5u="https://attacker.test/"), claims))


# The key


def test_the_proof_of_another_key_is_no_binding(check: Check, memory: Memory, clock: Clock) -> None:
    """Its signature is good: it is just not that of the one the token was issued to."""
    with pytest.raises(TokenBinding):
        check(DpopKey(clock=clock).proof(METHOD, URL, TOKEN))
    assert not memory.asked


def test_a_key_that_did_not_sign_is_refused(check: Check, key: DpopKey, clock: Clock) -> None:
    other = DpopKey(clock=clock)
    with pytest.raises(DpopProofInvalid, match="signature"):
        check(other.sign(key.header(), key.claims(METHOD, URL, TOKEN)))


def test_the_public_key_is_no_secret(check: Check, key: DpopKey) -> None:
    """HMAC with the embedded key (CVE-2022-29217)."""
    signing = SigningKey()
    token = signing.sign_symmetrically(
        key.header(alg="HS256", jwk=signing.jwk), key.claims(METHOD, URL, TOKEN)
    )
    with pytest.raises(DpopProofInvalid, match="algorithm"):
        check(token)


@pytest.mark.parametrize("bits", [1024, 8200])
def test_an_rsa_key_of_a_strange_length_is_refused(check: Check, key: DpopKey, bits: int) -> None:
    """Short ones are weak, long ones slow. It is refused unbuilt, so it need not be a real one."""
    jwk = {"kty": "RSA", "e": "AQAB", "n": base64url(b"\xff" * (bits // 8))}
    with pytest.raises(DpopProofInvalid, match=f"{bits} bits"):
        check(key.sign(key.header(alg="RS256", jwk=jwk), key.claims(METHOD, URL, TOKEN)))


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_member_is_refused(check: Check, key: DpopKey, name: str) -> None:
    """RFC 9449, section 4.3, item 7."""
    jwk = {**key.jwk, name: "AQ"}
    with pytest.raises(DpopProofInvalid, match="private"):
        check(key.sign(key.header(jwk=jwk), key.claims(METHOD, URL, TOKEN)))


def test_a_point_off_the_curve_is_refused(check: Check, key: DpopKey) -> None:
    jwk = {**key.jwk, "y": key.jwk["x"]}
    with pytest.raises(DpopProofInvalid, match="built"):
        check(key.sign(key.header(jwk=jwk), key.claims(METHOD, URL, TOKEN)))


def test_a_key_and_an_algorithm_must_fit(check: Check, key: DpopKey) -> None:
    with pytest.raises(DpopProofInvalid, match="algorithms"):
        check(key.sign(key.header(alg="RS256"), key.claims(METHOD, URL, TOKEN)))


# The request


@pytest.mark.parametrize(
    "htu",
    [
        "https://api.test/items",
        "HTTPS://API.test/items",
        "https://api.test:443/items",
        "https://api.test:/items",
        "https://api.test/items?limit=1",
        "https://api.test/items#top",
        "https://api.test/%69tem%73",
    ],
)
def test_spellings_of_the_address_pass(check: Check, key: DpopKey, htu: str) -> None:
    """RFC 9449, section 4.3, item 9: as RFC 3986, section 6.2, normalises them."""
    check(key.proof(METHOD, htu, TOKEN))


@pytest.mark.parametrize(
    "htu",
    [
        "http://api.test/items",
        "http://api.test:443/items",
        "https://api.test:8443/items",
        "https://api.test:0/items",
        "https://api.test.attacker.test/items",
        "https://attacker@api.test/items",
        "https://api.test@attacker.test/items",
        "https://api.test/items/",
        "https://api.test/Items",
        "https://api.test//items",
        "https://api.test/a/../items",
        "https://api.test/",
        "https://api.test",
        "//api.test/items",
        "/items",
        "items",
        "",
        "https:///items",
        "https://api.test/it\nems",
        " https://api.test/items",
        "https://api.test/items\u00e9",
        "https://[::1/items",
        "https://api.test:x/items",
        "https://api.test:99999/items",
        "ftp://api.test/items",
    ],
)
def test_another_address_is_refused(check: Check, key: DpopKey, htu: str) -> None:
    with pytest.raises(DpopProofInvalid, match="htu"):
        check(key.proof(METHOD, htu, TOKEN))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.test", "https://api.test/"),
        ("http://api.test:80/", "http://api.test/"),
        ("http://[::1]:7000/items", "http://[::1]:7000/items"),
        ("https://api.test/records/a%3ab", "https://api.test/records/a:b"),
        ("https://api.test/caf%c3%a9", "https://api.test/caf%C3%A9"),
        ("https://api.test/a%2Fb", "https://api.test/a/b"),
    ],
)
def test_addresses_that_the_app_cannot_tell_apart_are_one(one: str, other: str) -> None:
    """WSGI undoes the percent-encoding of the path before anybody sees it."""
    assert same_target(one, other)


def test_encoding_is_undone_once() -> None:
    assert not same_target("https://api.test/a%253Fb", "https://api.test/a%3Fb")


def test_two_addresses_that_are_none_are_not_the_same() -> None:
    assert not same_target("items", "items")


# The time


@pytest.mark.parametrize("offset", [-(MAX_AGE + LEEWAY), -1.5, 0, MAX_AGE + LEEWAY])
def test_a_time_close_to_now_passes(
    check: Check, key: DpopKey, clock: Clock, offset: float
) -> None:
    check(key.proof(METHOD, URL, TOKEN, iat=clock() + offset))


@pytest.mark.parametrize("offset", [-(MAX_AGE + LEEWAY + 1), MAX_AGE + LEEWAY + 1])
def test_a_time_further_off_is_refused(
    check: Check, key: DpopKey, clock: Clock, offset: float
) -> None:
    with pytest.raises(DpopProofInvalid, match="iat"):
        check(key.proof(METHOD, URL, TOKEN, iat=clock() + offset))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999", "9" * 400])
def test_a_time_without_end_is_refused(check: Check, key: DpopKey, number: str) -> None:
    claims = json.dumps(key.claims(METHOD, URL, TOKEN, iat="TIME")).replace('"TIME"', number)
    with pytest.raises(DpopProofInvalid):
        check(key.sign(key.header(), claims))


# Replay


def test_a_proof_is_good_once(check: Check, key: DpopKey) -> None:
    proof = key.proof(METHOD, URL, TOKEN)
    check(proof)
    with pytest.raises(DpopProofInvalid, match="before"):
        check(proof)


def test_a_name_is_good_once(check: Check, key: DpopKey, clock: Clock) -> None:
    """It is the `jti` that counts, not the text of the proof."""
    check(key.proof(METHOD, URL, TOKEN, jti="one"))
    clock.move(1)
    with pytest.raises(DpopProofInvalid, match="before"):
        check(key.proof(METHOD, URL, TOKEN, jti="one"))


def test_names_of_two_keys_do_not_meet(check: Check, key: DpopKey, clock: Clock) -> None:
    """One client cannot use up another's."""
    other = DpopKey(clock=clock)
    check(key.proof(METHOD, URL, TOKEN, jti="one"))
    check(other.proof(METHOD, URL, TOKEN, jti="one"), thumbprint=other.thumbprint)


@pytest.mark.parametrize("jti", ["a", "a" * 256, "\u00e9\U0001f600", "a b\n"])
def test_a_name_is_any_text(check: Check, key: DpopKey, jti: str) -> None:
    check(key.proof(METHOD, URL, TOKEN, jti=jti))


def test_a_name_that_has_no_encoding_is_refused(check: Check, key: DpopKey) -> None:
    """Half a surrogate pair."""
    with pytest.raises(DpopProofInvalid, match="JSON"):
        check(key.proof(METHOD, URL, TOKEN, jti="\ud800"))


@pytest.mark.parametrize("offset", [-(MAX_AGE + LEEWAY), 0, MAX_AGE + LEEWAY])
def test_a_proof_is_remembered_for_as_long_as_it_could_be_accepted(
    check: Check, key: DpopKey, memory: Memory, clock: Clock, offset: float
) -> None:
    """By a server too whose clock is behind by the leeway."""
    check(key.proof(METHOD, URL, TOKEN, iat=clock() + offset))
    assert list(memory.asked.values()) == [
        (offset + MAX_AGE + LEEWAY + LEEWAY + 1, MAX_AGE + LEEWAY + LEEWAY + 1 - offset)
    ]


def test_a_memory_out_of_reach_lets_nobody_in(check: Check, key: DpopKey, memory: Memory) -> None:
    memory.down = True
    with pytest.raises(StateUnavailable):
        check(key.proof(METHOD, URL, TOKEN))


# Nonces


@pytest.fixture
def nonces(clock: Clock) -> Nonces:
    return Nonces("a secret that all servers share!", clock)


@pytest.fixture
def check_nonce(memory: Memory, clock: Clock, key: DpopKey, nonces: Nonces) -> Check:
    """Checks a proof of the key with a nonce; with other changes to its claims too."""
    checking = check_with(memory, clock, nonces)

    def check(nonce: object = ABSENT, **changes: Any) -> None:
        proof = key.proof(METHOD, URL, TOKEN, nonce=nonce, **changes)
        checking.check([proof], method=METHOD, url=URL, token=TOKEN, thumbprint=key.thumbprint)

    return check


@pytest.mark.parametrize("nonce", [ABSENT, None, "", 1, "made-up", "\u00e9"])
def test_a_proof_without_our_nonce_is_refused(
    check_nonce: Check, memory: Memory, nonces: Nonces, nonce: object
) -> None:
    """And is not used up by it."""
    with pytest.raises(DpopNonceRequired):
        check_nonce(nonce)
    assert not memory.asked
    check_nonce(nonces.current())


def test_an_old_nonce_is_answered_with_a_new_one(
    check_nonce: Check, nonces: Nonces, clock: Clock
) -> None:
    nonce = nonces.current()
    clock.move(2 * WINDOW)
    with pytest.raises(DpopNonceRequired):
        check_nonce(nonce)


def test_a_proof_that_is_bad_is_not_asked_for_a_nonce(check_nonce: Check) -> None:
    """Sending it again would not help."""
    with pytest.raises(DpopProofInvalid):
        check_nonce(htm="GET")


# Whatever anybody sends

#: What a member may hold that somebody has made up.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_NAMES = ("kty", "crv", "x", "y", "n", "e", "use", "key_ops", "alg", "kid", "ext")
_KEY = DpopKey()
_RSA_KEY = DpopKey("RS256")
_MEMORY = Memory(Clock())
_CHECK = ProofCheck(first_use=_MEMORY.add_if_absent, clock=Clock(), leeway=LEEWAY)

_bounded = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def refused(proof: str, thumbprint: str = _KEY.thumbprint) -> bool:
    """Say whether a proof is refused, and as it should be: anything but a refusal is raised."""
    try:
        _CHECK.check([proof], method=METHOD, url=URL, token=TOKEN, thumbprint=thumbprint)
    except AuthzError as error:
        return error.status == 401
    return False


@pytest.mark.parametrize("text", ["", ".", "..", "a", "a.b", "a.b.c", "a.b.c.d", "é..", "\ud800"])
def test_hostile_text_is_no_proof(text: str) -> None:
    assert refused(text)


@_bounded
@given(st.text() | ANYTHING.map(json.dumps), st.text() | ANYTHING.map(json.dumps))
def test_no_json_breaks_the_reader(header: str, claims: str) -> None:
    def encoded(text: str) -> str:
        return base64url(text.encode(errors="replace"))

    assert refused(f"{encoded(header)}.{encoded(claims)}.{base64url(bytes(64))}")


@_bounded
@given(st.sampled_from(["typ", "alg", "jwk", "crit", "b64"]), ANYTHING)
def test_no_header_breaks_the_reader(name: str, value: object) -> None:
    proof = _KEY.sign(_KEY.header(**{name: value}), _KEY.claims(METHOD, URL, TOKEN))
    assert refused(proof)


@_bounded
@given(
    st.sampled_from([_KEY, _RSA_KEY]),
    st.dictionaries(
        st.sampled_from(_NAMES),
        ANYTHING | st.from_regex(r"[A-Za-z0-9_-]{1,400}", fullmatch=True),
        min_size=1,
    ),
    st.sampled_from(sorted(PROOF_ALGORITHMS)),
)
def test_no_key_breaks_the_reader(key: DpopKey, members: dict[str, object], algorithm: str) -> None:
    """Some of them are good: what is left to see is that nothing but a refusal is raised."""
    header = key.header(alg=algorithm, jwk={**key.jwk, **members})
    refused(key.sign(header, key.claims(METHOD, URL, TOKEN)), key.thumbprint)


@_bounded
@given(st.sampled_from(["htm", "htu", "iat", "ath", "jti"]), ANYTHING)
def test_no_claim_breaks_the_check(name: str, value: object) -> None:
    proof = _KEY.proof(METHOD, URL, TOKEN, **{name: value})
    good = name == "jti" and isinstance(value, str) and 1 <= len(value) <= 256
    assert good or refused(proof)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting_is_refused(opening: str) -> None:
    """CVE-2026-101918."""
    text = base64url((opening * 1000).encode())
    assert refused(f"{text}.{text}.{text}")
