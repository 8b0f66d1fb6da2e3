"""The shared state: one contract, held by every implementation on the real thing."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import redis
from sqlalchemy import create_engine, func, insert, select, update

from app.authz.errors import StateUnavailable
from app.authz.state import Kind, Revocation, State
from app.authz.state.protocol import SKEW
from app.authz.state.redis import MARK, REVOCATIONS, RedisState
from app.authz.state.redis import SEEN as SEEN_KEYS
from app.authz.state.sql import ADDED, BATCH, SEEN, SqlState, metadata
from app.authz.testing import Clock, MemoryState
from app.database import patience
from tests.processes import at_once
from tests.servers.fixtures import kept
from tests.serving.running import free_port, until

from .states import KINDS, opened, race, race_at, with_tables

# These start servers and processes, and write to disk at once from many threads.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

Open = Callable[..., State]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of state in turn."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if kind.endswith("sqlite"):
        return with_tables(f"sqlite:///{tmp_path / 'state.db'}")
    address = str(request.getfixturevalue(kind))
    if kind == "postgresql":
        return with_tables(address)
    with redis.Redis.from_url(address) as client:
        client.flushall()
    return address


@pytest.fixture
def open_state(kind: str, url: str, clock: Clock) -> Iterator[Open]:
    """Opens the store as one more process would."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(opened(kind, url, clock))


@pytest.fixture
def state(open_state: Open) -> State:
    return open_state()


@pytest.fixture
def entry(clock: Clock) -> Revocation:
    """An entry that lasts an hour."""
    return Revocation("https://tenant.test/", Kind.SUBJECT, "al", clock(), clock() + 3600)


# Keys


def test_only_the_first_to_add_a_key_is_told_so(state: State, open_state: Open) -> None:
    """Whoever else asks, here or elsewhere."""
    assert state.add_if_absent("key", 60)
    assert not state.add_if_absent("key", 60)
    assert not open_state().add_if_absent("key", 60)


def test_a_key_is_remembered_by_whoever_asks(state: State, open_state: Open) -> None:
    """To ask leaves nothing behind."""
    assert not state.remembers("key")
    assert state.add_if_absent("key", 60)
    assert state.remembers("key")
    assert open_state().remembers("key")
    assert not state.remembers("another")
    assert state.add_if_absent("another", 60)


HOSTILE = ["", "\x00", "\ud800", "'; DROP TABLE authz_seen; --", "%s:x", "\r\nFLUSHALL\r\n", "🔑"]


@pytest.mark.parametrize("key", [*HOSTILE, "x" * 1_000_000], ids=lambda key: ascii(key)[:20])
def test_any_text_is_a_key_of_its_own(state: State, key: str) -> None:
    """Nothing of it is read as anything else, and its length costs no room."""
    assert state.add_if_absent(key, 60)
    assert not state.add_if_absent(key, 60)
    assert state.add_if_absent(f"{key}.", 60)


def test_of_forty_threads_one_is_first(state: State) -> None:
    assert race(state, ["one", "two", "three"], 40) == 3


@pytest.mark.slow
def test_of_four_processes_with_ten_threads_each_one_is_first(kind: str, url: str) -> None:
    """For each key that they race for."""
    keys = [uuid4().hex for _ in range(20)]
    assert sum(at_once(4, race_at, kind, url, keys, 10)) == len(keys)


#: A process that gevent has patched. It has four others race for keys, once all of them are there.
#: Each writes once: an unbuffered `print` writes twice, and another's number gets in between.
PATCHED = """
from gevent import monkey
monkey.patch_all()
import os, sys
from tests.authz.states import race_at
kind, url, *keys = sys.argv[1:]
waiting, going = os.pipe()
racers = []
for _ in range(4):
    racers.append(os.fork())
    if not racers[-1]:
        os.read(waiting, 1)
        os.write(sys.stdout.fileno(), b"%d " % race_at(kind, url, keys, 40))
        sys.exit()
os.write(going, bytes(4))
sys.exit(any(os.waitpid(racer, 0)[1] for racer in racers))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql", "valkey"])
def test_greenlets_race_like_threads(kind: str, url: str) -> None:
    """In a worker that gevent has patched, where one waits the others go on."""
    keys = [uuid4().hex for _ in range(5)]
    command = [sys.executable, "-c", PATCHED, kind, url, *keys]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    firsts = [int(line) for line in done.stdout.split()]
    assert (len(firsts), sum(firsts)) == (4, len(keys))


#: A server that preloads: its process has used the state before it forks.
FORKING = """
import os, sys
from app.authz.state.protocol import SKEW
from app.authz.state.redis import RedisState
state = RedisState(sys.argv[1])
state.add_if_absent(sys.argv[2], 60)
child = os.fork()
wrong = [n for n in range(500) if not state.add_if_absent(f"{sys.argv[2]}-{child}-{n}", 60)]
if not child:
    os._exit(len(wrong))
