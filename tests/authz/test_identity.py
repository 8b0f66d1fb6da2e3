"""Who calls: a value that nobody can change."""

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.authz import Anonymous, Identity
from app.authz.events import subject_hash


@pytest.mark.parametrize("grants", [{"permissions": "user/*"}, {"scopes": "openid"}])
def test_grants_are_a_list(grants: dict[str, Any]) -> None:
    """The letters of a text would be the grants, `*` among them."""
    with pytest.raises(TypeError, match="lists of names"):
        Identity("al", **grants)


def test_equal_identities_are_one_key() -> None:
    """A principal loader may be cached by it."""
    one, other = (Identity("al", ["a", "b"], claims={"org": ["acme"]}) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
    assert hash(Anonymous()) == hash(Anonymous())


def test_an_identity_does_not_change() -> None:
    granted = ["a"]
    identity = Identity("al", granted, claims={"org": "acme"})
    granted.append("b")
    assert not identity.can("b")
    with pytest.raises(AttributeError):
        identity.subject = "bo"  # type: ignore[misc]
    with pytest.raises(TypeError):
        identity.claims["org"] = "other"  # type: ignore[index]


def test_claims_are_json_and_can_be_copied() -> None:
    """A view may answer with them, a queue take the identity along."""
    claims = {"org": {"name": "acme", "ids": [1, 2]}, "tier": None}
    identity = Identity("al", claims=claims)
    assert json.loads(json.dumps(identity.claims)) == claims
    assert pickle.loads(pickle.dumps(identity)) == identity
    assert copy.deepcopy(identity).claims == identity.claims
    assert replace(identity, principal=1).claims is identity.claims


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims.__setitem__("org", "other"),
        lambda claims: claims.__delitem__("org"),
        lambda claims: claims.__ior__({"org": "other"}),
        lambda claims: claims.update(org="other"),
        lambda claims: claims.setdefault("more", 1),
        lambda claims: claims.pop("org"),
        lambda claims: claims.popitem(),
        lambda claims: claims.clear(),
        lambda claims: claims["deep"].update(a=2),
    ],
)
def test_no_claim_can_be_changed(change: Callable[[Any], object]) -> None:
    identity = Identity("al", claims={"org": "acme", "deep": {"a": 1}})
    with pytest.raises(TypeError, match="read-only"):
        change(identity.claims)
    assert identity.claims == {"org": "acme", "deep": {"a": 1}}


def test_any_subject_has_a_hash() -> None:
    """Half a surrogate pair too, in an identity made by hand."""
    assert subject_hash(Identity("\ud800")) != subject_hash(Identity("\ud801"))
    assert subject_hash(Anonymous()) is None
