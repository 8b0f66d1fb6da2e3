"""Every server must answer alike before it is measured: a fast wrong answer is no answer."""

from typing import Any

import requests

from app.authz.testing import TokenFactory

from .issuer import PERMISSION
from .running import PATIENCE, BenchmarkError, Running
from .scenarios import NUMBER, WRITTEN

#: Most items in an answer.
PAGE = 1000


def check(found: Running, items: int, tokens: TokenFactory) -> None:
    """Compare a server's answers with what the wire says.

    :raises BenchmarkError: if one differs.
    """
    address = f"{found.url}/items/{NUMBER}"
    menu = _json(found, requests.get(f"{found.url}/items", timeout=PATIENCE))
    _same(found, "ids of the menu", list(menu), [str(n + 1) for n in range(min(items, PAGE))])
    _same(found, "fields of an item", set(menu["1"]), {"id", *WRITTEN})
    item = _json(found, requests.get(address, timeout=PATIENCE))
    _same(found, "item", item, menu[str(NUMBER)])

    def put(token: str | None) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.put(address, json={"item": WRITTEN}, headers=headers, timeout=PATIENCE)

    written = _json(found, put(tokens.valid((PERMISSION,))))
    _same(found, "written item", written, {"id": NUMBER, **WRITTEN})
    _same(found, "item after the write", requests.get(address, timeout=PATIENCE).json(), written)
    for title, token in (
        ("no token", None),
        ("a token without the permission", tokens.valid(("read:items",))),
        ("a token for another API", tokens.wrong_audience((PERMISSION,))),
        ("a token of another issuer", tokens.wrong_issuer((PERMISSION,))),
    ):
        _same(found, f"refusal of {title}", put(token).status_code // 100, 4)
    bad = requests.put(
        address,
        json={"item": {**WRITTEN, "price": "much"}},
        headers={"Authorization": f"Bearer {tokens.valid((PERMISSION,))}"},
        timeout=PATIENCE,
    )
    _same(found, "refusal of a bad item", bad.status_code // 100, 4)


def _json(found: Running, answer: requests.Response) -> Any:
    _same(found, f"status of {answer.request.method} {answer.url}", answer.status_code, 200)
    return answer.json()


def _same(found: Running, what: str, seen: object, right: object) -> None:
    if seen != right:
        raise BenchmarkError(
            f"{found.server.title}, {what}: {seen!r} is not {right!r}. It wrote:\n"
            f"{found.last_lines()}"
        )
