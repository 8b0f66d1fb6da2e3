"""The records: what they hold, who may read them, who may edit them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import current_app


@dataclass(frozen=True, slots=True)
class Record:
    """One record. Immutable: an edit puts another in its place."""

    name: str
    content: str
    #: Names of the users who may read it.
    readers: frozenset[str]
    #: Names of the users who may edit it.
    editors: frozenset[str] = frozenset()
    #: Everybody may read it.
    public: bool = False
    #: Name of the user who wrote the content; None at first.
    last_editor: str | None = None


FIRST_RECORDS = (
    Record(
        "foo",
        "Hello world!",
        readers=frozenset({"alice", "bob", "charlie"}),
        editors=frozenset({"alice"}),
    ),
    Record("bar", "nobody can edit", readers=frozenset({"alice", "bob"})),
    Record(
        "public",
        "bob can edit",
        readers=frozenset({"bob"}),
        editors=frozenset({"bob"}),
        public=True,
    ),
)


class Records:
    """The records of one application, in memory. It asks nobody for rights."""

    def __init__(self) -> None:
        self._records = {record.name: record for record in FIRST_RECORDS}

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records.values()))

    def named(self, name: str) -> Record | None:
        """Return a record, or None if there is none of this name."""
        return self._records.get(name)

    def edit(self, name: str, content: str, editor: str) -> Record:
        """Give a record another content, and return it.

        :raises KeyError: if there is none of this name.
        """
        record = replace(self._records[name], content=content, last_editor=editor)
        self._records[name] = record
        return record


def app_records() -> Records:
    """Return the records of the current application."""
    records: Records = current_app.extensions["records"]
    return records
