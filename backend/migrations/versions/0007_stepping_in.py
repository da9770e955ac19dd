"""Stepping in: assignments, teams, notes, closings of conversations, calls of staff through the line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_CASE_LISTS = (
    ("status", "priority", "due_at", "id"),
    ("county_code", "status", "priority", "due_at", "id"),
    ("town_code", "status", "priority", "due_at", "id"),
    ("status", "closed_at", "id"),
    ("county_code", "status", "closed_at", "id"),
    ("town_code", "status", "closed_at", "id"),
    ("taken_by", "status", "due_at", "id"),
    ("assigned_to_team", "status", "due_at", "id"),
)


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("topics", _JSON, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_teams_created_by_staff")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_teams_region_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index("ix_teams_region_code", "teams", ["region_code"])
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_team_members_staff_id_staff")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")),
        sa.PrimaryKeyConstraint("team_id", "staff_id", name=op.f("pk_team_members")),
    )
    op.create_index("ix_team_members_staff_id", "team_members", ["staff_id"])
    op.create_table(
        "conversation_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("to_staff", sa.Integer(), nullable=True),
        sa.Column("to_team", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_conversation_notes_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conversation_notes_staff_id_staff")),
        sa.ForeignKeyConstraint(["to_staff"], ["staff.id"], name=op.f("fk_conversation_notes_to_staff_staff")),
        sa.ForeignKeyConstraint(["to_team"], ["teams.id"], name=op.f("fk_conversation_notes_to_team_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_notes")),
        sa.UniqueConstraint("form_id", name=op.f("uq_conversation_notes_form_id")),
    )
    op.create_index("ix_conversation_notes_conversation_id_id", "conversation_notes", ["conversation_id", "id"])
    op.create_table(
        "conversation_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("reopened_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_closings_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conversation_closings_staff_id_staff")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_conversation_closings_undone_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_closings")),
    )
    op.create_index("ix_conversation_closings_conversation_id_id", "conversation_closings", ["conversation_id", "id"])
    op.create_table(
        "staff_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("planned_call_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_number", sa.String(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("close_case", sa.Boolean(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("talked_s", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_staff_calls_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_calls_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_staff_calls_message_id_messages")),
        sa.ForeignKeyConstraint(
            ["planned_call_id"], ["planned_calls.id"], name=op.f("fk_staff_calls_planned_call_id_planned_calls")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_calls_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_calls")),
        sa.UniqueConstraint("form_id", name=op.f("uq_staff_calls_form_id")),
        sa.UniqueConstraint("planned_call_id", name=op.f("uq_staff_calls_planned_call_id")),
    )
    op.create_index("ix_staff_calls_conversation_id_id", "staff_calls", ["conversation_id", "id"])
    talking = sa.text("status = 'connecting'")
    op.create_index("ix_staff_calls_connecting", "staff_calls", ["id"], postgresql_where=talking, sqlite_where=talking)

    with op.batch_alter_table("conversations") as batch:
        batch.add_column(sa.Column("assigned_to_staff", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("assigned_to_team", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("assigned_at", _TIME, nullable=True))
        batch.add_column(sa.Column("closed_at", _TIME, nullable=True))
        batch.create_foreign_key(
            op.f("fk_conversations_assigned_to_staff_staff"), "staff", ["assigned_to_staff"], ["id"]
        )
        batch.create_foreign_key(op.f("fk_conversations_assigned_to_team_teams"), "teams", ["assigned_to_team"], ["id"])
        batch.create_index("ix_conversations_assigned_to_staff_last_at", ["assigned_to_staff", "last_at"])
        batch.create_index("ix_conversations_assigned_to_team_last_at", ["assigned_to_team", "last_at"])
    held = sa.text("taken_by IS NOT NULL")
    op.create_index(
        "ix_conversations_taken_by", "conversations", ["taken_by"], postgresql_where=held, sqlite_where=held
    )

    with op.batch_alter_table("cases") as batch:
        batch.add_column(sa.Column("assigned_to_team", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("county_code", sa.String(), nullable=True))
        batch.add_column(sa.Column("town_code", sa.String(), nullable=True))
        batch.add_column(sa.Column("waits_since", _TIME, nullable=True))
        batch.create_foreign_key(op.f("fk_cases_assigned_to_team_teams"), "teams", ["assigned_to_team"], ["id"])
    for columns in _CASE_LISTS:
        op.create_index("ix_cases_" + "_".join(columns), "cases", list(columns))
    waiting = sa.text("waits_since IS NOT NULL")
    op.create_index(
        "ix_cases_waits_since", "cases", ["waits_since", "id"], postgresql_where=waiting, sqlite_where=waiting
    )
    # A case without a region counts as the home county's. Who talked meanwhile no longer waits: that stands in the details.
    op.execute("UPDATE cases SET county_code = substr(coalesce(region_code, '500114'), 1, 6), "
               "town_code = substr(coalesce(region_code, '500114'), 1, 9)")  # fmt: skip
    talked = "details ->> 'talked_at'" if op.get_bind().dialect.name == "postgresql" else "details ->> '$.talked_at'"
    op.execute(
        "UPDATE cases SET waits_since = opened_at WHERE status = 'open' AND kind IN "  # noqa: S608 - written here
        f"('handoff', 'voicemail', 'callback', 'injury', 'violence', 'distress') AND {talked} IS NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_cases_waits_since", "cases")
    op.drop_index("ix_conversations_taken_by", "conversations")
    for columns in _CASE_LISTS:
        op.drop_index("ix_cases_" + "_".join(columns), "cases")
    with op.batch_alter_table("cases") as batch:
        batch.drop_constraint(op.f("fk_cases_assigned_to_team_teams"), type_="foreignkey")
        for name in ("waits_since", "town_code", "county_code", "assigned_to_team"):
            batch.drop_column(name)
    with op.batch_alter_table("conversations") as batch:
        batch.drop_index("ix_conversations_assigned_to_team_last_at")
        batch.drop_index("ix_conversations_assigned_to_staff_last_at")
        batch.drop_constraint(op.f("fk_conversations_assigned_to_team_teams"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_conversations_assigned_to_staff_staff"), type_="foreignkey")
        for name in ("closed_at", "assigned_at", "assigned_to_team", "assigned_to_staff"):
            batch.drop_column(name)
    for table in ("staff_calls", "conversation_closings", "conversation_notes", "team_members", "teams"):
        op.drop_table(table)
