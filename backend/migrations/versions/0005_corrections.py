"""Corrections of what was understood, with what they changed in the ledgers, and the examples learnt from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Who looked at what was understood last, and when: none has, until somebody marks or corrects the turn.
    op.add_column("messages", sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("after", _JSON, nullable=False),
        sa.Column("ledger", _JSON, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"],
                                name=op.f("fk_corrections_conversation_id_conversations")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_corrections_message_id_messages")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_corrections_staff_id_staff")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_corrections_undone_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )  # fmt: skip
    op.create_index("ix_corrections_message_id_id", "corrections", ["message_id", "id"])
    op.create_index("ix_corrections_conversation_id_id", "corrections", ["conversation_id", "id"])
    op.create_table(
        "training_examples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dropped_by"], ["staff.id"], name=op.f("fk_training_examples_dropped_by_staff")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_training_examples_message_id_messages")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"],
                                name=op.f("fk_training_examples_region_code_regions")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_training_examples_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_examples")),
        sa.UniqueConstraint("message_id", name=op.f("uq_training_examples_message_id")),
    )  # fmt: skip
    op.create_index("ix_training_examples_region_code_id", "training_examples", ["region_code", "id"])

    # From a turn to the opening its words made.
    op.create_index("ix_openings_source_message_id", "openings", ["source_message_id"])


def downgrade() -> None:
    op.drop_index("ix_openings_source_message_id", "openings")
    op.drop_table("training_examples")
    op.drop_table("corrections")
    with op.batch_alter_table("messages") as batch:
        batch.drop_column("reviewed_at")
