"""The menu in the database: each function is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from app.database import glance, reading, write

from .models import Item, Menu

#: An item as it is stored: id, name, price in cents, description, image.
ItemRow: TypeAlias = Row[int, str, int, str, str]

#: Looks at the stored item before it is changed, and raises to leave it as it is. It may be asked
#: several times.
Precondition: TypeAlias = Callable[[ItemRow], None]

Result = TypeVar("Result")

_ITEMS = select(Item.id, Item.name, Item.price_cents, Item.description, Item.image)
_PAGE = _ITEMS.where(Item.id > bindparam("after")).order_by(Item.id).limit(bindparam("limit"))
_BY_ID = _ITEMS.where(Item.id == bindparam("item_id"))
_BY_ID_TO_CHANGE = _BY_ID.with_for_update()
_INSERT = insert(Item).returning(*_ITEMS.selected_columns)
_UPDATE = update(Item).where(Item.id == bindparam("item_id")).returning(*_ITEMS.selected_columns)
_DELETE = delete(Item).where(Item.id == bindparam("item_id"))
_VERSION = str(select(Menu.version))
# As text: in SQLAlchemy's own form it takes half as long again.
_NEXT_VERSION = "UPDATE menu SET version = version + 1"


def version() -> int | None:
    """Return the number of the menu as it is: as long as it is the same, so is every item.

    :returns: None if it is not kept. Then nothing is known of what has changed.
    """
    found: int | None = glance(_VERSION)
    return found


def change(work: Callable[[Connection], Result]) -> Result:
    """Change items in a transaction, and return what the work has returned.

    :param work: see `database.write`. If it returns something false, it has changed nothing.
    """

    def counted(connection: Connection) -> Result:
        result = work(connection)
        if result:
            # Last: from here to the end of the transaction no other one can change anything.
            connection.exec_driver_sql(_NEXT_VERSION)
        return result

    return write(counted)


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
    return change(lambda connection: connection.execute(_INSERT, dict(values)).one())


def replace(
    item_id: int, values: Mapping[str, object], precondition: Precondition | None = None
) -> ItemRow | None:
    """Store new values in an item and return it, or nothing if there is no such item.

    :param values: every column but the id.
    :param precondition: sees the item that is replaced; no other writer comes between.
    """

    def work(connection: Connection) -> ItemRow | None:
        _ask(precondition, connection, item_id)
        return connection.execute(_UPDATE, {"item_id": item_id, **values}).one_or_none()

    return change(work)


def remove(item_id: int, precondition: Precondition | None = None) -> bool:
    """Delete an item and return whether there was one.

    :param precondition: sees the item that is deleted; no other writer comes between.
    """

    def work(connection: Connection) -> bool:
        _ask(precondition, connection, item_id)
        return connection.execute(_DELETE, {"item_id": item_id}).rowcount == 1

    return change(work)


def _ask(precondition: Precondition | None, connection: Connection, item_id: int) -> None:
    """Let a precondition see an item, if there is one, and keep the item as it is until the end."""
    if precondition is not None:
        current = connection.execute(_BY_ID_TO_CHANGE, {"item_id": item_id}).one_or_none()
        if current is not None:
            precondition(current)
