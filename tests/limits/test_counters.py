"""Where requests are counted."""

import logging
import socket
from threading import active_count

import pytest

from app.authz.testing import Clock
from app.limits import counters
from app.limits.counters import Counters, Memory
from tests.servers.fixtures import kept
from tests.serving.running import free_port


@pytest.fixture
def wall() -> Clock:
    return Clock()


class TestMemory:
    """The counts of one process."""

    def test_a_window_begins_with_its_first_request_and_ends(self, wall: Clock) -> None:
        memory = Memory(wall)
        began = wall()
        assert [memory.incr("al", 60), memory.incr("al", 60, 2), memory.get("al")] == [1, 3, 3]
        wall.move(59)
        assert (memory.get("al"), memory.get_expiry("al")) == (3, began + 60)
        wall.move(1)
        assert memory.get("al") == 0
        assert memory.incr("al", 60) == 1

    def test_it_is_bounded_and_the_oldest_window_gives_way(self, wall: Clock) -> None:
        """Addresses without end cost no memory without end."""
        memory = Memory(wall, size=3)
        for key in ("al", "bo", "cy", "al", "di"):
            memory.incr(key, 60)
        assert [memory.get(key) for key in ("al", "bo", "cy", "di")] == [0, 1, 1, 1]

    def test_a_new_window_is_the_youngest(self, wall: Clock) -> None:
        memory = Memory(wall, size=2)
        memory.incr("al", 10)
        memory.incr("bo", 60)
        wall.move(11)
        memory.incr("al", 60)
        memory.incr("cy", 60)
        assert [memory.get(key) for key in ("al", "bo", "cy")] == [1, 0, 1]

    def test_counts_can_be_forgotten(self, wall: Clock) -> None:
        memory = Memory(wall)
        memory.incr("al", 60)
        memory.clear("al")
        memory.incr("bo", 60)
        assert memory.get("al") == 0
        assert memory.reset() == 1
        assert memory.get("bo") == 0


def test_nothing_runs_and_nothing_is_connected_before_the_first_request() -> None:
    """It is made before a fork."""
    before = active_count()
    Counters(url="redis://127.0.0.1:9/0")
    assert active_count() == before


class TestServer:
    """Counts on a Valkey."""

    @pytest.fixture
    def steady(self, monkeypatch: pytest.MonkeyPatch) -> Clock:
        """The clock that says when a server is asked again."""
        clock = Clock()
        monkeypatch.setattr(counters, "monotonic", clock)
        return clock

    def test_two_processes_count_together(self, valkey: str) -> None:
        one, two = Counters(url=valkey), Counters(url=valkey)
        key = f"together {free_port()}"
        assert [one.incr(key, 60), two.incr(key, 60), one.get(key)] == [1, 2, 2]
        assert one.get_expiry(key) == pytest.approx(two.get_expiry(key), abs=2)

    def test_a_killed_server_is_stood_in_for_until_it_is_back(
        self, steady: Clock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Each change is told once."""
        port = free_port()
        with kept("valkey", port) as url:
            both = Counters(url=url)
            assert [both.incr("al", 60) for _ in range(3)] == [1, 2, 3]
        assert [both.incr("al", 60) for _ in range(3)] == [1, 2, 3]
        assert both.get("al") == 3
        with kept("valkey", port):
            assert both.incr("al", 60) == 4
            steady.move(counters.PAUSE)
            assert [both.incr("al", 60) for _ in range(3)] == [1, 2, 3]
        told = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
        assert len(told) == 2
        assert "does not answer" in told[0]
        assert "answers again" in told[1]

    def test_a_silent_server_is_asked_once_in_a_while(
        self, steady: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It takes connections and says nothing: only one request waits for it."""
        monkeypatch.setattr(counters, "TIMEOUT", 0.05)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(1)
            silent = Counters(url=f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
            assert [silent.incr("al", 60) for _ in range(5)] == [1, 2, 3, 4, 5]
            accepted(listener)
            steady.move(counters.PAUSE)
            assert [silent.incr("al", 60) for _ in range(5)] == [6, 7, 8, 9, 10]
            accepted(listener)
            listener.settimeout(0)
            with pytest.raises(BlockingIOError):
                listener.accept()


def accepted(listener: socket.socket) -> None:
    """Take one connection, and fail if there is none."""
    listener.accept()[0].close()
