"""The locked requirements, against the lists they are made from."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]

#: A locked package: its name, its version, and the environments that it is for.
LOCKED = re.compile(r"([a-z0-9-]+)==([^ ;]+)(?: ; (.+?))? \\")

CURE = "make lock"


def listed(name: str) -> list[Requirement]:
    """Return what a list asks for, and the lists that it includes."""
    found: list[Requirement] = []
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("-r "):
            found += listed(line.removeprefix("-r "))
        elif not line.startswith("#"):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                found.append(requirement)
    return found


def locked(name: str) -> dict[str, str]:
    """Return the version of each locked package."""
    lines = (ROOT / name).read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := LOCKED.fullmatch(line))}


def needed(requirements: list[Requirement]) -> set[str]:
    """Return the names of what is installed to meet some requirements, and of what that needs."""
    found: set[str] = set()
    open_ = [(each, {"", *each.extras}) for each in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while open_:
        requirement, extras = open_.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(extras)) in seen:
            continue
        seen.add((name, frozenset(extras)))
        found.add(name)
        for text in distribution(name).requires or ():
            further = Requirement(text)
            marker = further.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                open_.append((further, {"", *further.extras}))
    return found


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_is_listed_and_all_that_needs(name: str) -> None:
    lock, requirements = locked(f"{name}.lock"), listed(f"{name}.txt")
    wanted = {canonicalize_name(each.name): str(each.specifier) for each in requirements}
    assert {name: f"=={lock.get(name)}" for name in wanted} == wanted, CURE
    assert needed(requirements) - lock.keys() == set(), CURE


def test_the_two_locks_agree() -> None:
    run_time, development = locked("requirements.lock"), locked("requirements-dev.lock")
    assert run_time.items() <= development.items(), CURE


def test_the_peers_are_compared_at_our_versions() -> None:
    """What the project and the benchmarks' peers both list is the same."""
    ours = {each.name: str(each.specifier) for each in listed("requirements.txt")}
    theirs = {each.name: str(each.specifier) for each in listed("benchmarks/requirements.txt")}
    assert {"authlib", "flask", "gunicorn"} <= ours.keys() & theirs.keys()
    assert {name: theirs[name] for name in ours.keys() & theirs.keys()}.items() <= ours.items()
    lock = locked("benchmarks/requirements.lock")
    assert {name: f"=={lock.get(name)}" for name in theirs} == theirs, CURE


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "benchmarks/requirements.lock"]
)
def test_every_line_is_a_pin_or_a_hash(name: str) -> None:
    """No address of a registry, no option of pip's, and no package without a hash."""
    text = (ROOT / name).read_text()
    digest = r"    --hash=sha256:[0-9a-f]{64}"
    package = rf"{LOCKED.pattern}\n(?:{digest} \\\n)*{digest}\n"
    assert re.fullmatch(rf"(?:#[^\n]*\n)*(?:{package})+", text), CURE
    assert "://" not in text