sys.exit(len(wrong) + os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_child_does_not_use_its_parents_connection(valkey: str) -> None:
    """Each would read the other's answers. (The app disposes its engine after a fork.)"""
    command = [sys.executable, "-c", FORKING, valkey, uuid4().hex]
    assert subprocess.run(command, cwd=ROOT).returncode == 0


def test_a_key_is_remembered_for_its_time(tmp_path: Path, clock: Clock) -> None:
    """Also by a machine whose clock is ahead."""
    url = with_tables(f"sqlite:///{tmp_path / 'state.db'}")
    with opened("sqlite", url, clock) as state:
        assert state.add_if_absent("key", 70)
        clock.move(70 + SKEW - 1)
        assert not state.add_if_absent("key", 70)


@pytest.mark.parametrize("kind", ["plain-sqlite", "sqlite", "postgresql"])
def test_a_key_whose_time_is_over_is_new(state: State, clock: Clock) -> None:
    """And is remembered as any other, whether its row was deleted or not."""
    assert state.add_if_absent("cleaned", 0)
    assert state.add_if_absent("key", 0)
    clock.move(SKEW)
    assert race(state, ["key"], 10) == 1
    assert not state.add_if_absent("key", 0)


def test_a_server_forgets_keys_by_itself(valkey: str) -> None:
    state, key = RedisState(valkey), uuid4().hex
    moment = 0.001 - SKEW
    assert state.add_if_absent(key, moment)
    until(lambda: state.add_if_absent(key, moment))


def test_a_server_remembers_keys_for_longer_than_asked(valkey: str) -> None:
    """For machines whose clocks are behind."""
    state = RedisState(valkey)
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
        state.add_if_absent("key", 70)
        (name,) = client.keys(f"{SEEN_KEYS}*")
        assert 70 + SKEW - 10 < client.ttl(name) <= 70 + SKEW


def test_expired_keys_are_deleted_in_batches(tmp_path: Path, clock: Clock) -> None:
    """With the first key that a process adds, and with every hundredth after it."""
    engine = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        rows = [{"hash": str(number), "expires": clock()} for number in range(2 * BATCH)]
        connection.execute(insert(SEEN), rows)

    def count() -> int:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(SEEN)).scalar_one()

    state = SqlState(engine, clock=clock)
    state.add_if_absent("first", 60)
    assert count() == BATCH + 1
    for number in range(1, ADDED):
        state.add_if_absent(f"key {number}", 60)
    assert count() == BATCH + ADDED
    state.add_if_absent("hundredth", 60)
    assert count() == ADDED + 1
    engine.dispose()


