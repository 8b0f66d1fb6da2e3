"""Every route of the menu against every kind of caller."""

from app.authz.testing.matrix import test_guards

__all__ = ["test_guards"]
