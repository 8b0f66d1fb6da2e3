"""Guards in an OpenAPI document: what each asks for, and what it answers."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.authz import (
    Authz,
    Permission,
    Rights,
    Scope,
    all_of,
    anonymous_only,
    any_of,
    optional_auth,
    public,
    requires_auth,
    requires_claim,
    requires_permission,
    requires_scope,
)
from app.authz.attachment import guard_at
from app.authz.openapi import PROBLEM, DescribedGuards, Refusal, problem_response
from app.authz.policy.guard import Guard
from app.authz.testing import MemoryState

SETTINGS = {"AUTH0_ISSUER_URL": "https://tenant.test/", "AUTH0_AUDIENCE": "https://api.test"}


def described(
    *decorators: Callable[..., Any],
    config: dict[str, str] | None = None,
    shared: bool = False,
    **options: Any,
) -> tuple[DescribedGuards, Guard]:
    """Return the description of an app, and the guard of its only view."""

    def view(name: str = "") -> str:
        return name

    app = Flask("described", static_folder=None)
    app.config.update(SETTINGS if config is None else SETTINGS | config)
    decorated: Any = view
    for decorator in decorators:
        decorated = decorator(decorated)
    app.add_url_rule("/<name>", "view", decorated)
    Authz(**options).init_app(app, state=MemoryState(time.time) if shared else None)
    return DescribedGuards(app), guard_at(app, "view", "GET")


def codes(status: int, *decorators: Callable[..., Any], **options: Any) -> list[str]:
    """Return the codes that a guard may answer with a status."""
    guards, guard = described(*decorators, **options)
    return [refusal.code for refusal in guards.refusals(guard).get(status, [])]


NOTHING: list[str] = []


@pytest.mark.parametrize(
    ("decorators", "alternatives"),
    [
        ([public], []),
        ([anonymous_only], []),
        ([requires_auth], [NOTHING]),
        ([requires_permission("a", "b")], [["a", "b"]]),
        ([requires_permission("a"), requires_scope("s")], [["a", "s"]]),
        ([requires_permission(any_of("a", "b"))], [["a"], ["b"]]),
        ([requires_permission("a", any_of("b", all_of("c", "d")))], [["a", "b"], ["a", "c", "d"]]),
        (
            [requires_permission(any_of("a", all_of("b", any_of("c", "d"))))],
            [["a"], ["b", "c"], ["b", "d"]],
        ),
        ([requires_permission(any_of(Permission("a"), Scope("a")))], [["a"]]),
        ([requires_permission("record/{name}/view")], [["record/{name}/view"]]),
        ([requires_claim("tier", "gold")], [NOTHING]),
    ],
)
def test_each_way_to_open_a_guard_is_an_alternative(
    decorators: list[Callable[..., Any]], alternatives: list[list[str]]
) -> None:
    guards, guard = described(*decorators)
    found = [one["bearer"] for one in guards.security(guard) if "bearer" in one]
    assert found == alternatives


def test_a_view_that_declares_nothing_is_closed() -> None:
    guards, guard = described()
    assert guards.security(guard) == [{"openid": []}, {"bearer": []}]
    assert 401 in guards.refusals(guard)


def test_credentials_may_be_left_out_where_that_opens_too() -> None:
    guards, guard = described(optional_auth)
    assert guards.security(guard)[-1] == {}


@pytest.mark.parametrize(("grants", "opens"), [([], False), (["b"], False), (["a", "b"], True)])
def test_what_is_granted_to_everybody_opens_without_credentials(
    grants: list[str], opens: bool
) -> None:
    guards, guard = described(optional_auth, requires_permission("a"), anonymous_grants=grants)
    assert ({} in guards.security(guard)) is opens


def test_a_public_view_refuses_nobody() -> None:
    guards, guard = described(public)
    assert guards.refusals(guard) == {}
    assert guards.responses(guard) == {}


def test_a_mode_without_requirements_forbids_nobody() -> None:
    assert codes(403, requires_auth) == []
    assert codes(401, requires_auth)[0] == "token_missing"
    assert "token_missing" not in codes(401, optional_auth)


def test_anonymous_only_refuses_who_has_signed_in() -> None:
    guards, guard = described(anonymous_only)
    assert codes(403, anonymous_only) == ["anonymous_only"]
    assert "headers" not in guards.responses(guard)["403"]


def test_a_rights_tree_has_a_code_of_its_own() -> None:
    rights = Rights()
    rights.right("a")(lambda identity: True)
    assert codes(403, requires_permission("a"), rights=rights) == [
        "permission_missing",
        "right_denied",
    ]


@pytest.mark.parametrize(
    ("config", "status", "code"),
    [
        ({"AUTHZ_DPOP_NONCE": "n" * 32}, 401, "dpop_nonce_required"),
        ({"AUTHZ_DPOP": "allowed"}, 401, "dpop_proof_invalid"),
        ({"AUTH0_CLIENT_ID": "api", "AUTH0_CLIENT_SECRET": "s"}, 401, "token_inactive"),
        ({"AUTH0_CLIENT_ID": "api", "AUTH0_CLIENT_SECRET": "s"}, 503, "introspection_unavailable"),
        (
            {
                "AUTH0_CLIENT_ID": "api",
                "AUTH0_CLIENT_SECRET": "s",
                "AUTHZ_PERMISSIONS_SOURCE": "management",
            },
            503,
            "permissions_unavailable",
        ),
    ],
)
def test_a_setting_brings_its_refusal(config: dict[str, str], status: int, code: str) -> None:
    plain = {"AUTHZ_DPOP": "off"}
    assert code in codes(status, requires_auth, config=config, shared=True)
    assert code not in codes(status, requires_auth, config=plain, shared=True)


def test_without_a_shared_state_nothing_is_revoked() -> None:
    assert "token_revoked" in codes(401, requires_auth, shared=True)
    assert "token_revoked" not in codes(401, requires_auth)
    assert codes(503, requires_auth) == ["keys_unavailable"]


def test_each_issuer_is_a_place_to_sign_in() -> None:
    urls = "https://one.test/,https://two.test/realms/menu"
    schemes = described(config={"AUTH0_ISSUER_URL": urls})[0].security_schemes()
    addresses = [scheme.get("openIdConnectUrl") for scheme in schemes.values()]
    assert addresses == [
        "https://one.test/.well-known/openid-configuration",
        "https://two.test/realms/menu/.well-known/openid-configuration",
        None,
    ]


def test_an_app_with_callers_of_its_own_is_asked_for_less() -> None:
    """No token is read, so none can be bad."""
    guards, guard = described(requires_auth, authenticate=lambda request: None)
    found = guards.refusals(guard)
    assert [refusal.code for refusal in found[401]] == ["token_missing", "credentials_invalid"]
    assert list(found) == [401]
    assert list(guards.security_schemes()) == ["bearer"]


def test_an_app_says_itself_how_its_callers_sign_in() -> None:
    guard = described(requires_permission("a"))[1]
    app = Flask("own", static_folder=None)
    app.config.update(SETTINGS)
    Authz(app)
    cookie = {"type": "apiKey", "in": "cookie", "name": "session"}
    own = DescribedGuards(app, {"session": cookie})
    assert own.security_schemes() == {"session": cookie}
    assert own.security(guard) == [{"session": ["a"]}]


def test_challenges_are_those_that_are_sent() -> None:
    guards, guard = described(requires_permission("a", "b"))
    examples = {
        status: response["headers"]["WWW-Authenticate"]["example"]
        for status, response in guards.responses(guard).items()
        if status != "503"
    }
    assert examples == {
        "400": 'Bearer realm="api", error="invalid_request"',
        "401": 'Bearer realm="api"',
        "403": 'Bearer realm="api", error="insufficient_scope", scope="a b"',
    }
    assert guards.responses(guard)["503"]["headers"]["Retry-After"]["required"]
    assert guards.responses(guard)["403"]["description"] == (
        "Forbidden. Needed: permission a, permission b."
    )


def test_a_proof_may_need_a_nonce() -> None:
    """RFC 9449, section 8: the 401 says which."""
    config = {"AUTHZ_DPOP_NONCE": "n" * 32}
    guards, guard = described(requires_auth, config=config, shared=True)
    assert "DPoP-Nonce" in guards.responses(guard)["401"]["headers"]
    guards, guard = described(requires_auth, shared=True)
    assert "DPoP-Nonce" not in guards.responses(guard)["401"]["headers"]


def test_a_code_with_two_texts_has_two_examples() -> None:
    refusals = [Refusal("odd", "One."), Refusal("odd", "Two.")]
    content = problem_response(400, refusals, members={"errors": {}})["content"]
    examples = content["application/problem+json"]["examples"]
    assert list(examples) == ["odd", "odd_1"]
    assert examples["odd_1"]["value"] == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Two.",
        "code": "odd",
        "errors": {},
    }
    assert set(PROBLEM["required"]) <= set(examples["odd"]["value"])