def test_deleting_waits_for_nobody(
    postgresql: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """An expired key that somebody is about to add anew is left alone."""
    url = with_tables(postgresql)
    impatient = f"{url}&options=-clock_timeout%3D1000"
    with opened("postgresql", url, clock) as state, opened("postgresql", impatient, clock) as other:
        assert state.add_if_absent("renewed", 0)
        clock.move(SKEW)
        assert isinstance(state, SqlState)
        with state._engine.begin() as connection:
            connection.execute(update(SEEN).values(expires=clock() + 60))
            assert other.add_if_absent("other", 60)
        assert not state.add_if_absent("renewed", 60)
    assert not caplog.text


def test_a_failed_deletion_is_told_and_stops_nobody(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    metadata.create_all(engine)
    state = SqlState(engine, clock=clock)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER stop BEFORE DELETE ON authz_seen"
            " BEGIN SELECT RAISE(ABORT, 'no deleting'); END"
        )
        connection.execute(insert(SEEN), {"hash": "old", "expires": 0})
    assert state.add_if_absent("key", 60)
    assert "no deleting" in caplog.text
    engine.dispose()


# Revocations


def test_an_entry_is_everywhere(state: State, open_state: Open, entry: Revocation) -> None:
    other = open_state()
    assert list(other.revocations()) == []
    state.revoke(entry)
    assert list(other.revocations()) == [entry]


def test_the_same_entry_is_there_once(state: State, entry: Revocation) -> None:
    state.revoke(entry)
    state.revoke(entry)
    assert list(state.revocations()) == [entry]


def test_an_entry_is_forgotten_in_its_time(state: State, entry: Revocation, clock: Clock) -> None:
    """Not before, and not with another one."""
    later = Revocation("https://tenant.test/", Kind.JTI, "1", None, entry.until + 1)
    state.revoke(entry)
    state.revoke(later)
    clock.move(3599.5)
    assert set(state.revocations()) == {entry, later}
    clock.move(0.5)
    assert list(state.revocations()) == [later]
    state.revoke(later)
    assert list(state.revocations()) == [later]


NAMES = ["auth0|Ünï 🔑", "'; --", "%s:x{}\\", '"', "x" * 5000]


@pytest.mark.parametrize("value", NAMES, ids=lambda value: ascii(value)[:20])
def test_a_name_comes_back_as_it_was(state: State, value: str, clock: Clock) -> None:
    entry = Revocation("https://tenant.test/", Kind.CLIENT, value, 0.1 + 0.2, clock() + 60)
    state.revoke(entry)
    assert list(state.revocations()) == [entry]


ISSUER = "https://tenant.test/"


@pytest.mark.parametrize(
    ("issuer", "kind", "value", "before", "until"),
    [
        ("", Kind.JTI, "1", None, 1.0),
        (ISSUER, Kind.JTI, "", None, 1.0),
        (ISSUER, Kind.JTI, "1", 1.0, 1.0),
        (ISSUER, Kind.TOKEN, "1", 1.0, 1.0),
        (ISSUER, Kind.SUBJECT, "1", None, 1.0),
        (ISSUER, Kind.CLIENT, "1", None, 1.0),
        (ISSUER, Kind.CLIENT, "1", float("nan"), 1.0),
        (ISSUER, Kind.JTI, "1", None, float("inf")),
        (ISSUER, Kind.JTI, "a\x00b", None, 1.0),
        (ISSUER, Kind.JTI, "a\nb", None, 1.0),
        (ISSUER, Kind.JTI, "a\ud800b", None, 1.0),
    ],
)
def test_an_entry_that_could_match_nothing_is_a_mistake(
    issuer: str, kind: Kind, value: str, before: float | None, until: float
) -> None:
    """Or one that a database could not write down."""
    with pytest.raises(ValueError, match=r"must|moment|name"):
        Revocation(issuer, kind, value, before, until)


# Failures: nobody is let in


def calls(entry: Revocation) -> list[Callable[[State], object]]:
    """Return every way to use a state."""
    return [
        lambda state: state.add_if_absent("key", 60),
        lambda state: state.remembers("key"),
        lambda state: state.revoke(entry),
        lambda state: state.revocations(),
        lambda state: state.ping(),
    ]


def assert_unavailable(state: State, entry: Revocation) -> list[StateUnavailable]:
    """Use a state in every way, and return the errors."""
    errors = []
    for call in calls(entry):
        with pytest.raises(StateUnavailable) as caught:
            call(state)
        errors.append(caught.value)
    return errors


def test_a_server_that_is_down_is_unavailable(entry: Revocation) -> None:
    """The log says where it should be, and not the password."""
    port = free_port()
    for error in assert_unavailable(RedisState(f"redis://al:secret@127.0.0.1:{port}/2"), entry):
        assert f"redis://127.0.0.1:{port}/2" in error.reason
        assert "secret" not in error.reason + error.cure


def test_a_server_that_does_not_answer_is_unavailable(entry: Revocation) -> None:
    """It listens, and that is all. Nobody waits for it longer than a second."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        state = RedisState(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StateUnavailable, match="Timeout"):
            state.add_if_absent("key", 60)


def test_a_server_that_comes_back_is_used_again(entry: Revocation) -> None:
    port = free_port()
    state = RedisState(f"redis://127.0.0.1:{port}")
    with kept("valkey", port):
        assert state.add_if_absent("key", 60)
    assert_unavailable(state, entry)
    with kept("valkey", port):
        assert state.add_if_absent("key", 60)


def test_a_server_without_memory_left_is_unavailable(valkey: str) -> None:
    """It keeps what it has, since a proof that it forgot would pass again."""
    state = RedisState(valkey)
    with redis.Redis.from_url(valkey) as client:
        client.config_set("maxmemory", 1)
        try:
            with pytest.raises(StateUnavailable):
                state.add_if_absent("key", 60)
        finally:
            client.config_set("maxmemory", 0)


def test_a_database_that_goes_down_is_unavailable(entry: Revocation) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        url = with_tables(server.enter_context(kept("postgresql")))
        state = stack.enter_context(opened("postgresql", url))
        assert state.add_if_absent("key", 60)
        server.close()
        assert_unavailable(state, entry)


def test_a_database_without_the_tables_is_unavailable(tmp_path: Path, entry: Revocation) -> None:
    """The log names the command that makes them."""
    engine = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    for error in assert_unavailable(SqlState(engine), entry):
        assert "no such table" in error.reason
        assert "INSERT" not in error.reason
        assert "flask db upgrade" in error.cure
    engine.dispose()


def test_an_exhausted_pool_is_unavailable(tmp_path: Path, entry: Revocation) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0)
    with engine.connect():
        assert_unavailable(SqlState(engine), entry)
    engine.dispose()


def test_a_locked_database_is_unavailable_to_writers_alone(
    tmp_path: Path, clock: Clock, entry: Revocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deny-list can be read all the same: reading it takes no lock."""
    url = with_tables(f"sqlite:///{tmp_path / 'state.db'}")
    monkeypatch.setattr(patience, "PATIENCE", 0)
    with opened("sqlite", url, clock) as state, opened("plain-sqlite", url) as other:
        state.revoke(entry)
        assert isinstance(other, SqlState)
        with other._engine.begin() as connection:
            connection.execute(insert(SEEN), {"hash": "other", "expires": 0})
            with pytest.raises(StateUnavailable, match="locked"):
                state.add_if_absent("key", 60)
            assert list(state.revocations()) == [entry]


def test_an_entry_that_cannot_be_read_closes_the_door(valkey: str, tmp_path: Path) -> None:
    """It may be a newer version's, and mean the very token that asks."""
    with redis.Redis.from_url(valkey) as client:
        for entry in ("{}", "no JSON", '{"kind": "planet"}', "[]"):
            client.flushall()
            client.zadd(REVOCATIONS, {entry: 2e9})
            with pytest.raises(StateUnavailable, match="cannot be read"):
                RedisState(valkey, clock=lambda: 1e9).revocations()
        client.flushall()
    engine = create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO authz_revocations VALUES ('h', 'https://t.test/', 'planet', 'v', 1, 2e9)"
        )
    with pytest.raises(StateUnavailable, match="cannot be read"):
        SqlState(engine, clock=lambda: 1e9).revocations()
    engine.dispose()


