"""What the document says of an item, against what the API takes: both must say the same."""

from decimal import Decimal
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from marshmallow import ValidationError, fields
from marshmallow.validate import OneOf

from app.items.schemas import ItemSchema
from app.openapi import schemas

from .conftest import Document

TEXTS = [
    "",
    " ",
    "\t\n",
    "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "Soup",
    " Soup\n",
    "Crème brûlée",
    "\N{HOT BEVERAGE}",
    "\x00",
    "a\x1fb",
    "a\x7fb",
    "a\x85b",
    "a" * 200,
    "\N{HOT BEVERAGE}" * 200,
    "a" * 201,
    None,
    7,
]

ADDRESSES = [
    "http://a",
    "HTTPS://example.com:8443/soup.png?size=1#top",
    "https://例え.jp/ß",
    "https://example.com:",
    "https://example.com:65535/",
    "https://example.com:65536/",
    "https://example.com:x/",
    "https://",
    "https:///soup.png",
    "https://:80",
    "https://user@example.com/",
    "https://example.com/a@b",
    "https://example.com/a b",
    "https://example.com/\n",
    "https://example.com/\N{NO-BREAK SPACE}",
    "https://exa\N{FULLWIDTH COMMERCIAL AT}mple.com/",
    "https://exa\N{ACCOUNT OF}mple.com/",
    "https://[::1",
    "ftp://example.com/",
    "//example.com/",
    "soup.png",
    "https://example.com/" + "a" * 1980,
    "https://example.com/" + "a" * 1981,
]

PRICES = [0, 0.01, 5.99, 1e2, 999999.99, 1_000_000, -0.01, 1_000_000.01, 5.999, "5.99", True, None]


@pytest.fixture(scope="module")
def document() -> Document:
    """The schemas alone: they hang on no setting."""
    found: Document = schemas.described_spec("1", title="Menu API").to_dict()
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("name", text) for text in TEXTS),
        *(("description", text) for text in TEXTS),
        *(("image", address) for address in ADDRESSES),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_text_fits_the_document_if_the_api_takes_it(
    document: Document, soup: dict[str, object], name: str, value: object
) -> None:
    item = soup | {name: value}
    assert fits(document, item) is taken(item)


@pytest.mark.parametrize("price", PRICES)
def test_a_price_fits_the_document_if_the_api_takes_it(
    document: Document, soup: dict[str, object], price: object
) -> None:
    """Bounds are plain numbers: apispec would leave Python's own in them."""
    item = soup | {"price": price}
    assert fits(document, item) is taken(item)


@pytest.mark.parametrize("missing", ["name", "price", "description", "image"])
def test_every_field_is_required(document: Document, soup: dict[str, object], missing: str) -> None:
    del soup[missing]
    assert not fits(document, soup)


def test_another_field_is_refused(document: Document, soup: dict[str, object]) -> None:
    assert not fits(document, soup | {"colour": "red"})


def test_an_address_that_the_pattern_leaves_out_may_be_answered(
    document: Document, soup: dict[str, object]
) -> None:
    """No pattern can tell a good IPv6 address; the API takes one, and what is stored must fit."""
    item = soup | {"image": "https://[2001:db8::1]/soup.png"}
    assert taken(item)
    assert not fits(document, item)
    assert fits(document, {"id": 4, **item}, "Item")


@pytest.mark.parametrize(
    ("schema", "item_id", "expected"),
    [
        ("NewItem", ["anything"], True),
        ("KnownItem", 1, True),
        ("KnownItem", 2**63 - 1, True),
        ("KnownItem", 2.0, True),
        ("KnownItem", 0, False),
        ("KnownItem", 2**63, False),
        ("KnownItem", 1.5, False),
        ("KnownItem", "1", False),
        ("AddressedItem", 1, True),
        ("AddressedItem", "1", False),
    ],
)
def test_an_id_is_a_whole_number_where_it_matters(
    document: Document, soup: dict[str, object], schema: str, item_id: object, expected: bool
) -> None:
    assert fits(document, soup | {"id": item_id}, schema) is expected


@pytest.mark.parametrize(
    ("schema", "expected"), [("NewItem", True), ("KnownItem", False), ("AddressedItem", True)]
)
def test_an_id_is_required_where_nothing_else_names_the_item(
    document: Document, soup: dict[str, object], schema: str, expected: bool
) -> None:
    assert fits(document, soup, schema) is expected


def test_a_validator_without_a_meaning_stops_the_making() -> None:
    """Else the document would leave it out, and nobody would see it."""
    field = fields.String(validate=OneOf(["a"]))
    with pytest.raises(KeyError):
        schemas._by_function(None, field)


def fits(document: Document, item: dict[str, Any], name: str = "NewItem") -> bool:
    """Say whether an item fits a schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return Draft202012Validator(schema).is_valid(item)


def taken(item: dict[str, Any]) -> bool:
    """Say whether the API takes an item."""
    price = item["price"]
    # As the body is read.
    exact = Decimal(str(price)) if isinstance(price, float) else price
    try:
        ItemSchema().load(item | {"price": exact})
    except ValidationError:
        return False
    return True
