"""Openings are found by their place, whatever became of them: the figures count the offers of a town's openings."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_openings_region_code_id", "openings", ["region_code", "id"])


def downgrade() -> None:
    op.drop_index("ix_openings_region_code_id", table_name="openings")
