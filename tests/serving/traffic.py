"""Reads and guarded writes at once, and what came of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from .running import PATIENCE, Load

SOUP = {"name": "Soup", "price": 3, "description": "", "image": "https://menu.test/soup.png"}

Bearer = Callable[..., dict[str, str]]


class Traffic:
    """Callers who read the menu and callers who add to it, each on a new connection.

    Use it in a `with`. Results are status codes, or what failed.
    """

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        self._address = f"{address}/items"
        self._headers = headers
        #: The ids of the items that the server has said to keep.
        self.acknowledged: list[int] = []
        self.reads = Load(self._read, callers=3)
        self.writes = Load(self._write, callers=2)

    def _read(self) -> int:
        return requests.get(f"{self._address}?limit=5", timeout=PATIENCE).status_code

    def _write(self) -> int:
        answer = requests.post(
            self._address,
            json={"item": SOUP},
            headers=self._headers,
            timeout=PATIENCE,
        )
        if answer.status_code == 201:
            self.acknowledged.append(answer.json()["id"])
        return answer.status_code

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Send requests as long as the block lasts, some at least before it and some after it."""
        with self.reads, self.writes:
            self._wait_for_more()
            yield
            self._wait_for_more()

    def _wait_for_more(self) -> None:
        self.reads.wait_for_more()
        self.writes.wait_for_more()

    @property
    def failures(self) -> list[object]:
        """What came of the requests that did not succeed."""
        results = self.reads.results + self.writes.results
        return [result for result in results.elements() if result not in (200, 201)]


def kept(server: str) -> set[int]:
    """Return the ids of all items that the server at an address has."""
    ids: set[int] = set()
    address = f"{server}/items"
    while True:
        page = requests.get(address, timeout=PATIENCE)
        ids |= {item["id"] for item in page.json().values()}
        if "next" not in page.links:
            return ids
        address = server + page.links["next"]["url"]
