"""What joserfc does, each thing measured, since DPoP proofs are checked with it.

A test that fails here after an upgrade is news, good or bad: read the code that relies on it.
"""

import pytest
from joserfc.errors import ExceededSizeError, SecurityWarning
from joserfc.jwk import import_key
from joserfc.jws import JWSRegistry, deserialize_compact

from app.authz.algorithms import PROOF_ALGORITHMS
from app.authz.testing import DpopKey
from app.authz.testing.keys import base64url

ARGUMENTS = ("GET", "https://api.test/", "token")


def thumbprint(**jwk: str) -> str:
    return import_key({**jwk}).thumbprint()


def test_every_algorithm_of_proofs_is_known() -> None:
    """`Ed25519` by that name too, which Authlib does not know."""
    assert PROOF_ALGORITHMS.keys() <= JWSRegistry.algorithms.keys()


def test_the_older_name_of_ed25519_warns() -> None:
    """So the registry is asked for the algorithm without its `get_alg`."""
    with pytest.warns(SecurityWarning, match="EdDSA"):
        JWSRegistry(algorithms=["EdDSA"]).get_alg("EdDSA")


def test_its_own_reader_refuses_the_proof_of_a_long_key() -> None:
    """So the parts are read here, and only the signature is its business."""
    key = DpopKey("RS256", bits=4096)
    with pytest.raises(ExceededSizeError):
        deserialize_compact(key.proof(*ARGUMENTS), import_key({**key.jwk}), ["RS256"])


def test_a_short_rsa_key_warns_and_is_built() -> None:
    """So its length is looked at before."""
    with pytest.warns(SecurityWarning, match="2048"):
        import_key({"kty": "RSA", "e": "AQAB", "n": base64url(b"\xff" * 128)})


def test_numbers_have_many_spellings() -> None:
    """Each with a thumbprint of its own, so that none passes for the key that a token names."""
    key = DpopKey("RS256")
    assert thumbprint(**{**key.jwk, "e": "AQAB"}) == key.thumbprint
    assert thumbprint(**{**key.jwk, "e": "AAEAAQ"}) != key.thumbprint
