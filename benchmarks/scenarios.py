"""What is asked of each server."""

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from .servers import Server

#: Items on the menu of most scenarios: those of a fresh menu.
FEW = 3
MANY = 100_000

#: The item that is read and written.
NUMBER = 2
WRITTEN = {
    "name": "Pizza",
    "price": 3.49,
    "description": "Cheesy, and hot from the oven",
    "image": "https://cdn.auth0.com/blog/whatabyte/pizza-sm.png",
}


class Tokens(Enum):
    """What stands in `Authorization`."""

    NONE = "none"
    ONE = "one"
    IN_TURN = "in turn"
    NEW = "new"
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"


#: Tokens of `Tokens.IN_TURN`.
IN_TURN = 200


@dataclass(frozen=True)
class Scenario:
    """One kind of request, and the status that is right."""

    name: str
    title: str
    method: str
    path: str
    tokens: Tokens = Tokens.NONE
    items: int = FEW

    def status(self, server: Server) -> int:
        """Return the status that a server must answer with."""
        if self.tokens is Tokens.BAD_SIGNATURE:
            return server.bad_signature
        return HTTPStatus.UNAUTHORIZED if self.tokens is Tokens.EXPIRED else HTTPStatus.OK


def _write(name: str, title: str, tokens: Tokens) -> Scenario:
    return Scenario(name, title, "PUT", f"/items/{NUMBER}", tokens)


SCENARIOS = [
    Scenario("menu", f"Read the menu of {FEW} items", "GET", "/items"),
    Scenario("item", "Read one item", "GET", f"/items/{NUMBER}"),
    _write("write", "Guarded write, one token", Tokens.ONE),
    _write("write-in-turn", f"Guarded write, {IN_TURN} tokens in turn", Tokens.IN_TURN),
    _write("write-new", "Guarded write, a new token each time", Tokens.NEW),
    _write("bad-signature", "Refused: a bad signature", Tokens.BAD_SIGNATURE),
    _write("expired", "Refused: an expired token", Tokens.EXPIRED),
    Scenario("large-menu", f"Read a page of 1,000 of {MANY:,} items", "GET", "/items", items=MANY),
]
