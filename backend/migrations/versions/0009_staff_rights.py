"""Staff: second factor, invitations; an audit trail nobody can rewrite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)
_HOME = "500114"

# Where the object of an old event lies. What none of these finds lies where the actor works, else with the county that
# runs the line.
_PLACES = {
    "workers": "SELECT p.village_code FROM workers w JOIN persons p ON p.id = w.person_id WHERE {id} = w.id",
    "persons": "SELECT p.village_code FROM persons p WHERE {id} = p.id",
    "households": "SELECT h.village_code FROM households h WHERE {id} = h.id",
    "openings": "SELECT o.region_code FROM openings o WHERE {id} = o.id",
    "offers": "SELECT o.region_code FROM offers f JOIN openings o ON o.id = f.opening_id WHERE {id} = f.id",
    "employers": "SELECT e.region_code FROM employers e WHERE {id} = e.id",
    "conversations": "SELECT c.region_code FROM conversations c WHERE {id} = c.id",
    "messages": "SELECT c.region_code FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE {id} = m.id",
    "cases": "SELECT c.region_code FROM cases c WHERE {id} = c.id",
    "talks": "SELECT t.region_code FROM talks t WHERE {id} = t.id",
    "staff": "SELECT s.region_code FROM staff s WHERE {id} = s.id",
    "stations": "SELECT s.region_code FROM stations s WHERE {id} = s.id",
    "handsets": "SELECT c.region_code FROM conversations c WHERE {id} = c.handset_id AND c.region_code IS NOT NULL "
    "ORDER BY c.last_at DESC LIMIT 1",
    "planned_calls": "SELECT c.region_code FROM planned_calls p JOIN conversations c ON c.handset_id = p.handset_id "
    "WHERE {id} = p.id AND c.region_code IS NOT NULL ORDER BY c.last_at DESC LIMIT 1",
}


def upgrade() -> None:
    _staff()
    _audit_regions()
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", _TIME, nullable=False),
        sa.Column("spans", _JSON, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("key_mark", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("whole_at", _TIME, nullable=True),
        sa.Column("whole_to", _TIME, nullable=True),
        sa.Column("whole_events", sa.Integer(), nullable=False),
        sa.Column("last_seal", sa.Integer(), nullable=False),
        sa.Column("last_digest", sa.String(), nullable=False),
        sa.Column("problem", _JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    for table in ("audit_events", "audit_seals"):
        _close(table)


def _staff() -> None:
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("totp_seed", sa.String(), nullable=True))
        batch.add_column(sa.Column("totp_since", _TIME, nullable=True))
        batch.add_column(sa.Column("totp_last_step", sa.Integer(), server_default="0", nullable=False))
        batch.create_index("ix_staff_region_code_id", ["region_code", "id"])
    with op.batch_alter_table("staff_sessions") as batch:
        batch.add_column(sa.Column("half_way", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("address", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("device", sa.String(), server_default="", nullable=False))
    op.create_table(
        "staff_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_staff_codes_made_by_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_codes_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_codes_code_hash")),
    )
    op.create_index("ix_staff_codes_staff_id", "staff_codes", ["staff_id"])
    op.create_table(
        "staff_recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_codes_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index("ix_staff_recovery_codes_staff_id", "staff_recovery_codes", ["staff_id"])
    op.create_table(
        "staff_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_staff_changes_asked_by_staff")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_staff_changes_decided_by_staff")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_staff_changes_region_code_regions")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_changes_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_changes")),
    )
    op.create_index("ix_staff_changes_status", "staff_changes", ["status"])
    op.create_index("ix_staff_changes_staff_id", "staff_changes", ["staff_id"])


def _audit_regions() -> None:
    with op.batch_alter_table("audit_events") as batch:
        batch.add_column(sa.Column("region_code", sa.String(), server_default=_HOME, nullable=False))
        batch.add_column(sa.Column("county_code", sa.String(), server_default=_HOME, nullable=False))
        batch.add_column(sa.Column("town_code", sa.String(), nullable=True))
    # Before the triggers close the table.
    number = "CAST(audit_events.object_id AS INTEGER)"
    by_actor = "SELECT s.region_code FROM staff s WHERE audit_events.actor = 'staff:' || CAST(s.id AS VARCHAR)"
    # Put together from this file's own words alone.
    op.execute(f"UPDATE audit_events SET region_code = ({by_actor}) WHERE EXISTS ({by_actor})")  # noqa: S608
    for kind, place in _PLACES.items():
        found = place.format(id=number)
        op.execute(
            f"UPDATE audit_events SET region_code = COALESCE(({found}), region_code) WHERE object_kind = '{kind}'"  # noqa: S608
        )
    op.execute(
        "UPDATE audit_events SET county_code = substr(region_code, 1, 6), "
        "town_code = CASE WHEN length(region_code) >= 9 THEN substr(region_code, 1, 9) END"
    )
    with op.batch_alter_table("audit_events") as batch:
        batch.create_index("ix_audit_events_actor_id", ["actor", "id"])
        batch.create_index("ix_audit_events_verb_id", ["verb", "id"])
        batch.create_index("ix_audit_events_county_code_id", ["county_code", "id"])
        batch.create_index("ix_audit_events_town_code_id", ["town_code", "id"])


def _close(table: str) -> None:
    """Rows are added and never touched again, whoever asks (T13)."""
    words = f"{table} is only added to"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER tr_{table}_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        # INSERT OR REPLACE takes the old row away without asking the trigger of DELETE.
        key = "id" if table == "audit_events" else "number"
        op.execute(
            f"CREATE TRIGGER tr_{table}_replace BEFORE INSERT ON {table} "  # noqa: S608 - written here
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER tr_{table}_rows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        f"CREATE TRIGGER tr_{table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    for table in ("audit_events", "audit_seals"):
        if op.get_bind().dialect.name == "sqlite":
            for act in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER tr_{table}_{act}")
        else:
            op.execute(f"DROP TRIGGER tr_{table}_rows ON {table}")
            op.execute(f"DROP TRIGGER tr_{table}_all ON {table}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_rewriting()")
    op.drop_table("audit_checks")
    op.drop_table("audit_seals")
    with op.batch_alter_table("audit_events") as batch:
        for name in ("town_code_id", "county_code_id", "verb_id", "actor_id"):
            batch.drop_index(f"ix_audit_events_{name}")
        for name in ("town_code", "county_code", "region_code"):
            batch.drop_column(name)
    op.drop_table("staff_changes")
    op.drop_table("staff_recovery_codes")
    op.drop_table("staff_codes")
    with op.batch_alter_table("staff_sessions") as batch:
        for name in ("device", "address", "half_way"):
            batch.drop_column(name)
    with op.batch_alter_table("staff") as batch:
        batch.drop_index("ix_staff_region_code_id")
        for name in ("totp_last_step", "totp_since", "totp_seed", "version"):
            batch.drop_column(name)
