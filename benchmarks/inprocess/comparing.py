"""Comparisons in one run: what is compared takes turns, so that noise meets all of it."""

import gc
import time
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

from flask import Flask
from pytest_benchmark.fixture import BenchmarkFixture
from werkzeug.test import EnvironBuilder

#: Anything that takes its time and needs no argument.
Part = Callable[[], object]

#: Calls of a part before another has its turn, and how many turns each has.
CALLS = 25
TURNS = 200


class Compare(Protocol):
    """Measures a part beside others."""

    def __call__(self, part: Part, **others: Part) -> dict[str, float]:
        """Return the seconds of CPU that a call takes in its best turn: `part`, and the others."""


def comparison(benchmark: BenchmarkFixture) -> Compare:
    """Return what measures with a benchmark, in whose report the ratios stand."""

    def compare(part: Part, **others: Part) -> dict[str, float]:
        best = dict.fromkeys(("part", *others), float("inf"))

        def others_have_their_turn() -> None:
            for name, other in others.items():
                best[name] = min(best[name], _turn(other))

        def turn() -> None:
            best["part"] = min(best["part"], _turn(part))

        gc.collect()
        pedantic: Callable[..., object] = benchmark.pedantic
        pedantic(turn, setup=others_have_their_turn, rounds=TURNS, warmup_rounds=5)
        for name in others:
            benchmark.extra_info[f"times {name}"] = round(best["part"] / best[name], 2)
        return best

    return compare


def _turn(part: Part) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        part()
    return (time.process_time() - began) / CALLS


def request_to(app: Flask, path: str, *, token: str = "") -> Part:
    """Return a request to an app, sent as a server does: nothing of a test client is measured."""
    headers = [("Authorization", f"Bearer {token}")] if token else []
    environ = EnvironBuilder(path=path, headers=headers).get_environ()
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        statuses[:] = [status]
        return BytesIO().write

    def send() -> None:
        for _ in app.wsgi_app(dict(environ), start_response):
            pass

    send()
    assert statuses[0].startswith("200"), statuses
    return send
