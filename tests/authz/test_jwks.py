"""What a published key set may hold, and what of it is used."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.authz.testing import FakeIssuer, SigningKey, TokenFactory
from app.authz.testing.keys import base64url
from app.authz.tokens.jwks import KeySet

from ..hostile.key_sets import MODULI
from .conftest import Send, code_of

GOOD = SigningKey("good").jwk
RS256 = frozenset({"RS256"})


def without(*names: str) -> dict[str, Any]:
    """Return the good key without some members."""
    return {name: value for name, value in GOOD.items() if name not in names}


BAD_MEMBERS: list[Any] = [
    None,
    1,
    "key",
    [],
    {},
    {"kty": "RSA"},
    {"kty": "oct", "k": "c2VjcmV0", "kid": "good", "alg": "HS256"},
    {"kty": "oct", "k": "", "kid": "good"},
    {"kty": "RSA", "n": 1, "e": 2, "kid": "good"},
    {"kty": ["RSA"], "kid": "good"},
    GOOD | {"kid": 1},
    GOOD | {"kid": None},
    GOOD | {"alg": "RS512"},
    GOOD | {"alg": "none"},
    GOOD | {"alg": None},
    GOOD | {"alg": ["RS256"]},
    GOOD | {"use": "enc"},
    GOOD | {"use": None},
    GOOD | {"key_ops": ["encrypt"]},
    GOOD | {"key_ops": "verify"},
    GOOD | {"n": "!!!"},
    GOOD | {"n": ""},
    GOOD | {"n": None},
    GOOD | {"n": "\ud800"},
    GOOD | {"e": "AQ"},
    GOOD | {"e": "Ag"},
    GOOD | {"e": {}},
    GOOD | {"d": "AQAB"},
    without("n"),
    without("e"),
    without("kty"),
    SigningKey("good", bits=1024).jwk,
]


@pytest.mark.parametrize("member", BAD_MEMBERS)
def test_a_bad_member_is_refused_alone(member: Any) -> None:
    """One bad key costs itself (CVE-2026-102274); what it is called does not matter."""
    keys = KeySet.from_document({"keys": [member, GOOD, member]}, RS256)
    assert [key.kid for key in keys.keys] == ["good"]
    assert len(keys.refused) == 2


@pytest.mark.parametrize(
    "modulus", ["with a factor of 3", "with a factor of 701", "with the mark of ROCA"]
)
def test_a_modulus_that_anybody_can_factor_is_refused(modulus: str) -> None:
    """NIST SP 800-89, section 5.3.3, and CVE-2017-15361."""
    number = MODULI[modulus]
    member = GOOD | {"n": base64url(number.to_bytes((number.bit_length() + 7) // 8))}
    (reason,) = KeySet.from_document({"keys": [member]}, RS256).refused
    assert "can be factored" in reason


def test_a_long_exponent_is_refused() -> None:
    """Each signature of such a key takes eight times as long to verify."""
    at_most, longer = (base64url(b"\1" + bytes(size - 2) + b"\1") for size in (8, 9))
    assert KeySet.from_document({"keys": [GOOD | {"e": at_most}]}, RS256).keys
    (reason,) = KeySet.from_document({"keys": [GOOD | {"e": longer}]}, RS256).refused
    assert "its e is too long" in reason


@pytest.mark.parametrize("extra", [{"x5c": ["?"]}, {"x5t": 1}, {"key_ops": ["verify"]}, {"ext": 1}])
def test_members_beyond_the_key_are_passed_over(extra: dict[str, Any]) -> None:
    assert KeySet.from_document({"keys": [GOOD | extra]}, RS256).find("good", "RS256")


@pytest.mark.parametrize("names", [("alg",), ("use",), ("alg", "use")])
def test_alg_and_use_may_be_absent(names: tuple[str, ...]) -> None:
    """RFC 7517, sections 4.2 and 4.4: both are optional."""
    assert KeySet.from_document({"keys": [without(*names)]}, RS256).find("good", "RS256")


def test_a_key_is_found_by_name_and_algorithm() -> None:
    """A key for RS512 does not verify RS256, whatever it is called (CVE-2026-48523)."""
    both = frozenset({"RS256", "RS512"})
    keys = KeySet.from_document({"keys": [GOOD | {"alg": "RS512"}]}, both)
    assert keys.find("good", "RS512")
    assert keys.find("good", "RS256") is None


def test_the_first_of_two_keys_has_the_name() -> None:
    other = SigningKey("good", number=1).jwk
    keys = KeySet.from_document({"keys": [GOOD, other]}, RS256)
    first = KeySet.from_document({"keys": [GOOD]}, RS256)
    assert keys.find("good", "RS256") == first.find("good", "RS256")


def test_no_name_means_the_only_key_that_fits() -> None:
    nameless = without("kid")
    assert KeySet.from_document({"keys": [nameless]}, RS256).find(None, "RS256")
    assert KeySet.from_document({"keys": [nameless, GOOD]}, RS256).find(None, "RS256") is None


def test_the_order_of_keys_makes_no_other_set() -> None:
    """The set changed means that its usable keys differ."""
    other = SigningKey("other", number=1).jwk
    one = KeySet.from_document({"keys": [GOOD, other]}, RS256)
    assert one.same_keys(KeySet.from_document({"keys": [other, None, GOOD]}, RS256))
    assert not one.same_keys(KeySet.from_document({"keys": [GOOD]}, RS256))
    renamed = KeySet.from_document({"keys": [GOOD, other | {"kid": "new"}]}, RS256)
    assert not one.same_keys(renamed)


def _ec(curve: ec.EllipticCurve, name: str) -> dict[str, Any]:
    numbers = ec.generate_private_key(curve).public_key().public_numbers()
    size = (curve.key_size + 7) // 8
    return {
        "kty": "EC",
        "crv": name,
        "x": base64url(numbers.x.to_bytes(size, "big")),
        "y": base64url(numbers.y.to_bytes(size, "big")),
        "kid": name,
    }


def test_a_curve_belongs_to_one_algorithm() -> None:
    """RFC 7518, section 3.4."""
    members = [_ec(ec.SECP256R1(), "P-256"), _ec(ec.SECP384R1(), "P-384")]
    public = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    members.append({"kty": "OKP", "crv": "Ed25519", "x": base64url(public), "kid": "Ed25519"})
    allowed = frozenset({"ES256", "ES384", "EdDSA"})
    keys = KeySet.from_document({"keys": [*members, GOOD]}, allowed)
    assert {key.kid: set(key.algorithms) for key in keys.keys} == {
        "P-256": {"ES256"},
        "P-384": {"ES384"},
        "Ed25519": {"EdDSA"},
    }


def test_a_point_off_the_curve_is_refused() -> None:
    member = _ec(ec.SECP256R1(), "P-256")
    member["y"] = member["x"]
    assert KeySet.from_document({"keys": [member]}, frozenset({"ES256"})).keys == ()


def test_bad_members_beside_a_good_one_do_not_stop_its_tokens(
    send: Send, tokens: TokenFactory, issuer: FakeIssuer
) -> None:
    issuer.members = [*BAD_MEMBERS[:10], issuer.signing_key.jwk, *BAD_MEMBERS[10:-1]]
    assert send(tokens.valid()).status_code == 200


def test_an_empty_set_knows_no_key(send: Send, tokens: TokenFactory, issuer: FakeIssuer) -> None:
    issuer.members = []
    assert code_of(send(tokens.valid())) == "token_key_unknown"
