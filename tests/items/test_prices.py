"""Prices: JSON numbers from 0 to 1,000,000 with two decimals, exact on the whole way."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import cast

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from werkzeug.test import TestResponse

from app.items.rendering import item_body
from app.items.schemas import Price
from app.items.store import ItemRow
from tests.conftest import Bearer

from .conftest import without_statements

Send = Callable[[str], TestResponse]

field: Price = Price()


@pytest.fixture
def send(client: FlaskClient, bearer: Bearer) -> Send:
    """Send a new item whose price is the given JSON text."""

    def post(price: str) -> TestResponse:
        text = (
            f'{{"item": {{"name": "n", "price": {price}, "description": "", "image": "http://a"}}}}'
        )
        headers = bearer("create:items")
        return client.post("/items", data=text, content_type="application/json", headers=headers)

    return post


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("5.99", "5.99"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0.01", "0.01"),
        ("0.1", "0.1"),
        ("5", "5"),
        ("5.0", "5"),
        ("5.990", "5.99"),
        ("5.99" + "0" * 500, "5.99"),
        ("599e-2", "5.99"),
        ("1e6", "1000000"),
        ("1000000", "1000000"),
        ("1000000.00", "1000000"),
        ("999999.99", "999999.99"),
        ("0e-5000000", "0"),
    ],
)
def test_price_keeps_its_value(send: Send, sent: str, answered: str) -> None:
    """It is answered as the shortest number of the same value."""
    answer = send(sent)
    assert answer.status_code == 201
    assert f'"price":{answered},' in answer.text


@without_statements
@pytest.mark.parametrize(
    "price",
    [
        "-1",
        "-0.01",
        "1000000.01",
        "1000001",
        "1e7",
        "1e400",
        "-1e400",
        "9" * 4000,
        "1.999",
        "0.001",
        "5.999",
        "5.99" + "0" * 500 + "1",
        "1e-400",
        "1e-5000000",
        "999999.999",
        "999999.9999999999999999999999999999999999",
        '"5.99"',
        '""',
        "true",
        "false",
        "null",
        "[]",
        "[1]",
        "{}",
    ],
    ids=lambda price: price[:30],
)
def test_what_is_no_price_is_422(send: Send, price: str) -> None:
    """Nothing is rounded, nothing is read out of text."""
    answer = send(price)
    assert answer.status_code == 422
    assert list((answer.json or {})["errors"]) == ["price"]


@without_statements
@given(st.integers(0, 100_000_000))
def test_every_price_survives_the_way_in_and_out(cents: int) -> None:
    """What is answered is the number that was sent, digit for digit."""
    sent = Decimal(cents).scaleb(-2)
    row = cast(ItemRow, (1, "n", field.deserialize(sent), "", ""))
    answered = json.loads(item_body(row), parse_float=Decimal)["price"]
    assert answered == sent


@without_statements
@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_price_is_loaded_exactly_or_refused(price: Decimal) -> None:
    """Whatever number is sent, none is stored that differs from it."""
    try:
        cents = field.deserialize(price)
    except ValidationError:
        hundredths = price.normalize().as_tuple().exponent
        assert isinstance(hundredths, int)
        assert hundredths < -2 or not 0 <= price <= 1_000_000
    else:
        assert Decimal(cents).scaleb(-2) == price
