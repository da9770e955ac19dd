"""Likely twins in the ledgers are kept, pair by pair, where they were only counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("town_code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_code", "position", name=op.f("pk_duplicate_pairs")),
    )
    for column in ("first_id", "second_id"):
        op.create_index(op.f(f"ix_duplicate_pairs_{column}"), "duplicate_pairs", [column])
    # Of the towns that were counted no pair is known: as if they had never been compared.
    op.execute("DELETE FROM duplicate_counts")


def downgrade() -> None:
    op.drop_table("duplicate_pairs")
