"""The inbox: marks of a conversation, who has read what, words to search by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _conversation() -> sa.Column[int]:
    return sa.Column("conversation_id", sa.Integer(), nullable=False)


def _to_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"], ["conversations.id"], name=op.f(f"fk_{table}_conversation_id_conversations")
    )


def upgrade() -> None:
    op.create_table(
        "inbox_entries",
        _conversation(),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("last4", sa.String(), nullable=False),
        sa.Column("last_in", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "mark", "area", name=op.f("pk_inbox_entries")),
    )
    op.create_index(
        "ix_inbox_entries_mark_area_last_at", "inbox_entries", ["mark", "area", "last_at", "conversation_id"]
    )
    every = sa.text("mark = ''")
    op.create_index(
        "ix_inbox_entries_last4",
        "inbox_entries",
        ["last4", "area", "last_at", "conversation_id"],
        postgresql_where=every,
        sqlite_where=every,
    )
    op.create_table(
        "inbox_words",
        sa.Column("token", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("county", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token", "county", "conversation_id", name=op.f("pk_inbox_words")),
    )
    op.create_index("ix_inbox_words_conversation_id", "inbox_words", ["conversation_id"])
    op.create_table(
        "inbox_reads",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        _conversation(),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_inbox_reads_staff_id_staff")),
        _to_conversation("inbox_reads"),
        sa.PrimaryKeyConstraint("staff_id", "conversation_id", name=op.f("pk_inbox_reads")),
    )
    op.create_index("ix_inbox_reads_conversation_id", "inbox_reads", ["conversation_id"])
    op.create_table(
        "inbox_floors",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_inbox_floors_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_inbox_floors")),
    )
    op.create_table(
        "inbox_backlog",
        _conversation(),
        _to_conversation("inbox_backlog"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_inbox_backlog")),
    )
    # What was said before there was an inbox is taken in by the scheduler, page by page.
    op.execute("INSERT INTO inbox_backlog (conversation_id) SELECT id FROM conversations")
    op.create_index("ix_calls_conversation_id", "calls", ["conversation_id"])
    op.create_index("ix_outbox_message_id", "outbox", ["message_id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_message_id", "outbox")
    op.drop_index("ix_calls_conversation_id", "calls")
    for table in ("inbox_backlog", "inbox_floors", "inbox_reads", "inbox_words", "inbox_entries"):
        op.drop_table(table)
