"""FastAPI with auth0-fastapi-api, as its README says."""

import os
from itertools import islice
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, HTTPException
from fastapi_plugin import Auth0FastAPI
from pydantic import BaseModel, Field

from .menu import PAGE
from .menu import items as first_items


class NewItem(BaseModel):
    """What an item may hold."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    price: Annotated[float, Field(ge=0)]
    description: Annotated[str, Field(max_length=2000)]
    image: Annotated[str, Field(max_length=2000, pattern="^https?://")]


class Item(NewItem):
    """A line of the menu."""

    id: int


class WrappedItem(BaseModel):
    """The body of a write."""

    item: NewItem


app = FastAPI()
auth0 = Auth0FastAPI(domain=urlsplit(os.environ["ISSUER"]).netloc, audience=os.environ["AUDIENCE"])
items = {number: Item(**values) for number, values in first_items.items()}


async def may_update(claims: Annotated[dict[str, Any], Depends(auth0.require_auth())]) -> None:
    """Let in who may update items; the package itself looks at scopes alone."""
    if "update:items" not in claims.get("permissions", ()):
        raise HTTPException(403, "Insufficient permissions")


@app.get("/items")
async def page() -> dict[int, Item]:
    """Answer with the first page of the menu."""
    return dict(islice(items.items(), PAGE))


@app.get("/items/{number}")
async def item(number: int) -> Item:
    """Answer with an item."""
    return _found(number)


@app.put("/items/{number}", dependencies=[Depends(may_update)])
async def replace(number: int, body: WrappedItem) -> Item:
    """Put new values in place of an item's."""
    _found(number)
    items[number] = Item(id=number, **body.item.model_dump())
    return items[number]


def _found(number: int) -> Item:
    if number not in items:
        raise HTTPException(404)
    return items[number]
