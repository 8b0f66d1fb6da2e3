"""Statements as text."""

from typing import Any

from sqlalchemy import text

from app.database.statements import Lender, Statement


def run(lender: Lender, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    return Statement(text(statement)).run(lender)
