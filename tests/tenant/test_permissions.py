"""The file of changed permissions: shared by processes, and nothing but a file of names."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from app.tenant.files import TenantFileError
from app.tenant.permissions import PermissionFile
from app.tenant.users import MENU_ADMIN, USERS

ADMIN, DINER = USERS["admin"], USERS["diner"]


@pytest.fixture
def permissions(tmp_path: Path) -> PermissionFile:
    """A file that does not exist yet, nor its folder."""
    return PermissionFile(tmp_path / "instance" / "tenant-permissions.json")


def test_without_a_file_users_have_what_they_start_with(permissions: PermissionFile) -> None:
    assert permissions.of(ADMIN) == MENU_ADMIN
    assert permissions.of(DINER) == ()
    assert not permissions.path.exists()


def test_a_change_is_one_users_and_lasts(permissions: PermissionFile) -> None:
    assert permissions.change(DINER, ["create:items"], []) == ("create:items",)
    other = PermissionFile(permissions.path)
    assert other.of(DINER) == ("create:items",)
    assert other.of(ADMIN) == MENU_ADMIN
    assert other.change(ADMIN, [], MENU_ADMIN) == ()
    assert permissions.of(ADMIN) == ()


def test_what_is_granted_twice_is_there_once(permissions: PermissionFile) -> None:
    permissions.change(DINER, ["a", "b", "a"], [])
    assert permissions.change(DINER, ["b"], ["c"]) == ("a", "b")


def test_what_is_granted_and_revoked_is_revoked(permissions: PermissionFile) -> None:
    assert permissions.change(DINER, ["a"], ["a"]) == ()


def test_changes_at_once_lose_nothing(permissions: PermissionFile) -> None:
    names = [f"do:{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: permissions.change(DINER, [name], []), names))
    assert sorted(permissions.of(DINER)) == sorted(names)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"auth0|diner": "create:items"}',
        '{"auth0|diner": [1]}',
        "[" * 100_000,
    ],
)
def test_a_corrupt_file_is_named_with_its_cure(permissions: PermissionFile, content: str) -> None:
    permissions.path.parent.mkdir()
    permissions.path.write_text(content)
    for use in (permissions.of, partial(permissions.change, grant=["a"], revoke=[])):
        with pytest.raises(TenantFileError) as caught:
            use(DINER)
        assert str(permissions.path) in str(caught.value)
        assert "delete it" in str(caught.value)
    assert permissions.path.read_text() == content


def test_the_file_is_for_its_user_alone(permissions: PermissionFile) -> None:
    permissions.change(DINER, ["a"], [])
    assert permissions.path.stat().st_mode & 0o777 == 0o600
    assert json.loads(permissions.path.read_text()) == {"auth0|diner": ["a"]}
