"""The shared states as a deployment has them, and races for keys in one."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, create_engine

from app.authz.state import State
from app.authz.state.redis import RedisState
from app.authz.state.sql import SqlState, metadata
from app.database import engine as engines
from app.database.transactions import reader
from app.extensions import db

Clock = Callable[[], float]

#: The kinds: SQLite as another project has it and as the menu has it, PostgreSQL, and Valkey.
KINDS = ("plain-sqlite", "sqlite", "postgresql", "valkey")


@contextmanager
def opened(kind: str, url: str, clock: Clock = time.time) -> Iterator[State]:
    """Yield the state at an address."""
    if kind == "valkey":
        yield RedisState(url, clock=clock)
        return
    engine = create_engine(url) if kind == "plain-sqlite" else engine_of_the_menu(url)
    yield SqlState(engine, reader=reader(engine), clock=clock)
    engine.dispose()


def with_tables(url: str) -> str:
    """Make the state's tables in a database, and return its address."""
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


def engine_of_the_menu(url: str) -> Engine:
    """Return an engine with the transactions of this API."""
    app = Flask("state")
    app.config["DATABASE_URL"] = url
    engines.init_app(app)
    with app.app_context():
        return db.engine


def race(state: State, keys: list[str], threads: int) -> int:
    """Let threads add the same keys at the same time; return how often one of them was first."""
    start = threading.Barrier(threads)
    firsts: list[str] = []

    def add() -> None:
        start.wait()
        firsts.extend(key for key in keys if state.add_if_absent(key, 60))

    racers = [threading.Thread(target=add) for _ in range(threads)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return len(firsts)


def race_at(kind: str, url: str, keys: list[str], threads: int) -> int:
    """Race for keys in the store at an address."""
    with opened(kind, url) as state:
        return race(state, keys, threads)
