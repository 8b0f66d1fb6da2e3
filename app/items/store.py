"""The menu in the database: each function is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from app.database import reading, write

from .models import Item

#: An item as it is stored: id, name, price in cents, description, image.
ItemRow: TypeAlias = Row[int, str, int, str, str]

#: Looks at the stored item before it is changed, and raises to leave it as it is. It may be asked
#: several times.
Precondition: TypeAlias = Callable[[ItemRow], None]

_ITEMS = select(Item.id, Item.name, Item.price_cents, Item.description, Item.image)
_PAGE = _ITEMS.where(Item.id > bindparam("after")).order_by(Item.id).limit(bindparam("limit"))
_BY_ID = _ITEMS.where(Item.id == bindparam("item_id"))
_BY_ID_TO_CHANGE = _BY_ID.with_for_update()
_INSERT = insert(Item).returning(*_ITEMS.selected_columns)
_UPDATE = update(Item).where(Item.id == bindparam("item_id")).returning(*_ITEMS.selected_columns)
_DELETE = delete(Item).where(Item.id == bindparam("item_id"))


def page(after: int, limit: int) -> Sequence[ItemRow]:
    """Return at most `limit` items with an id above `after`, lowest id first."""
    with reading() as connection:
        return connection.execute(_PAGE, {"after": after, "limit": limit}).all()


def get(item_id: int) -> ItemRow | None:
    """Return an item, or nothing."""
    with reading() as connection:
        return connection.execute(_BY_ID, {"item_id": item_id}).one_or_none()


def add(values: Mapping[str, object]) -> ItemRow:
    """Store a new item and return it with its id.

    :param values: every column but the id.
    """
    return write(lambda connection: connection.execute(_INSERT, dict(values)).one())


def replace(
    item_id: int, values: Mapping[str, object], precondition: Precondition
) -> ItemRow | None:
    """Store new values in an item and return it, or nothing if there is no such item.

    :param values: every column but the id.
    :param precondition: sees the item that is replaced; no other writer comes between.
    """

    def work(connection: Connection) -> ItemRow | None:
        current = connection.execute(_BY_ID_TO_CHANGE, {"item_id": item_id}).one_or_none()
        if current is None:
            return None
        precondition(current)
        return connection.execute(_UPDATE, {"item_id": item_id, **values}).one()

    return write(work)


def remove(item_id: int, precondition: Precondition) -> bool:
    """Delete an item and return whether there was one.

    :param precondition: sees the item that is deleted; no other writer comes between.
    """

    def work(connection: Connection) -> bool:
        current = connection.execute(_BY_ID_TO_CHANGE, {"item_id": item_id}).one_or_none()
        if current is None:
            return False
        precondition(current)
        connection.execute(_DELETE, {"item_id": item_id})
        return True

    return write(work)