# Names


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////srv/menu.db", "sqlite:////srv/menu.db"),
        (
            "postgresql+psycopg://al:secret@db.test:5433/menu?password=secret",
            "postgresql+psycopg://db.test:5433/menu",
        ),
        ("postgresql+psycopg:///menu?host=/run/pg", "postgresql+psycopg:///menu"),
    ],
)
def test_a_database_is_named_without_its_password(url: str, name: str) -> None:
    assert SqlState(create_engine(url)).name == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://cache.test", "redis://cache.test:6379/0"),
        ("rediss://al:se/cret@cache.test:7000/3?protocol=2", None),
        ("rediss://al:secret@cache.test:7000/3?protocol=2", "rediss://cache.test:7000/3"),
        ("redis://:secret@[::1]:7000", "redis://::1:7000/0"),
        ("unix://al:secret@/run/valkey.sock?db=3", "unix:///run/valkey.sock"),
        ("http://cache.test", None),
        ("cache.test:6379", None),
    ],
)
def test_a_server_is_named_without_its_password(url: str, name: str | None) -> None:
    """An address that cannot be read is a mistake, at once, and its text is not repeated."""
    if name:
        assert RedisState(url).name == name
        return
    with pytest.raises(ValueError, match="use redis://HOST") as caught:
        RedisState(url)
    assert "se" not in str(caught.value).replace("rediss", "").replace("use", "")


