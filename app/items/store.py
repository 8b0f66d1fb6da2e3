"""The menu in the database: each function is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update

from app.database.statements import Statement
from app.database.transactions import Lent, glance, reading, write

from .models import Item, Menu


class ItemRow(NamedTuple):
    """An item as it is stored."""

    id: int
    name: str
    price_cents: int
    description: str
    image: str


#: Looks at the stored item before it is changed, and raises to leave it as it is. It may be asked
#: several times.
Precondition: TypeAlias = Callable[[ItemRow], None]

Result = TypeVar("Result")

_COLUMNS = ("name", "price_cents", "description", "image")
_ITEMS = select(Item.id, Item.name, Item.price_cents, Item.description, Item.image)
_BY_ID = _ITEMS.where(Item.id == bindparam("item_id"))
_SELECT = Statement(_BY_ID)
_SELECT_TO_CHANGE = Statement(_BY_ID.with_for_update())
_SELECT_PAGE = Statement(
    _ITEMS.where(Item.id > bindparam("after")).order_by(Item.id).limit(bindparam("limit"))
)
#: Of a new item: its columns but the id.
INSERT = Statement(insert(Item).returning(*_ITEMS.selected_columns), _COLUMNS)
_UPDATE = Statement(
    update(Item).where(Item.id == bindparam("item_id")).returning(*_ITEMS.selected_columns),
    _COLUMNS,
)
_DELETE = Statement(delete(Item).where(Item.id == bindparam("item_id")).returning(Item.id))
_VERSION = str(select(Menu.version))
_NEXT_VERSION = Statement(update(Menu).values(version=Menu.version + 1))


def version() -> int | None:
    """Return the number of the menu as it is: as long as it is the same, so is every item.

    :returns: None if it is not kept. Then nothing is known of what has changed.
    """
    found: int | None = glance(_VERSION)
    return found


def change(work: Callable[[Lent], Result]) -> Result:
    """Change items in a transaction, and return what the work has returned.

    :param work: see `transactions.write`. If it returns something false, it has changed nothing.
    """

    def counted(lent: Lent) -> Result:
        result = work(lent)
        if result:
            # Last: from here to the end of the transaction no other one can change anything.
            _NEXT_VERSION.run(lent)
        return result

    return write(counted)


def page(after: int, limit: int) -> Sequence[ItemRow]:
    """Return at most `limit` items with an id above `after`, lowest id first."""
    with reading() as connection:
        return [ItemRow(*row) for row in _SELECT_PAGE.run(connection, after=after, limit=limit)]


def get(item_id: int) -> ItemRow | None:
    """Return an item, or nothing."""
    with reading() as connection:
        return _only(_SELECT.run(connection, item_id=item_id))


def add(values: Mapping[str, object]) -> ItemRow:
    """Store a new item and return it with its id.

    :param values: every column but the id.
    """
    return change(lambda lent: ItemRow(*INSERT.run(lent, **values)[0]))


def replace(
    item_id: int, values: Mapping[str, object], precondition: Precondition | None = None
) -> ItemRow | None:
    """Store new values in an item and return it, or nothing if there is no such item.

    :param values: every column but the id.
    :param precondition: sees the item that is replaced; no other writer comes between.
    """

    def work(lent: Lent) -> ItemRow | None:
        _ask(precondition, lent, item_id)
        return _only(_UPDATE.run(lent, item_id=item_id, **values))

    return change(work)


def remove(item_id: int, precondition: Precondition | None = None) -> bool:
    """Delete an item and return whether there was one.

    :param precondition: sees the item that is deleted; no other writer comes between.
    """

    def work(lent: Lent) -> bool:
        _ask(precondition, lent, item_id)
        return bool(_DELETE.run(lent, item_id=item_id))

    return change(work)


def _ask(precondition: Precondition | None, lent: Lent, item_id: int) -> None:
    """Let a precondition see an item, if there is one, and keep the item as it is until the end."""
    if precondition is not None:
        current = _only(_SELECT_TO_CHANGE.run(lent, item_id=item_id))
        if current is not None:
            precondition(current)


def _only(rows: Sequence[tuple[Any, ...]]) -> ItemRow | None:
    return ItemRow(*rows[0]) if rows else None
