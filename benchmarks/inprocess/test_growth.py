"""What stays as it is while the menu or the number of tokens grows."""

import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stderr
from itertools import cycle
from os import devnull
from pathlib import Path

import pytest
from flask import Flask, request
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import text

from app import create_app
from app.authz import Authz, requires_auth
from app.authz.testing import FakeIssuer, TokenFactory
from app.authz.testing.keys import base64url
from app.authz.testing.signers import signer
from app.extensions import alembic, db
from app.items import pages

from .comparing import Compare, Part, request_to
from .conftest import empty_answer

pytestmark = pytest.mark.slow

FEW_ITEMS, MANY_ITEMS = 1_000, 1_000_000
FEW_TOKENS, MANY_TOKENS = 100, 100_000
#: Tokens that a process remembers where not all of them fit.
FITTING = 50

#: Fills the menu, each item as long as another.
FILL = text(
    "INSERT INTO items (name, price_cents, description, image)"
    " WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
    " SELECT 'Item ' || (1000000 + n), 599, 'Tasty', 'https://menu.test/item.png' FROM numbers"
)


@pytest.fixture
def menu_of(authz_settings: dict[str, str], tmp_path: Path) -> Iterator[Callable[[int], Flask]]:
    """Makes APIs with so many items."""
    with ExitStack() as stack:

        def make(count: int) -> Flask:
            url = f"sqlite:///{tmp_path}/{count}.db"
            app = create_app(authz_settings | {"DATABASE_URL": url})
            with app.app_context():
                alembic.upgrade()
                with db.engine.begin() as connection:
                    connection.execute(FILL, {"count": count})
                stack.callback(db.engine.dispose)
            return app

        yield make


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "read"])
def test_a_page_of_the_menu(
    compare: Compare,
    menu_of: Callable[[int], Flask],
    monkeypatch: pytest.MonkeyPatch,
    kept: bool,
) -> None:
    """The last hundred items, as they are kept and as they are read from the database."""
    if not kept:
        monkeypatch.setattr(pages, "LONGEST", 0)
    few, many = (
        request_to(menu_of(count), f"/items?limit=100&after={count - 100}")
        for count in (FEW_ITEMS, MANY_ITEMS)
    )
    with open(devnull, "w") as nowhere, redirect_stderr(nowhere):
        took = compare(many, few=few)
    assert took["part"] / took["few"] < 1.6


class Tokens:
    """Many tokens of an issuer, signed with Ed25519: with RSA they would take minutes to make."""

    def __init__(self, issuer: FakeIssuer, factory: TokenFactory) -> None:
        self._key = signer("EdDSA", 0)
        self._factory = factory
        issuer.members = [self._key.jwk | {"kid": "ed", "alg": "EdDSA"}]

    def make(self, count: int) -> list[str]:
        """Return so many tokens, in no order."""
        made = [self._token(number) for number in range(count)]
        random.shuffle(made)
        return made

    def _token(self, number: int) -> str:
        header = {"alg": "EdDSA", "typ": "JWT", "kid": "ed"}
        claims = self._factory.claims({"update:items"}, sub=f"auth0|{number:024}")
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{base64url(self._key.sign(signed.encode()))}"


@pytest.fixture
def many_tokens(issuer: FakeIssuer, tokens: TokenFactory) -> Iterator[Tokens]:
    """Tokens of the issuer."""
    yield Tokens(issuer, tokens)
    issuer.members = None


@pytest.fixture
def guard(authz_settings: dict[str, str]) -> Callable[[int, list[str]], Part]:
    """Makes guards that remember so many tokens, and returns what takes tokens through one in turn;
    each of them was there once."""

    def make(remembered: int, tokens: list[str]) -> Part:
        app = Flask("guarded")
        app.config |= authz_settings | {
            "AUTHZ_ALGORITHMS": "EdDSA",
            "AUTHZ_TOKEN_CACHE_SIZE": str(remembered),
            "AUTHZ_TOKEN_CACHE_SECONDS": "600",
        }
        Authz(app)
        app.add_url_rule("/", view_func=requires_auth(lambda: empty_answer()))
        (hook,) = app.before_request_funcs[None]
        context = app.test_request_context("/")
        headers = cycle([f"Bearer {token}" for token in tokens])

        def part() -> None:
            with context:
                request.environ["HTTP_AUTHORIZATION"] = next(headers)
                hook()

        for _ in tokens:
            part()
        return part

    return make


def test_tokens_that_are_remembered(
    compare: Compare, guard: Callable[[int, list[str]], Part], many_tokens: Tokens
) -> None:
    many = guard(MANY_TOKENS, many_tokens.make(MANY_TOKENS))
    few = guard(MANY_TOKENS, many_tokens.make(FEW_TOKENS))
    took = compare(many, few=few)
    assert took["part"] / took["few"] < 1.6


def test_tokens_that_do_not_fit(
    compare: Compare, guard: Callable[[int, list[str]], Part], many_tokens: Tokens
) -> None:
    """Each is verified anew, and takes the place of another."""
    many = guard(FITTING, many_tokens.make(MANY_TOKENS))
    few = guard(FITTING, many_tokens.make(FEW_TOKENS))
    took = compare(many, few=few)
    assert took["part"] / took["few"] < 1.6


def test_the_memory_of_a_token(
    benchmark: BenchmarkFixture, guard: Callable[[int, list[str]], Part], many_tokens: Tokens
) -> None:
    """In bytes; what is not remembered takes none."""
    tokens = many_tokens.make(10_000)
    guard(FITTING, tokens[:100])
    tracemalloc.start()
    guards = [guard(FITTING, tokens)]
    beyond = tracemalloc.get_traced_memory()[0]
    guards.append(guard(len(tokens), tokens))
    kept = tracemalloc.get_traced_memory()[0] - beyond
    tracemalloc.stop()
    headers = sum(len(token) + 60 for token in tokens)
    benchmark.extra_info["bytes of a token"] = (kept - headers) // len(tokens)
    pedantic: Callable[..., object] = benchmark.pedantic
    pedantic(guards[0], rounds=1)
    assert beyond - headers < 1_000_000
    assert kept - headers < 6_000 * len(tokens)
