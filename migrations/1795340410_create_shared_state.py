"""Create the tables of the guard layer's shared state."""

import sqlalchemy as sa
from alembic import op

revision = "1795340410"
down_revision = "1795302127"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authz_seen",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_authz_seen_expires", "authz_seen", ["expires"])
    op.create_table(
        "authz_revocations",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("issued_before", sa.Double(), nullable=True),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_authz_revocations_expires", "authz_revocations", ["expires"])


def downgrade() -> None:
    op.drop_table("authz_revocations")
    op.drop_table("authz_seen")
