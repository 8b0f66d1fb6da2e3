"""What the guard costs. The limits are for gross regressions; the figures are in
docs/benchmarks.md."""

import logging
import warnings
from collections.abc import Iterator
from typing import Protocol

import pytest
import requests
from flask import Flask, request

from app.authz import Authz, public, requires_permission
from app.authz.errors import AuthzError
from app.authz.testing import FakeIssuer, TokenFactory
from app.authz.testing.issuer import KEYS

from .comparing import Compare, Part, request_to
from .conftest import empty_answer

NAME = "update:items"


class Authenticate(Protocol):
    """Takes tokens through the guard."""

    def __call__(self, token: str, refused: str = "") -> Part:
        """Return what takes a token through it.

        :param refused: the code of the refusal that comes of it; empty for none.
        """


@pytest.fixture
def _log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Refusals are written to a file, as a server writes them."""
    handler = logging.FileHandler(tmp_path_factory.mktemp("log") / "log")
    logger = logging.getLogger("app.authz")
    logger.addHandler(handler)
    logger.propagate = False
    yield
    logger.propagate = True
    logger.removeHandler(handler)
    handler.close()


@pytest.fixture
def settings(authz_settings: dict[str, str]) -> dict[str, str]:
    return authz_settings


@pytest.fixture
def guarded(settings: dict[str, str]) -> Flask:
    """Flask with the guard layer, a route that is open and one that is guarded."""
    app = Flask("guarded")
    app.config.update(settings)
    Authz(app)
    app.add_url_rule("/open", view_func=public(lambda: empty_answer()), endpoint="open")
    app.add_url_rule(
        "/guarded", view_func=requires_permission(NAME)(lambda: empty_answer()), endpoint="guarded"
    )
    return app


def authlib(issuer: FakeIssuer, tokens: TokenFactory, token: str) -> Part:
    """Return how Authlib alone decodes and validates a token."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from authlib.jose import JsonWebKey, JsonWebToken
    keys = JsonWebKey.import_key_set(requests.get(issuer.origin + KEYS, timeout=5).json())
    verifier = JsonWebToken(["RS256"])
    options = {
        "iss": {"essential": True, "value": issuer.url},
        "aud": {"essential": True, "value": tokens.audience},
        "exp": {"essential": True},
    }

    def decode_and_validate() -> None:
        verifier.decode(token, keys, claims_options=options).validate(leeway=30)

    decode_and_validate()
    return decode_and_validate


def test_a_remembered_token(
    compare: Compare, plain: Flask, guarded: Flask, tokens: TokenFactory
) -> None:
    """Over an open route, in parts of a plain one."""
    token = tokens.valid({NAME})
    took = compare(
        request_to(guarded, "/guarded", token=token),
        open=request_to(guarded, "/open", token=token),
        plain=request_to(plain, "/", token=token),
    )
    assert (took["part"] - took["open"]) / took["plain"] < 0.33
    assert took["open"] / took["plain"] < 1.4


class TestNewTokens:
    """Tokens that are not remembered: none are."""

    @pytest.fixture
    def settings(self, authz_settings: dict[str, str]) -> dict[str, str]:
        return authz_settings | {"AUTHZ_TOKEN_CACHE_SIZE": "0"}

    @pytest.fixture
    def authenticate(self, guarded: Flask) -> Iterator[Authenticate]:
        """Takes a token through the hook of the guard, without the rest of a request."""
        (hook,) = guarded.before_request_funcs[None]

        def authenticate(token: str, refused: str = "") -> Part:
            def part() -> None:
                request.environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
                code = ""
                try:
                    hook()
                except AuthzError as error:
                    code = error.code
                assert code == refused

            part()
            return part

        with guarded.test_request_context("/guarded"):
            yield authenticate

    def test_a_good_one(
        self,
        compare: Compare,
        authenticate: Authenticate,
        issuer: FakeIssuer,
        tokens: TokenFactory,
    ) -> None:
        """Beside Authlib alone, which looks at less."""
        token = tokens.valid({NAME})
        took = compare(authenticate(token), authlib=authlib(issuer, tokens, token))
        assert took["part"] / took["authlib"] < 1.8

    @pytest.mark.usefixtures("_log")
    def test_one_that_is_refused_before_its_signature(
        self, compare: Compare, authenticate: Authenticate, tokens: TokenFactory
    ) -> None:
        took = compare(
            authenticate(tokens.wrong_issuer(), refused="token_issuer"),
            new=authenticate(tokens.valid({NAME})),
        )
        assert took["part"] / took["new"] < 0.9

    @pytest.mark.usefixtures("_log")
    def test_one_with_a_bad_signature(
        self, compare: Compare, authenticate: Authenticate, tokens: TokenFactory
    ) -> None:
        """With its line in the log."""
        took = compare(
            authenticate(tokens.wrong_signature(), refused="token_signature"),
            new=authenticate(tokens.valid({NAME})),
        )
        assert took["part"] / took["new"] < 1.5
