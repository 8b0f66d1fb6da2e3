"""`flask db`: migrations that take the time they need, one process after the other."""

from math import inf
from typing import Any

from flask_alembic import Alembic

from app.database import patience


class Migrations(Alembic):
    """Flask-Alembic without the limits that a request has (see `patience` and `postgresql`)."""

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        """See `Alembic.run_migrations`."""
        for context in self.migration_contexts.values():
            if context.connection is not None:
                context.connection.execution_options(migrating=True)
        with patience.shared(inf):
            super().run_migrations(fn, **kwargs)
