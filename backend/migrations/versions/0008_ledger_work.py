"""Work on the ledgers: what staff change, merge, do in bulk and take back; the window's consent; a station's equipment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_NOW = sa.DateTime(timezone=True)
_CLAIMS = sa.text("verified_at IS NULL AND rejected_at IS NULL")

_STATION = (("area_sqm", sa.Integer), ("windows", sa.Integer), ("staff_count", sa.Integer), ("has_screen", sa.Boolean),
            ("has_sign", sa.Boolean))  # fmt: skip
_INDEXES = (
    ("workers", ("status", "confirmed_at", "id")),
    ("workers", ("failed_matches", "id")),
    ("workers", ("waiting_since", "id")),
    ("workers", ("updated_at", "id")),
    ("persons", ("name",)),
    ("openings", ("status", "updated_at")),
    ("openings", ("source_kind", "region_code")),
    ("offers", ("starts_on", "id")),
    ("employers", ("region_code", "id")),
    ("employers", ("name",)),
    ("households", ("village_code", "id")),
    ("hardships", ("verified_at", "worker_id")),
)
# Of a few rows each: (name, table, columns, which).
_PARTIAL = (
    ("ix_hardships_to_verify", "hardships", ("claimed_at", "id"), _CLAIMS),
    ("ix_hardships_verified", "hardships", ("code", "worker_id"), sa.text("verified_at IS NOT NULL")),
    ("ix_workers_never_confirmed", "workers", ("status", "updated_at", "id"), sa.text("confirmed_at IS NULL")),
    ("ix_workers_asked_in_vain", "workers", ("asked_in_vain",), sa.text("asked_in_vain >= 2")),
)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def upgrade() -> None:
    op.create_table(
        "ledger_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("was", _JSON, nullable=True),
        sa.Column("became", _JSON, nullable=True),
        sa.Column("undone_at", _NOW, nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["audit_events.id"], name=op.f("fk_ledger_changes_event_id_audit_events")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_ledger_changes_undone_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_changes")),
    )
    op.create_index("ix_ledger_changes_object_kind_object_id_id", "ledger_changes", ["object_kind", "object_id", "id"])
    op.create_index("ix_ledger_changes_event_id", "ledger_changes", ["event_id"])
    op.create_table(
        "ledger_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", _NOW, nullable=False),
        sa.Column("args", _JSON, nullable=False),
        sa.Column("waiting", _JSON, nullable=False),
        sa.Column("done", _JSON, nullable=False),
        sa.Column("failed", _JSON, nullable=False),
        sa.Column("undo", _JSON, nullable=False),
        sa.Column("doing", _JSON, nullable=True),
        sa.Column("undone_at", _NOW, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ledger_acts_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_acts")),
    )
    op.create_index("ix_ledger_acts_staff_id_id", "ledger_acts", ["staff_id", "id"])
    op.create_index("ix_ledger_acts_object_kind_object_id", "ledger_acts", ["object_kind", "object_id"])
    op.create_table(
        "merged_entries",
        sa.Column("object_kind", sa.String(), nullable=False),
        sa.Column("from_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["ledger_acts.id"], name=op.f("fk_merged_entries_act_id_ledger_acts")),
        sa.PrimaryKeyConstraint("object_kind", "from_id", name=op.f("pk_merged_entries")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("at", _NOW, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_drafts_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_staff_id_at", "drafts", ["staff_id", "at"])
    op.create_table(
        "duplicate_counts",
        sa.Column("town_code", sa.String(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("counted_at", _NOW, nullable=False),
        sa.PrimaryKeyConstraint("town_code", name=op.f("pk_duplicate_counts")),
    )
    op.create_table(
        "ledger_counts",
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("sizes", _JSON, nullable=False),
        sa.Column("counted_at", _NOW, nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_ledger_counts")),
    )
    with op.batch_alter_table("stations") as batch:
        for name, kind in _STATION:
            batch.add_column(sa.Column(name, kind(), nullable=True))
        batch.add_column(sa.Column("updated_at", _NOW, nullable=True))
    with op.batch_alter_table("consents") as batch:
        batch.add_column(sa.Column("how", sa.String(), nullable=True))
        batch.add_column(sa.Column("uses", _JSON, nullable=True))
        batch.add_column(sa.Column("taken_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_consents_taken_by_staff"), "staff", ["taken_by"], ["id"])
    with op.batch_alter_table("hardships") as batch:
        batch.add_column(sa.Column("evidence", sa.String(), nullable=True))
        batch.add_column(sa.Column("rejected_at", _NOW, nullable=True))
        batch.add_column(sa.Column("rejected_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rejected_for", sa.String(), nullable=True))
        batch.create_foreign_key(op.f("fk_hardships_rejected_by_staff"), "staff", ["rejected_by"], ["id"])
    op.drop_index("ix_workers_status_confirmed_at", "workers")
    for name, table, columns, which in _PARTIAL:
        op.create_index(name, table, list(columns), postgresql_where=which, sqlite_where=which)
    for table, columns in _INDEXES:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in reversed(_INDEXES):
        op.drop_index(_name(table, columns), table)
    for name, table, _, _ in reversed(_PARTIAL):
        op.drop_index(name, table)
    op.create_index("ix_workers_status_confirmed_at", "workers", ["status", "confirmed_at"])
    with op.batch_alter_table("hardships") as batch:
        batch.drop_constraint(op.f("fk_hardships_rejected_by_staff"), type_="foreignkey")
        for name in ("rejected_for", "rejected_by", "rejected_at", "evidence"):
            batch.drop_column(name)
    with op.batch_alter_table("consents") as batch:
        batch.drop_constraint(op.f("fk_consents_taken_by_staff"), type_="foreignkey")
        for name in ("taken_by", "uses", "how"):
            batch.drop_column(name)
    with op.batch_alter_table("stations") as batch:
        batch.drop_column("updated_at")
        for name, _ in reversed(_STATION):
            batch.drop_column(name)
    for table in ("ledger_counts", "duplicate_counts", "drafts", "merged_entries", "ledger_acts", "ledger_changes"):
        op.drop_table(table)
