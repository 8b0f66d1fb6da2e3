"""Grants as patterns, held against a plain reference, and what a hostile one costs."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authz import current_identity, requires_auth, requires_permission, requires_scope
from app.authz.policy.grants import covers_with_globs
from app.authz.testing import Clock, TokenFactory
from app.authz.testing.tokens import ABSENT

from .handmade import app_with, caller

ON = {"AUTHZ_GLOB_GRANTS": "on"}

segments = st.sampled_from(["a", "b", "ab", "", "*", "**", "***", "a*"])
paths = st.lists(segments, min_size=1, max_size=7).map("/".join)


def fits(wanted: list[str], found: list[str]) -> bool:
    """Match in the plainest way there is."""
    if not wanted:
        return not found
    if wanted[0] == "**":
        return any(fits(wanted[1:], found[taken:]) for taken in range(len(found) + 1))
    return bool(found) and wanted[0] in ("*", found[0]) and fits(wanted[1:], found[1:])


@settings(max_examples=300, deadline=None)
@given(grant=paths, name=paths)
def test_a_pattern_covers_what_the_reference_says(grant: str, name: str) -> None:
    assert covers_with_globs([grant], name) is (
        grant == name or fits(grant.split("/"), name.split("/"))
    )


@settings(max_examples=200, deadline=None)
@given(grants=st.frozensets(paths, max_size=4), name=paths)
def test_several_grants_cover_what_one_of_them_does(grants: frozenset[str], name: str) -> None:
    assert covers_with_globs(grants, name) is any(covers_with_globs([g], name) for g in grants)


@settings(max_examples=200, deadline=None)
@given(grant=st.text(max_size=40), name=st.text("abc/", min_size=1, max_size=20))
def test_any_text_may_be_granted(grant: str, name: str) -> None:
    """A token's text is no pattern of any other kind, and never an error."""
    expected = grant == name or fits(grant.split("/"), name.split("/"))
    assert covers_with_globs([grant], name) is expected


@pytest.mark.parametrize(
    ("grant", "name", "covered"),
    [
        ("user/*", "user/view", True),
        ("user/*", "user", False),
        ("user/*", "user/view/all", False),
        ("user/**", "user", True),
        ("user/**", "user/view/all", True),
        ("user/**", "users", False),
        ("**", "user/view", True),
        ("**/view", "view", True),
        ("**/view", "record/foo/view", True),
        ("**/view", "record/foo/viewer", False),
        ("**/*", "user", True),
        ("**/*/*", "user", False),
        ("*", "user", True),
        ("*", "user/view", False),
        ("record/*/*", "record/foo/view", True),
        ("record/**/view", "record/view", True),
        ("**/a/**/b/**", "x/a/x/b", True),
        ("**/a/**/b/**", "x/b/x/a", False),
        ("**/a/b", "a/a/b", True),
        ("**/**", "a", True),
        ("*/**/*", "a", False),
        ("user/", "user", False),
        ("/user", "user", False),
        ("//**", "user", False),
        ("***", "user", False),
        ("us*", "user", False),
        ("*er", "user", False),
        ("user/v*", "user/view", False),
        ("user/?", "user/v", False),
        (".*", "user", False),
        ("[a-z]", "a", False),
        ("user\\*", "user*", False),
        ("USER/*", "user/view", False),
        ("user/*\n", "user/view", False),
        ("create:*", "create:items", False),
    ],
)
def test_a_star_is_a_segment_and_two_are_any_number(grant: str, name: str, covered: bool) -> None:
    """Whatever else a grant holds stands for itself."""
    app, _ = app_with(ON)
    app.get("/")(requires_permission(name)(lambda: "in"))
    status = app.test_client().get("/", headers=caller(grant)).status_code
    assert status == (200 if covered else 403)


@pytest.mark.parametrize(
    ("required", "grant", "covered"),
    [
        ("record/*/view", "record/foo/view", False),
        ("record/*/view", "record/*/view", True),
        ("record/*/view", "record/**", True),
        ("**", "record/foo", False),
        ("**", "*", True),
        ("*", "**", True),
        ("a/*/b", "a/**/b", True),
        ("a/**/b", "a/x/b", False),
    ],
)
def test_a_required_name_is_never_a_pattern(required: str, grant: str, covered: bool) -> None:
    """A star in it is a star."""
    app, _ = app_with(ON)
    app.get("/")(requires_permission(required)(lambda: "in"))
    status = app.test_client().get("/", headers=caller(grant)).status_code
    assert status == (200 if covered else 403)


