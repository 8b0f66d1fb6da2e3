"""Create the table of the menu's version."""

import sqlalchemy as sa
from alembic import op

revision = "1795342219"
down_revision = "1795340410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    menu = op.create_table(
        "menu",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(menu, [{"id": 1, "version": 0}])


def downgrade() -> None:
    op.drop_table("menu")