# A server that has lost what it knew


def forget(url: str) -> None:
    """Let a server lose everything, as by a restart."""
    with redis.Redis.from_url(url) as client:
        client.flushall()


def test_a_new_server_remembers_from_the_start(valkey: str, clock: Clock) -> None:
    forget(valkey)
    assert RedisState(valkey, clock=clock).add_if_absent("key", 60, 1000)


@pytest.mark.parametrize("newcomer_first", [False, True])
def test_a_loss_is_noticed(valkey: str, clock: Clock, newcomer_first: bool) -> None:
    """By who has known the server before, and then by everybody: a key that was lost is not new."""
    forget(valkey)
    old, other = RedisState(valkey, clock=clock), RedisState(valkey, clock=clock)
    assert all(state.add_if_absent(f"{state} before", 60, 60) for state in (old, other))
    forget(valkey)
    newcomer = RedisState(valkey, clock=clock)
    if newcomer_first:
        assert newcomer.add_if_absent("of no consequence", 60, 60)
    for number, state in enumerate((old, other, newcomer)):
        with pytest.raises(StateUnavailable, match="lost what it knew") as caught:
            state.add_if_absent(f"key {number}", 60, 60)
        assert caught.value.retry_after == 60
        assert not state.add_if_absent(f"key {number}", 60, 60)
    clock.move(60)
    assert old.add_if_absent("new", 60, 60)
    assert newcomer.add_if_absent("newer", 60, 60)
    with pytest.raises(StateUnavailable):
        other.add_if_absent("newest", 60, 61)


def test_a_mark_that_nobody_can_read_is_no_error(valkey: str, clock: Clock) -> None:
    for mark in ("", "a", "a b", "a nan", "a inf"):
        forget(valkey)
        with redis.Redis.from_url(valkey) as client:
            client.set(MARK, mark)
        assert RedisState(valkey, clock=clock).add_if_absent("key", 60, 60)


def test_a_lost_deny_list_is_written_again(valkey: str, clock: Clock, entry: Revocation) -> None:
    """By every process that has read it, whoever notices the loss first."""
    forget(valkey)
    state = RedisState(valkey, clock=clock)
    over = replace(entry, value="2", until=clock() + 1)
    for each in (entry, over):
        state.revoke(each)
    assert len(state.revocations()) == 2
    forget(valkey)
    clock.move(1)
    with pytest.raises(StateUnavailable):
        state.add_if_absent("key", 60, 60)
    other = replace(entry, value="3")
    RedisState(valkey, clock=clock).revoke(other)
    assert set(state.revocations()) == {entry, other}
    assert set(RedisState(valkey, clock=clock).revocations()) == {entry, other}


def test_a_lost_list_may_have_been_empty(valkey: str, clock: Clock) -> None:
    forget(valkey)
    state = RedisState(valkey, clock=clock)
    assert not state.revocations()
    forget(valkey)
    assert not state.revocations()


def test_a_probe_notices_a_loss(valkey: str, clock: Clock, entry: Revocation) -> None:
    """In a quiet hour nothing else is asked between a revocation, a loss and a restart, after which
    nobody would know."""
    forget(valkey)
    state = RedisState(valkey, clock=clock)
    RedisState(valkey, clock=clock).revoke(entry)
    state.ping()
    forget(valkey)
    state.ping()
    assert list(RedisState(valkey, clock=clock).revocations()) == [entry]


def test_another_database_is_a_mistake() -> None:
    """Who is first would not be decided there in the same way."""

    engine: Any = SimpleNamespace(dialect=SimpleNamespace(name="mysql"))
    with pytest.raises(TypeError, match="mysql"):
        SqlState(engine)


# The stand-in for tests of other parts


def test_the_state_in_memory_keeps_the_contract(clock: Clock, entry: Revocation) -> None:
    state = MemoryState(clock)
    assert race(state, ["key"], 40) == 1
    clock.move(60)
    assert state.add_if_absent("key", 60)
    state.revoke(entry)
    assert list(state.revocations()) == [entry]
    clock.move(3600)
    assert list(state.revocations()) == []
    state.down = True
    assert_unavailable(state, entry)
