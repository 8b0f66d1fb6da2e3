"""What is remembered: bounded, for a time, safe for threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.authz.testing import Clock
from app.tenant.memory import Memory


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory[int]:
    """A memory of three, for a minute."""
    return Memory(clock, 60, 3)


def test_a_value_is_kept_for_its_time(memory: Memory[int], clock: Clock) -> None:
    memory.add("a", 1)
    clock.move(59)
    assert memory.get("a") == 1
    clock.move(1)
    assert memory.get("a") is None
    assert memory.take("a") is None


def test_a_name_has_one_value_at_a_time(memory: Memory[int], clock: Clock) -> None:
    assert memory.add("a", 1)
    assert not memory.add("a", 2)
    assert memory.get("a") == 1
    clock.move(60)
    assert memory.add("a", 2)
    assert memory.get("a") == 2


def test_what_is_taken_is_gone(memory: Memory[int]) -> None:
    memory.add("a", 1)
    assert memory.take("a") == 1
    assert memory.get("a") is None


def test_the_oldest_makes_room(memory: Memory[int]) -> None:
    for number, name in enumerate("abcd"):
        memory.add(name, number)
    assert [memory.get(name) for name in "abcd"] == [None, 1, 2, 3]


def test_of_many_who_take_at_once_one_gets_it(memory: Memory[int]) -> None:
    memory.add("a", 1)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(memory.take, ["a"] * 100))
    assert sorted(each for each in taken if each) == [1]


def test_of_many_who_add_at_once_one_does(memory: Memory[int]) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: memory.add("a", number), range(100)))
    assert added.count(True) == 1
