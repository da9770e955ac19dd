"""Public faces and figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _screens()
    _figures()


def downgrade() -> None:
    _without_figures()
    op.drop_table("screens")


_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


# -- figures: everything the dashboard counts is found by its moment ---------------------------------------------------
_MOMENTS = (
    ("messages", "created_at"),
    ("calls", "started_at"),
    ("conversations", "started_at"),
    ("cases", "due_at"),
    ("offers", "offered_at"),
    ("offers", "taken_at"),
)
# The few turns for which a conversation is not the line's own work, or a wish for a person.
_FEW = (
    ("not_by_the_line", "handled_by = 'staff' OR status = 'failed'"),
    ("maybe_a_wish", "intent = 'talk_to_human' OR corrected IS NOT NULL"),
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
    for name, where in _FEW:
        op.create_index(
            f"ix_messages_{name}", "messages", ["conversation_id"],
            postgresql_where=sa.text(where), sqlite_where=sa.text(where),
        )  # fmt: skip
    op.create_table(
        "figure_counts",
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("sizes", _JSON, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_figure_counts")),
    )


def _without_figures() -> None:
    op.drop_table("figure_counts")
    for name, _ in _FEW:
        op.drop_index(f"ix_messages_{name}", table_name="messages")
    for table_name, column in reversed(_MOMENTS):
        op.drop_index(f"ix_{table_name}_{column}", table_name=table_name)
    with op.batch_alter_table("offers") as table:
        table.drop_column("taken_at")


# -- screens: what staff chose for a station's big screen --------------------------------------------------------------
def _screens() -> None:
    op.create_table(
        "screens",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("around", _JSON, nullable=False),
        sa.Column("per_page", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("per_page >= 2 and per_page <= 12", name=op.f("ck_screens_per_page")),
        sa.CheckConstraint("seconds >= 5 and seconds <= 120", name=op.f("ck_screens_seconds")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_screens_changed_by_staff")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_screens_station_id_stations")),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_screens")),
    )
