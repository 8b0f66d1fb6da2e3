"""The key file: made once, shared by processes, rotated, never half written."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.tenant.files import TenantFileError
from app.tenant.keys import OLD_KEYS, KeyFile, SigningKeys
from tests.processes import at_once


def ids(keys: KeyFile) -> list[str | None]:
    """Return the ids of the keys, newest first."""
    return [key.kid for key in keys.load().keys]


def after(method: str, path: Path) -> str | None:
    """Call a method of a key file, and return the id of the key that is the current one then."""
    keys: SigningKeys = getattr(KeyFile(path), method)()
    return keys.current.kid


def test_keys_persist(key_file: KeyFile) -> None:
    """Who opens the file later finds the key that the first made."""
    assert ids(KeyFile(key_file.path)) == ids(key_file)
    assert len(ids(key_file)) == 1


def test_only_the_user_can_read_the_file(key_file: KeyFile) -> None:
    """Everything in the folder is for its owner alone, after a rotation too."""
    key_file.load()
    key_file.rotate()
    assert stat.S_IMODE(key_file.path.parent.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(file.stat().st_mode) for file in key_file.path.parent.iterdir()}
    assert modes == {0o600}


@pytest.mark.slow
def test_processes_that_start_together_make_one_key(key_file: KeyFile) -> None:
    """All of them sign with the key that one of them made."""
    assert set(at_once(4, after, "load", key_file.path)) == set(ids(key_file))


@pytest.mark.slow
def test_rotations_at_once_lose_nothing(key_file: KeyFile) -> None:
    """Every new key and the old one are published."""
    first = ids(key_file)
    made = at_once(OLD_KEYS, after, "rotate", key_file.path)
    assert len(set(made)) == OLD_KEYS
    assert set(ids(key_file)) == {*made, *first}


def test_a_rotation_signs_with_a_new_key_and_keeps_the_old_one(key_file: KeyFile) -> None:
    """The new key comes first, the old one after it."""
    old = ids(key_file)
    new = key_file.rotate().current.kid
    assert ids(key_file) == [new, *old]


def test_a_rotation_makes_the_file_where_there_is_none(key_file: KeyFile) -> None:
    """There is then one key only."""
    made = key_file.rotate().current.kid
    assert ids(key_file) == [made]


def test_old_keys_are_bounded(key_file: KeyFile) -> None:
    """The oldest goes when there are too many."""
    made = [key_file.rotate().current.kid for _ in range(OLD_KEYS + 2)]
    assert ids(key_file) == made[::-1][: OLD_KEYS + 1]


def test_a_rotation_by_another_is_seen_at_once(key_file: KeyFile) -> None:
    """Each load follows the file, however quickly the rotations come."""
    other = KeyFile(key_file.path)
    for _ in range(2):
        assert key_file.rotate().current.kid == other.load().current.kid


def test_readers_never_see_half_a_file(key_file: KeyFile) -> None:
    """While others rotate, every load gives whole keys."""
    key_file.load()
    with ThreadPoolExecutor(2) as pool:
        rotations = [pool.submit(key_file.rotate) for _ in range(3)]
        while not all(rotation.done() for rotation in rotations):
            assert key_file.load().keys
    assert all(rotation.result() for rotation in rotations)


def test_the_public_set_holds_no_private_part(key_file: KeyFile) -> None:
    """A published key has what verifying needs and nothing else."""
    (published,) = json.loads(json.dumps(key_file.load().public_set()))["keys"]
    assert set(published) == {"kty", "n", "e", "use", "alg", "kid"}
    assert (published["kty"], published["use"], published["alg"]) == ("RSA", "sig", "RS256")


def _one_key(**changes: object) -> str:
    """Return a set of one key that lacks what a private RSA key has."""
    return json.dumps({"keys": [{"kty": "RSA", "kid": "a", "n": "sXch", "e": "AQAB", **changes}]})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"keys": []}',
        '{"keys": {}}',
        '{"keys": [1]}',
        '{"keys": ["text"]}',
        '{"keys": [{}]}',
        '{"keys": [{"kty": "EC"}]}',
        _one_key(n=5),
        _one_key(n="!"),
        _one_key(n="é"),
        _one_key(d="AQAB"),
        _one_key(p=7),
        _one_key(kid=None),
        "[" * 100_000,
        "\x00\x01",
        "\ud800",
    ],
)
def test_a_corrupt_file_is_named_with_its_cure(key_file: KeyFile, content: str) -> None:
    """The file is left as it is, and the message says what to do with it."""
    key_file.path.parent.mkdir()
    key_file.path.write_bytes(content.encode("utf-8", "surrogatepass"))
    for use in (key_file.load, key_file.rotate):
        with pytest.raises(TenantFileError) as caught:
            use()
        assert str(key_file.path) in str(caught.value)
        assert "delete it" in str(caught.value)
    assert key_file.path.read_bytes() == content.encode("utf-8", "surrogatepass")


def test_a_public_key_cannot_sign(key_file: KeyFile) -> None:
    """A file with the published set instead of the private one is refused."""
    key_file.path.write_text(json.dumps(key_file.load().public_set()))
    with pytest.raises(TenantFileError):
        key_file.load()


def test_a_file_that_cannot_be_opened_is_named_with_its_cure(tmp_path: Path) -> None:
    """A folder in the file's place, or a file in its folder's."""
    (tmp_path / "tenant-keys.json").mkdir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "tenant-keys.json", tmp_path / "file" / "tenant-keys.json"):
        with pytest.raises(TenantFileError, match="cannot be used"):
            KeyFile(path).load()
