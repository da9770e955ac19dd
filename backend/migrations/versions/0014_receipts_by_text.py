"""Receipts are found by the text they are for: a conversation's page tells how each of its texts arrived."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_receipts_carrier_id", "receipts", ["carrier_id"])


def downgrade() -> None:
    op.drop_index("ix_receipts_carrier_id", table_name="receipts")
