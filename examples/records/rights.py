"""Who may do what with which record.

A permission in the caller's token says what it may ask for. Each is asked of this tree as well,
which knows the record.
"""

from app.authz import Anonymous, Identity, Rights

from .records import Record, app_records

Caller = Identity | Anonymous

rights = Rights()


@rights.context("record/{name}")
def load(name: str) -> Record | None:
    """Find the record that the rights below decide on."""
    return app_records().named(name)


@rights.right("record/{name}/view")
def may_view(caller: Caller, record: Record) -> bool:
    """Everybody may read what is public, its readers the rest."""
    return record.public or caller.subject in record.readers


@rights.right("record/{name}/edit")
def may_edit(caller: Caller, record: Record) -> bool:
    """Editors may edit."""
    return caller.subject in record.editors


@rights.right("record/list")
@rights.right("user/view")
def may_with_the_permission() -> bool:
    """The permission decides: nothing depends on the resource."""
    return True


def sees(caller: Caller, record: Record) -> bool:
    """Say whether a caller may view a record, by permission and by right, as at its own address."""
    return caller.can(f"record/{record.name}/view") and may_view(caller, record)
