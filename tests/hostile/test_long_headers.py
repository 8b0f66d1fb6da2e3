"""A header of 16 megabytes costs no more than having it: it is not copied, and not looked through.

Real servers do not pass such headers on; this is about the one that does.
"""

import time
import tracemalloc
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from .case import Forge
from .conftest import Send

LONG, SHORT = 16_000_000, 16_000

#: How much longer the long header may take than one that is a thousandth of it.
FACTOR = 10

#: What makes a header of some length, beside a token that is bound.
HEADERS: dict[str, Callable[[int], Mapping[str, str]]] = {
    "letters": lambda n: {"Authorization": "Bearer " + "a" * n},
    "dots": lambda n: {"Authorization": "Bearer " + "." * n},
    "spaces": lambda n: {"Authorization": "Bearer " + " " * n},
    "spaces at the end": lambda n: {"Authorization": "Bearer a" + " " * n},
    "spaces alone": lambda n: {"Authorization": " " * n},
    "a scheme": lambda n: {"Authorization": "a" * n},
    "another scheme": lambda n: {"Authorization": "Basic " + "a" * n},
    "commas": lambda n: {"Authorization": "Basic " + "," * n},
    "commas and spaces": lambda n: {"Authorization": "Basic " + ", " * (n // 2)},
    "nearly a second Bearer, often": lambda n: {"Authorization": "Basic " + ",bearerx" * (n // 8)},
    "a token for DPoP": lambda n: {"Authorization": "DPoP " + "a" * n},
    "bytes of latin-1": lambda n: {"Authorization": "Bearer " + "\xff" * n},
}


def environ_of(headers: Mapping[str, str]) -> dict[str, object]:
    """Return what a server hands to the app."""
    environ = EnvironBuilder("/requires_auth").get_environ()
    for name, value in headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ


def cost(client: FlaskClient, headers: Mapping[str, str]) -> tuple[float, int]:
    """Return the CPU time and the bytes that the app needs for a request, at the least."""
    environ, statuses, times = environ_of(headers), [], []

    def ask() -> None:
        b"".join(client.application(dict(environ), lambda status, _: statuses.append(status)))  # type: ignore[arg-type]

    for _ in range(7):
        began = time.thread_time()
        ask()
        times.append(time.thread_time() - began)
    tracemalloc.start()
    try:
        ask()
        return min(times), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", HEADERS.values(), ids=HEADERS)
def test_a_long_header_costs_as_much_as_a_short_one(
    client: FlaskClient, make: Callable[[int], Mapping[str, str]]
) -> None:
    short, _ = cost(client, make(SHORT))
    long, memory = cost(client, make(LONG))
    assert long < FACTOR * short
    assert memory < LONG / 16


@pytest.mark.parametrize("name", ["DPoP", "Client-Cert"])
def test_a_long_header_beside_a_good_token_costs_as_much(
    client: FlaskClient, forge: Forge, name: str
) -> None:
    """A proof or a certificate, where the token asks for one."""
    cnf = forge.client_key.confirmation if name == "DPoP" else forge.client_certificate.confirmation
    scheme = "DPoP" if name == "DPoP" else "Bearer"
    good = {"Authorization": f"{scheme} {forge.signed(claims=forge.claims(cnf=cnf))}"}
    short, _ = cost(client, {**good, name: "a" * SHORT})
    long, memory = cost(client, {**good, name: "a" * LONG})
    assert long < FACTOR * short
    assert memory < LONG / 16


def test_other_long_headers_are_not_read(send: Send, forge: Forge) -> None:
    """What the guard does not need is no business of it."""
    good = {"Authorization": f"Bearer {forge.good()}"}
    others = {"DPoP": "a" * LONG, "Client-Cert": "a" * LONG, "X-Other": "a" * LONG}
    assert send({**good, **others}).status_code == 200
