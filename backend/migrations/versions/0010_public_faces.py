"""Public faces and figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _figures()


def downgrade() -> None:
    _without_figures()


# -- figures: everything the dashboard counts is found by its moment ---------------------------------------------------
_MOMENTS = (
    ("messages", "created_at"),
    ("calls", "started_at"),
    ("conversations", "started_at"),
    ("cases", "due_at"),
    ("offers", "offered_at"),
    ("offers", "taken_at"),
)


def _figures() -> None:
    with op.batch_alter_table("offers") as table:
        table.add_column(sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
    # What was said later of a place has moved its answer on; of the old ones nothing better is known.
    op.execute(
        "UPDATE offers SET taken_at = coalesce(answered_at, offered_at)"
        " WHERE status IN ('accepted', 'arrived', 'completed', 'paid', 'no_show')"
    )
    for table_name, column in _MOMENTS:
        op.create_index(f"ix_{table_name}_{column}", table_name, [column])


def _without_figures() -> None:
    for table_name, column in reversed(_MOMENTS):
        op.drop_index(f"ix_{table_name}_{column}", table_name=table_name)
    with op.batch_alter_table("offers") as table:
        table.drop_column("taken_at")
