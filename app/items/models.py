"""The tables of the menu."""

from sqlalchemy import BigInteger, Identity, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base

#: The largest id that the database can hold.
MAX_ID = 2**63 - 1

#: Longest texts, in characters.
NAME_LENGTH = 200
DESCRIPTION_LENGTH = 2000
IMAGE_LENGTH = 2000


class Item(Base):
    """One line of the menu."""

    __tablename__ = "items"
    # An id is never given out again, or an old link or ETag would mean another item.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own form

    # SQLite numbers rows only in a column declared INTEGER; there it holds 64 bits.
    # IDENTITY counts from 1 in every other: what SERIAL makes in some distributed ones is too large
    # for the numbers of JavaScript.
    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    #: The price in hundredths: exact everywhere, while SQLite keeps a NUMERIC as a float.
    price_cents: Mapped[int]
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH))
    image: Mapped[str] = mapped_column(String(IMAGE_LENGTH))


class Menu(Base):
    """The menu as a whole: one row."""

    __tablename__ = "menu"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: Another number whenever an item is another one: every transaction that changes one adds 1.
    version: Mapped[int] = mapped_column(BigInteger)
