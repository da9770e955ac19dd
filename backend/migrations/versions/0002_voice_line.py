"""Calls we place, what exactly was heard in a call, and how each person likes the line to talk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "planned_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handset_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=True),
        sa.Column("after_call_sid", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("suppressed_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handset_id"], ["handsets.id"], name=op.f("fk_planned_calls_handset_id_handsets")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_planned_calls_person_id_persons")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_planned_calls_offer_id_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_calls")),
        sa.UniqueConstraint("purpose", "offer_id", name=op.f("uq_planned_calls_purpose_offer_id")),
        sa.UniqueConstraint("after_call_sid", name=op.f("uq_planned_calls_after_call_sid")),
    )
    op.create_index("ix_planned_calls_status_due_at", "planned_calls", ["status", "due_at"])
    op.create_index("ix_planned_calls_handset_id", "planned_calls", ["handset_id"])
    op.create_table(
        "call_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("planned_call_id", sa.Integer(), nullable=False),
        sa.Column("handset_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("call_sid", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["planned_call_id"], ["planned_calls.id"], name=op.f("fk_call_attempts_planned_call_id_planned_calls")
        ),
        sa.ForeignKeyConstraint(["handset_id"], ["handsets.id"], name=op.f("fk_call_attempts_handset_id_handsets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempts")),
        sa.UniqueConstraint("reference", name=op.f("uq_call_attempts_reference")),
    )
    op.create_index("ix_call_attempts_at", "call_attempts", ["at"])
    op.create_index("ix_call_attempts_handset_id_at", "call_attempts", ["handset_id", "at"])
    op.create_index("ix_call_attempts_planned_call_id", "call_attempts", ["planned_call_id"])
    with op.batch_alter_table("calls") as batch:
        batch.add_column(sa.Column("planned_call_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("put_through_to", sa.String(), nullable=True))
        batch.create_index("ix_calls_ended_at_last_at", ["ended_at", "last_at"])
        batch.create_foreign_key(
            op.f("fk_calls_planned_call_id_planned_calls"), "planned_calls", ["planned_call_id"], ["id"]
        )
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("call_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("words_before", sa.String(), nullable=True))
        batch.add_column(sa.Column("keys", sa.String(), nullable=True))
        batch.add_column(sa.Column("recogniser_confidence", sa.Double(), nullable=True))
        batch.add_column(sa.Column("prompts", _JSON, nullable=True))
        batch.create_foreign_key(op.f("fk_messages_call_id_calls"), "calls", ["call_id"], ["id"])
        batch.create_index("ix_messages_call_id", ["call_id"])
    with op.batch_alter_table("persons") as batch:
        batch.add_column(sa.Column("speech_rate", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("wording", sa.String(), nullable=True))
    with op.batch_alter_table("handsets") as batch:
        batch.add_column(sa.Column("calls_opted_out_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("wording", sa.String(), server_default="local", nullable=False))
    with op.batch_alter_table("offers") as batch:
        batch.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("offers") as batch:
        batch.drop_column("followed_up_at")
        batch.drop_column("reminded_at")
    with op.batch_alter_table("handsets") as batch:
        batch.drop_column("wording")
        batch.drop_column("calls_opted_out_at")
    with op.batch_alter_table("persons") as batch:
        batch.drop_column("wording")
        batch.drop_column("speech_rate")
    with op.batch_alter_table("messages") as batch:
        batch.drop_index("ix_messages_call_id")
        batch.drop_constraint(op.f("fk_messages_call_id_calls"), type_="foreignkey")
        for column in ("prompts", "recogniser_confidence", "keys", "words_before", "call_id"):
            batch.drop_column(column)
    with op.batch_alter_table("calls") as batch:
        batch.drop_constraint(op.f("fk_calls_planned_call_id_planned_calls"), type_="foreignkey")
        batch.drop_index("ix_calls_ended_at_last_at")
        batch.drop_column("put_through_to")
        batch.drop_column("planned_call_id")
    op.drop_table("call_attempts")
    op.drop_table("planned_calls")
