"""The rules for claims, also of what no strict reader would bring."""

from math import inf, nan
from typing import Any

import pytest
from flask import Flask

from app.authz import Authz, current_identity, requires_auth
from app.authz.errors import TokenMalformed
from app.authz.testing import Clock, TokenFactory
from app.authz.tokens import rules

EXPECTED: dict[str, Any] = {
    "issuer": "https://tenant.test/",
    "audiences": frozenset({"menu"}),
    "now": 1000.0,
    "leeway": 10.0,
    "permissions_claim": "permissions",
}


@pytest.mark.parametrize("nothing", [{"issuer": ""}, {"audiences": frozenset()}])
def test_without_an_expectation_nothing_is_checked(nothing: dict[str, Any]) -> None:
    """An empty one would let every token pass."""
    with pytest.raises(TypeError, match="without an expected issuer and audience"):
        rules.Expected(**EXPECTED | nothing)


@pytest.mark.parametrize("end", [inf, nan])
def test_an_end_that_never_comes_is_none(end: float) -> None:
    """JSON has no such number, and no reader of ours returns one."""
    claims = {"iss": "https://tenant.test/", "exp": end}
    with pytest.raises(TokenMalformed, match="exp must be finite"):
        rules.check(claims, rules.Expected(**EXPECTED))


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"realm": {"roles": ["a", "b"]}}, ["a", "b"]),
        ({"realm": {"roles": "a  b"}}, ["a", "b"]),
        ({"realm.roles": ["c"], "realm": {"roles": ["a"]}}, ["c"]),
        ({"realm": {}}, []),
        ({}, []),
        ({"realm": "roles"}, "token_malformed"),
        ({"realm": None}, "token_malformed"),
        ({"realm": {"roles": 5}}, "token_malformed"),
    ],
)
def test_other_providers_have_permissions_elsewhere(
    bare: Flask, clock: Clock, tokens: TokenFactory, claims: dict[str, Any], found: object
) -> None:
    """In a list or in one text, under a name or at the end of a path."""
    bare.config["AUTHZ_PERMISSIONS_CLAIM"] = "realm.roles"
    Authz(bare, clock=clock, timer=clock)
    bare.get("/")(requires_auth(lambda: sorted(current_identity.permissions)))
    headers = {"Authorization": f"Bearer {tokens.valid(**claims)}"}
    answer = bare.test_client().get("/", headers=headers).json
    assert (answer["code"] if isinstance(answer, dict) else answer) == found
