"""The market: offers in waves, waiting list, both sides' word, weights, help by name, forwarding, ledger files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PRIORITY_LABELS = ("G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G12")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "ledger_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("rows", _JSON, nullable=False),
        sa.Column("problems", _JSON, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_ledger_imports_region_code_regions")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ledger_imports_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_imports")),
    )
    op.create_index("ix_ledger_imports_staff_id_read_at", "ledger_imports", ["staff_id", "read_at"])
    op.create_table(
        "matching_weights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("weights", _JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_matching_weights_changed_by_staff")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["regions.code"], name=op.f("fk_matching_weights_county_code_regions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_weights")),
    )
    op.create_index("ix_matching_weights_county_code_id", "matching_weights", ["county_code", "id"])
    op.create_table(
        "forwardings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("to_region", sa.String(), nullable=False),
        sa.Column("forwarded_by", sa.Integer(), nullable=True),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["forwarded_by"], ["staff.id"], name=op.f("fk_forwardings_forwarded_by_staff")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_forwardings_opening_id_openings")),
        sa.ForeignKeyConstraint(["seen_by"], ["staff.id"], name=op.f("fk_forwardings_seen_by_staff")),
        sa.ForeignKeyConstraint(["to_region"], ["regions.code"], name=op.f("fk_forwardings_to_region_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forwardings")),
        sa.UniqueConstraint("opening_id", "to_region", name=op.f("uq_forwardings_opening_id_to_region")),
    )
    op.create_index("ix_forwardings_to_region", "forwardings", ["to_region"])
    op.create_table(
        "talks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_talks_employer_id_employers")),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_talks_opening_id_openings")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_talks_region_code_regions")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_talks_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talks")),
    )
    op.create_index("ix_talks_region_code_held_on", "talks", ["region_code", "held_on"])
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_visits_staff_id_staff")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_visits_worker_id_workers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_worker_id_at", "visits", ["worker_id", "at"])
    op.create_table(
        "waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("free_places", sa.Integer(), nullable=False),
        sa.Column("open_offers", sa.Integer(), nullable=False),
        sa.Column("expected_rate", sa.Double(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["opening_id"], ["openings.id"], name=op.f("fk_waves_opening_id_openings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
        sa.UniqueConstraint("opening_id", "number", name=op.f("uq_waves_opening_id_number")),
    )
    op.create_table(
        "worker_trades",
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("job_type", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("priority", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_worker_trades_worker_id_workers")),
        sa.PrimaryKeyConstraint("worker_id", "job_type", name=op.f("pk_worker_trades")),
    )
    op.create_index(
        "ix_worker_trades_village_code_job_type", "worker_trades", ["village_code", "job_type", "worker_id"]
    )
    op.create_index(
        "ix_worker_trades_priority",
        "worker_trades",
        ["village_code", "job_type"],
        postgresql_where=sa.text("priority"),
        sqlite_where=sa.text("priority"),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_outcomes_offer_id_offers")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_outcomes_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("offer_id", "side", "outcome", name=op.f("uq_outcomes_offer_id_side_outcome")),
    )
    op.create_table(
        "talk_persons",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["talk_id"], ["talks.id"], name=op.f("fk_talk_persons_talk_id_talks")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_talk_persons_worker_id_workers")),
        sa.PrimaryKeyConstraint("talk_id", "worker_id", name=op.f("pk_talk_persons")),
    )
    _fill_worker_trades()
    with op.batch_alter_table("employers") as batch:
        batch.add_column(sa.Column("verified_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_employers_verified_by_staff"), "staff", ["verified_by"], ["id"])

    with op.batch_alter_table("offers") as batch:
        batch.add_column(sa.Column("wave", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("score", sa.Double(), nullable=True))
        batch.add_column(sa.Column("reasons", _JSON, nullable=True))
        batch.add_column(sa.Column("waitlisted_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("employer_told", sa.String(), nullable=True))
        batch.add_column(sa.Column("absence_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_as", sa.String(), nullable=True))
        batch.create_index("ix_offers_status_starts_on", ["status", "starts_on"])
        batch.create_index("ix_offers_worker_id_offered_at", ["worker_id", "offered_at"])

    with op.batch_alter_table("openings") as batch:
        batch.add_column(sa.Column("source_kind", sa.String(), server_default="gig", nullable=False))
        batch.add_column(sa.Column("employment_kind", sa.String(), server_default="flexible", nullable=False))
        batch.add_column(sa.Column("repeats_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("visible_to", sa.String(), nullable=True))
        batch.add_column(sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("wave", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("next_wave_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("waves_stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("asked_current_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("attendance_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("payment_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("told_employer_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("tell_employer_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index("ix_openings_employer_id", ["employer_id"])
        batch.create_index("ix_openings_tell_employer_at", ["tell_employer_at"])
        batch.create_foreign_key(op.f("fk_openings_repeats_id_openings"), "openings", ["repeats_id"], ["id"])
        batch.create_foreign_key(op.f("fk_openings_visible_to_regions"), "regions", ["visible_to"], ["code"])

    # What a search reads: openings people can take, side by side by place and trade; and those shown beyond their county.
    published = sa.text("status = 'published'")
    op.create_index(
        "ix_openings_open_job_type_region_code",
        "openings",
        ["job_type", "region_code"],
        postgresql_where=published,
        sqlite_where=published,
    )
    # What ticks read every few seconds: what is due, not all that ever was.
    due = sa.text("status = 'published' AND waves_stopped_at IS NULL")
    op.create_index("ix_openings_next_wave_at", "openings", ["next_wave_at"], postgresql_where=due, sqlite_where=due)
    waved = sa.text("wave > 0")
    op.create_index(
        "ix_openings_in_waves",
        "openings",
        ["job_type", "region_code", "starts_on"],
        postgresql_where=waved,
        sqlite_where=waved,
    )
    unasked = sa.text("followed_up_at IS NULL")
    op.create_index("ix_offers_not_followed_up", "offers", ["ends_on"], postgresql_where=unasked, sqlite_where=unasked)
    with op.batch_alter_table("cases") as batch:
        batch.add_column(sa.Column("opening_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_cases_opening_id_openings"), "openings", ["opening_id"], ["id"])
        batch.create_index("ix_cases_opening_id", ["opening_id"])
    shared = sa.text("status = 'published' AND visible_to IS NOT NULL")
    op.create_index(
        "ix_openings_shared_visible_to_job_type",
        "openings",
        ["visible_to", "job_type"],
        postgresql_where=shared,
        sqlite_where=shared,
    )

    with op.batch_alter_table("persons") as batch:
        batch.create_index("ix_persons_household_id", ["household_id"])

    with op.batch_alter_table("workers") as batch:
        batch.add_column(sa.Column("travel", sa.String(), nullable=True))
        batch.add_column(sa.Column("within_km", sa.Double(), nullable=True))
        batch.add_column(sa.Column("skill_level", sa.String(), nullable=True))
        batch.add_column(sa.Column("employment_status", sa.String(), nullable=True))
        batch.add_column(sa.Column("job_willingness", sa.String(), nullable=True))
        batch.add_column(sa.Column("at_home", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("service_needs", _JSON, server_default="[]", nullable=False))
        batch.add_column(sa.Column("officer_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("asked_current_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("asked_in_vain", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("failed_matches", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("failed_on", sa.Date(), nullable=True))
        batch.create_index("ix_workers_status_confirmed_at", ["status", "confirmed_at"])
        batch.create_foreign_key(op.f("fk_workers_officer_id_staff"), "staff", ["officer_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("workers") as batch:
        batch.drop_constraint(op.f("fk_workers_officer_id_staff"), type_="foreignkey")
        batch.drop_index("ix_workers_status_confirmed_at")
        batch.drop_column("failed_on")
        batch.drop_column("failed_matches")
        batch.drop_column("asked_in_vain")
        batch.drop_column("asked_current_at")
        batch.drop_column("confirmed_at")
        batch.drop_column("officer_id")
        batch.drop_column("service_needs")
        batch.drop_column("at_home")
        batch.drop_column("job_willingness")
        batch.drop_column("employment_status")
        batch.drop_column("skill_level")
        batch.drop_column("within_km")
        batch.drop_column("travel")

    with op.batch_alter_table("persons") as batch:
        batch.drop_index("ix_persons_household_id")

    with op.batch_alter_table("cases") as batch:
        batch.drop_index("ix_cases_opening_id")
        batch.drop_constraint(op.f("fk_cases_opening_id_openings"), type_="foreignkey")
        batch.drop_column("opening_id")
    op.drop_index("ix_offers_not_followed_up", "offers")
    op.drop_index("ix_openings_in_waves", "openings")
    op.drop_index("ix_openings_next_wave_at", "openings")
    op.drop_index("ix_openings_shared_visible_to_job_type", "openings")
    op.drop_index("ix_openings_open_job_type_region_code", "openings")
    with op.batch_alter_table("openings") as batch:
        batch.drop_constraint(op.f("fk_openings_visible_to_regions"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_openings_repeats_id_openings"), type_="foreignkey")
        batch.drop_index("ix_openings_tell_employer_at")
        batch.drop_index("ix_openings_employer_id")
        batch.drop_column("tell_employer_at")
        batch.drop_column("told_employer_at")
        batch.drop_column("payment_asked_at")
        batch.drop_column("attendance_asked_at")
        batch.drop_column("asked_current_at")
        batch.drop_column("confirmed_at")
        batch.drop_column("closed_at")
        batch.drop_column("waves_stopped_at")
        batch.drop_column("next_wave_at")
        batch.drop_column("wave")
        batch.drop_column("urgent")
        batch.drop_column("visible_to")
        batch.drop_column("repeats_id")
        batch.drop_column("employment_kind")
        batch.drop_column("source_kind")

    with op.batch_alter_table("offers") as batch:
        batch.drop_index("ix_offers_worker_id_offered_at")
        batch.drop_index("ix_offers_status_starts_on")
        batch.drop_column("ended_as")
        batch.drop_column("absence_asked_at")
        batch.drop_column("employer_told")
        batch.drop_column("waitlisted_at")
        batch.drop_column("reasons")
        batch.drop_column("score")
        batch.drop_column("wave")

    with op.batch_alter_table("employers") as batch:
        batch.drop_constraint(op.f("fk_employers_verified_by_staff"), type_="foreignkey")
        batch.drop_column("verified_at")
        batch.drop_column("verified_by")

    op.drop_table("talk_persons")
    op.drop_table("outcomes")
    op.drop_table("worker_trades")
    op.drop_table("waves")
    op.drop_table("visits")
    op.drop_table("talks")
    op.drop_table("forwardings")
    op.drop_table("matching_weights")
    op.drop_table("ledger_imports")


def _fill_worker_trades() -> None:
    """One row per trade of every active worker who is in the library already."""
    connection = op.get_bind()
    workers = sa.table(
        "workers",
        sa.column("id", sa.Integer),
        sa.column("person_id", sa.Integer),
        sa.column("status", sa.String),
        sa.column("job_types", _JSON),
    )
    persons = sa.table("persons", sa.column("id", sa.Integer), sa.column("village_code", sa.String))
    trades = sa.table(
        "worker_trades",
        sa.column("worker_id", sa.Integer),
        sa.column("job_type", sa.String),
        sa.column("village_code", sa.String),
        sa.column("priority", sa.Boolean),
    )
    hardships = sa.table(
        "hardships",
        sa.column("worker_id", sa.Integer),
        sa.column("code", sa.String),
        sa.column("verified_at", sa.DateTime(timezone=True)),
    )
    helped = set(
        connection.scalars(
            sa.select(hardships.c.worker_id).where(
                hardships.c.verified_at.is_not(None), hardships.c.code.in_(_PRIORITY_LABELS)
            )
        )
    )
    found = connection.execute(
        sa.select(workers.c.id, workers.c.job_types, persons.c.village_code)
        .join(persons, persons.c.id == workers.c.person_id)
        .where(workers.c.status == "active")
    )
    for page in found.partitions(1000):
        rows = [
            {"worker_id": worker_id, "job_type": trade, "village_code": village, "priority": worker_id in helped}
            for worker_id, job_types, village in page
            for trade in dict.fromkeys(job_types or [""])
        ]
        if rows:
            connection.execute(trades.insert(), rows)
