"""The whole corpus in one process: in other modes, and at a bounded cost."""

import logging
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping

import pytest
from werkzeug.test import TestResponse

from app.authz.testing import Clock, FakeIssuer, TokenFactory

from .canary import Canary
from .case import Case, Forge
from .conftest import Send, guarded
from .corpus import CORPUS
from .keys import SeededKey

pytestmark = pytest.mark.slow

#: Who writes the line of a refusal.
LOGGER = "app.authz.refusals"

#: Bytes that a request may need beyond what it sends.
ROOM = 2_000_000

#: Bytes that all of them together may leave behind, the second time.
KEPT = 200_000

#: How much longer than a good token, verified anew, the worst case may take.
FACTOR = 20


@pytest.fixture(scope="module")
def requests(forge: Forge) -> list[tuple[Case, Mapping[str, str]]]:
    """Every case, and what it sends."""
    return [(case, case.headers(forge)) for case in CORPUS]


def test_bad_credentials_are_bad_where_none_are_needed(
    requests: list[tuple[Case, Mapping[str, str]]], send: Send, forge: Forge
) -> None:
    """Those of another scheme are none. Afterwards a good token passes as before."""
    for case, headers in requests:
        response = send(headers, "optional_auth")
        if case.code == "token_missing":
            assert response.json == {"subject": None}, case.name
        elif not case.name.startswith("proof: "):  # whose address is that of another view
            assert (response.status_code, response.get_json()["code"]) == (
                case.status,
                case.code,
            ), case.name
        else:
            assert response.status_code == case.status, case.name
    good = {"Authorization": f"Bearer {forge.good()}"}
    assert send(good, "requires_permission").status_code == 200


def test_a_public_view_looks_at_no_credentials(
    requests: list[tuple[Case, Mapping[str, str]]], send: Send
) -> None:
    """It answers 200 to each, and knows nobody."""
    for case, headers in requests:
        response = send(headers, "public")
        assert (response.status_code, response.json) == (200, {"subject": None}), case.name


def measured(send: Callable[[], object]) -> float:
    """Return the CPU time of this thread that something takes."""
    began = time.thread_time()
    send()
    return time.thread_time() - began


@pytest.fixture
def verification(canary: Canary, still: Clock) -> Iterator[Callable[[], TestResponse]]:
    """Sends a good token to an app that remembers no token."""
    with FakeIssuer() as own:
        own.keys = [SeededKey("first", seed=7)]
        forge = Forge(own, TokenFactory(own, clock=still), canary.url)
        good = {"Authorization": f"Bearer {forge.good()}"}
        client = guarded(own, still, AUTHZ_TOKEN_CACHE_SIZE="0").test_client()
        yield lambda: client.get("/requires_auth", headers=good)


def test_no_case_takes_much_longer_than_a_good_token(
    requests: list[tuple[Case, Mapping[str, str]]],
    send: Send,
    verification: Callable[[], TestResponse],
) -> None:
    """Time is compared with time. What was slow once is tried again: the machine may have been."""
    usual = min(measured(verification) for _ in range(50))
    for case, headers in requests:
        tries = (measured(lambda: send(headers)) for _ in range(5))  # noqa: B023
        assert any(tried < FACTOR * usual for tried in tries), case.name


def test_no_case_takes_much_memory(
    requests: list[tuple[Case, Mapping[str, str]]], send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither for a moment, nor for good."""
    caplog.set_level(logging.CRITICAL, LOGGER)  # pytest would keep every line
    tracemalloc.start()
    try:
        for case, headers in requests:
            tracemalloc.reset_peak()
            now, _ = tracemalloc.get_traced_memory()
            send(headers)
            _, peak = tracemalloc.get_traced_memory()
            assert peak - now < ROOM, case.name
        # By now all is there that is made once.
        before, _ = tracemalloc.get_traced_memory()
        for _, headers in requests:
            send(headers)
        after, _ = tracemalloc.get_traced_memory()
        assert after - before < KEPT
    finally:
        tracemalloc.stop()
