"""What holds for any input at all. The examples are the same in every run."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.authz.testing import Clock, FakeIssuer, TokenFactory
from app.authz.testing.issuer import KEYS, METADATA
from app.authz.testing.keys import base64url

from .canary import Canary
from .case import Forge
from .conftest import Send, guarded
from .keys import SeededKey, rs256

#: For fixtures that are the same in every example, and are meant to be.
fast = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

#: Text that WSGI can hand over.
latin = st.text(st.characters(max_codepoint=255), max_size=300)

#: Any JSON value, halves of surrogate pairs and numbers beyond all bounds among them.
texts = st.text(st.characters(categories=None), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)

CLAIMS = [
    "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "client_id", "scope", "permissions",
    "cnf", "nonce", "at_hash", "c_hash", "act", "",
]  # fmt: skip
HEADER = [
    "alg", "kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5u", "x5c", "x5t", "zip", "enc",
    "epk", "p2c", "",
]  # fmt: skip
MEMBERS = ["kty", "n", "e", "kid", "use", "alg", "key_ops", "crv", "x", "y", "x5c", "k", "ext"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_refusal(response: TestResponse) -> bool:
    """Tell a refusal that the design names."""
    return response.status_code in (400, 401, 403) and "code" in response.get_json()


@fast
@given(value=latin)
@example(value="Bearer " + "." * 8000)
@example(value="Bearer ,Bearer")
def test_any_header_is_refused(send: Send, value: str) -> None:
    assert is_refusal(send({"Authorization": value}))


@fast
@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=200))
def test_any_token_is_refused(send: Send, token: str) -> None:
    assert is_refusal(send(bearer(token)))


@fast
@given(parts=st.lists(st.binary(max_size=60).map(base64url), min_size=2, max_size=6))
def test_any_parts_are_refused(send: Send, parts: list[str]) -> None:
    assert is_refusal(send(bearer(".".join(parts))))


@st.composite
def edits(draw: st.DrawFn) -> Callable[[str], str]:
    """Draw a change to a text: characters replaced, cut, put in, repeated or moved."""
    kind = draw(st.sampled_from(["replace", "cut", "insert", "repeat", "swap", "case", "flip"]))
    start, length = draw(st.floats(0, 1)), draw(st.integers(1, 12))
    put = draw(st.text(st.sampled_from("AZaz09-_.=+/~!%\x00 ,"), min_size=1, max_size=length))

    def edit(text: str) -> str:
        at = int(start * len(text))
        before, middle, after = text[:at], text[at : at + length], text[at + length :]
        changed = {
            "replace": put,
            "cut": "",
            "insert": put + middle,
            "repeat": middle * 2,
            "swap": middle[::-1],
            "case": middle.swapcase(),
            "flip": "".join(chr(ord(char) ^ 1) for char in middle),
        }
        return before + changed[kind] + after

    return edit


@fast
@given(changes=st.lists(edits(), min_size=1, max_size=3))
def test_no_change_to_a_good_token_is_good(
    send: Send, forge: Forge, changes: list[Callable[[str], str]]
) -> None:
    """Whatever is done to its text: there is one spelling of it."""
    token = good = forge.good()
    for change in changes:
        token = change(token)
    # White space around it belongs to the header.
    assume(token.strip(" ") != good)
    assert is_refusal(send(bearer(token)))


@fast
@given(data=st.data())
def test_no_mixture_of_good_tokens_is_good(send: Send, forge: Forge, data: st.DataObject) -> None:
    """Parts of tokens of the same key, in any order, but those of one token in theirs."""
    tokens = [forge.signed(claims=forge.claims(sub=name)).split(".") for name in ("al", "bo")]
    pieces = [piece for token in tokens for piece in token]
    mixed = data.draw(st.lists(st.sampled_from(pieces), min_size=3, max_size=3))
    assume(mixed not in tokens)
    assert is_refusal(send(bearer(".".join(mixed))))


@fast
@given(bits=st.sets(st.integers(0, 2047), min_size=1, max_size=8))
def test_no_bit_of_a_signature_may_flip(send: Send, forge: Forge, bits: set[int]) -> None:

    def sign(data: bytes) -> bytes:
        signature = int.from_bytes(rs256(forge.key, data))
        return (signature ^ sum(1 << bit for bit in bits)).to_bytes(forge.key.size)

    token = forge.with_signature(sign)
    assert send(bearer(token)).get_json()["code"] == "token_signature"


@fast
@given(claims=st.dictionaries(st.sampled_from(CLAIMS) | texts, values, max_size=6))
def test_any_claims_of_the_issuer_are_an_answer(
    send: Send, forge: Forge, claims: dict[str, Any]
) -> None:
    """Signed well: in, or refused; never an error."""
    response = send(bearer(forge.signed(claims={**forge.claims(), **claims})))
    assert response.status_code == 200 or is_refusal(response)


@fast
@given(claims=values)
def test_any_payload_of_the_issuer_is_an_answer(send: Send, forge: Forge, claims: Any) -> None:
    assert is_refusal(send(bearer(forge.signed(claims=json.dumps(claims)))))


@fast
@given(header=st.dictionaries(st.sampled_from(HEADER) | texts, values, max_size=5))
def test_any_header_of_the_issuer_is_an_answer(
    send: Send, forge: Forge, canary: Canary, header: dict[str, Any]
) -> None:
    response = send(bearer(forge.signed(header={**forge.header(), **header})))
    assert response.status_code == 200 or is_refusal(response)
    assert canary.requests == []


@fast
@given(proof=latin, scheme=st.sampled_from(["DPoP", "dpop", "Bearer"]))
def test_any_proof_is_refused(send: Send, forge: Forge, proof: str, scheme: str) -> None:
    token = forge.signed(claims=forge.claims(cnf=forge.client_key.confirmation))
    assert is_refusal(send({"Authorization": f"{scheme} {token}", "DPoP": proof}))


@fast
@given(
    header=st.dictionaries(st.sampled_from(HEADER), values, max_size=4),
    claims=st.dictionaries(st.sampled_from(["htm", "htu", "iat", "jti", "ath", "nonce"]), values),
)
def test_any_proof_of_the_clients_key_is_an_answer(
    send: Send, forge: Forge, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    """Signed by the right key."""
    key = forge.client_key
    token = forge.signed(claims=forge.claims(cnf=key.confirmation))
    proof = key.sign(
        {**key.header(), **header}, {**key.claims(forge.method, forge.url, token), **claims}
    )
    response = send({"Authorization": f"DPoP {token}", "DPoP": proof})
    assert response.status_code == 200 or is_refusal(response)


@fast
@given(value=latin)
def test_any_certificate_is_refused(send: Send, forge: Forge, value: str) -> None:
    cnf = forge.client_certificate.confirmation
    token = forge.signed(claims=forge.claims(cnf=cnf))
    response = send({**bearer(token), "Client-Cert": value})
    assert response.get_json()["code"] == "token_binding"


@pytest.fixture(scope="module")
def publisher() -> Iterator[FakeIssuer]:
    """An issuer whose publications the tests replace."""
    with FakeIssuer() as fake:
        fake.keys = [SeededKey("first", seed=7)]
        yield fake


Publish = Callable[[str, bytes], tuple[TestResponse, TestResponse]]


@pytest.fixture
def published(publisher: FakeIssuer, canary: Canary, still: Clock) -> Iterator[Publish]:
    """Publishes a document and sends a good token to an app that knows no keys, and to one that
    did before."""
    forge = Forge(publisher, TokenFactory(publisher, clock=still), canary.url)
    good, clock = bearer(forge.good()), Clock()
    knowing = guarded(publisher, clock).test_client()
    assert knowing.get("/requires_auth", headers=good).status_code == 200

    def publish(path: str, body: bytes) -> tuple[TestResponse, TestResponse]:
        clock.move(31)  # a fetch for an unknown name is permitted again
        publisher.answers[path] = lambda: (200, {}, [body])
        asking = guarded(publisher, still).test_client()
        unknown = bearer(forge.signed(header=forge.header(kid=f"unknown at {clock()}")))
        response = knowing.get("/requires_auth", headers=unknown)
        assert response.status_code in (401, 503)
        return asking.get("/requires_auth", headers=good), response

    yield publish
    publisher.answers.clear()


def is_answer(response: TestResponse) -> bool:
    """Tell what a good token may get from an issuer whose publications are any."""
    if response.status_code == 200:
        return True
    return (response.status_code, response.get_json()["code"]) in {
        (401, "token_key_unknown"),
        (401, "token_signature"),
        (401, "token_issuer"),
        (503, "keys_unavailable"),
    }


publishing = settings(fast, max_examples=20)


@publishing
@given(body=st.binary(max_size=100) | values.map(lambda value: json.dumps(value).encode()))
def test_any_key_set_is_an_answer(published: Publish, body: bytes) -> None:
    assert all(map(is_answer, published(KEYS, body)))


@publishing
@given(body=st.binary(max_size=100) | values.map(lambda value: json.dumps(value).encode()))
def test_any_metadata_is_an_answer(published: Publish, body: bytes) -> None:
    assert all(map(is_answer, published(METADATA, body)))


@publishing
@given(
    members=st.lists(
        values | st.dictionaries(st.sampled_from(MEMBERS), values, max_size=8), max_size=4
    )
)
def test_any_members_beside_the_good_key_are_an_answer(
    published: Publish, publisher: FakeIssuer, members: list[Any]
) -> None:
    """The good key is there, so its token passes."""
    jwk = publisher.signing_key.jwk
    crooked = [{**jwk, **member} for member in members if isinstance(member, dict)]
    body = json.dumps({"keys": [*members, *crooked, jwk]}).encode()
    response, _ = published(KEYS, body)
    assert response.status_code == 200