@pytest.mark.parametrize(
    ("config", "status"),
    [({}, 403), ({"AUTHZ_GLOB_GRANTS": "off"}, 403), (ON, 200), ({"AUTHZ_GLOB_GRANTS": True}, 200)],
)
def test_grants_match_by_equality_unless_an_app_says_otherwise(
    config: dict[str, Any], status: int
) -> None:
    app, _ = app_with(config)
    app.get("/permission")(requires_permission("user/view")(lambda: "in"))
    app.get("/scope", endpoint="scope")(requires_scope("user/view")(lambda: "in"))
    headers = caller("user/*", scopes=["user/*"])
    assert app.test_client().get("/permission", headers=headers).status_code == status
    assert app.test_client().get("/scope", headers=headers).status_code == status


def test_the_identity_matches_as_the_guard_does() -> None:
    """`can` is what a view asks for itself."""
    app, _ = app_with(ON)

    @app.get("/")
    @requires_auth
    def view() -> dict[str, bool]:
        return {name: current_identity.can(name) for name in ("user/view", "user", "record/view")}

    response = app.test_client().get("/", headers=caller("user/*"))
    assert response.json == {"user/view": True, "user": False, "record/view": False}


class _Segment(str):
    """A segment of a grant that counts how often it is compared, and stops at too much."""

    budget: list[int]

    def _count(self) -> None:
        self.budget[0] -= 1
        assert self.budget[0] >= 0, "a hostile grant costs more than its length allows"

    def __eq__(self, other: object) -> bool:
        self._count()
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        self._count()
        return str.__ne__(self, other)

    __hash__ = str.__hash__


class _Grant(str):
    """A grant that is divided into counting segments."""

    budget: list[int]

    def split(self, *args: Any, **kwargs: Any) -> list[str]:
        parts = [_Segment(part) for part in super().split(*args, **kwargs)]
        for part in parts:
            part.budget = self.budget
        return [*parts]


LENGTH = 8000

#: Grants of about 8,000 characters, made of what is repeated and what ends it.
HOSTILE: dict[str, Callable[[int], str]] = {
    "stars": lambda length: "*/" * (length // 2) + "x",
    "double stars": lambda length: "**/" * (length // 3) + "x",
    "double stars and nothing": lambda length: "**/" * (length // 3),
    "double stars and letters": lambda length: "**/a/" * (length // 5) + "x",
    "double stars and stars": lambda length: "**/*/" * (length // 5) + "x",
    "double stars at the end": lambda length: "**/a/a/a/a/x" + "/**" * (length // 3),
    "double stars and few letters": lambda length: "**/" * (length // 3) + "a/**/a/**/a/**/x",
    "letters": lambda length: "a/" * (length // 2) + "*",
    "slashes": lambda length: "*" + "/" * length,
    "one long segment": lambda length: "*" * length,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("depth", [1, 3, 40])
def test_a_hostile_grant_costs_no_more_than_its_length(
    hostile: Callable[[int], str], depth: int
) -> None:
    """The name is the developer's; what the caller brings is looked at a few times, from end to
    end. Of what repeats, only as much counts as the name has segments."""
    name = "/".join(["a"] * depth)
    grant = _Grant(hostile(LENGTH))
    grant.budget = [4 * len(str.split(grant, "/")) + 4 * depth * depth]
    assert covers_with_globs([grant], name) is False


def test_a_hostile_token_is_answered(tokens: TokenFactory, clock: Clock) -> None:
    """A whole token of patterns, through the real verifier."""
    app, _ = app_with(
        ON | {"AUTH0_ISSUER_URL": tokens.issuer.url, "AUTH0_AUDIENCE": tokens.audience},
        authenticate=None,
        clock=clock,
        timer=clock,
    )
    app.get("/")(requires_permission("/".join("a" * 20))(lambda: "in"))
    token = tokens.valid(["**/a/" * 20 + "x"] * 45, scope=ABSENT)
    assert 6000 < len(token) <= 8000
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/", headers=headers).status_code == 403
