"""Who calls: a value that nobody can change."""

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


def test_any_subject_has_a_hash() -> None:
    """Half a surrogate pair too, in an identity made by hand."""
    assert subject_hash(Identity("\ud800")) != subject_hash(Identity("\ud801"))
    assert subject_hash(Anonymous()) is None
