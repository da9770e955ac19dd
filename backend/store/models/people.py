"""Person, household, handset and worker: four things (DESIGN §3.5). A phone may serve several people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.models.base import Base


class Household(Base):
    __tablename__ = "households"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_households_village_code_id", "village_code", "id"),)


class Person(Base):
    """Somebody we know by name, or a caller who recorded a name that staff still have to write down."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    name_recording_url: Mapped[str | None]  # spoken name, until staff have written it down
    gender: Mapped[str | None]  # male | female
    birth_year: Mapped[int | None]
    village_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    place_as_said: Mapped[str | None]  # kept when the place could not be matched to a code
    speech_rate: Mapped[int | None]  # percent (V06); none: that of the phone
    wording: Mapped[str | None]  # local | mandarin; none: that of the phone
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_persons_village_code", "village_code"),
        Index("ix_persons_household_id", "household_id"),
        Index("ix_persons_name", "name"),
    )


class Handset(Base):
    """One phone number seen by the line. Opt-out, language and pace belong to the number, not to a person."""

    __tablename__ = "handsets"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)  # E.164
    opted_out_at: Mapped[datetime | None]
    # The old profile is locked for this number: "我不是他/打错了", or silence beyond 90 days (T4).
    locked_at: Mapped[datetime | None]
    calls_opted_out_at: Mapped[datetime | None]  # we never ring this number of our own accord
    speech_rate: Mapped[int] = mapped_column(default=80)  # percent of the voice's normal pace (V06)
    wording: Mapped[str] = mapped_column(
        default="local", server_default="local"
    )  # local | mandarin: how the line talks
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    # One number's turns run one at a time (DESIGN §3.6): the lease of whoever is working on it now.
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]

    owners: Mapped[list[HandsetOwner]] = relationship(back_populates="handset")


class HandsetOwner(Base):
    """A person reachable on a number. `relation` is how the number's holder calls them: self, father, neighbour …"""

    __tablename__ = "handset_owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    relation: Mapped[str] = mapped_column(default="self")
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # set when the number changed hands

    handset: Mapped[Handset] = relationship(back_populates="owners")

    __table_args__ = (UniqueConstraint("handset_id", "person_id"), Index("ix_handset_owners_person_id", "person_id"))


class Worker(Base):
    """A person's entry in the worker library 零工人员库 (W01, P01)."""

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    status: Mapped[str] = mapped_column(default="active")  # active | paused | erased
    job_types: Mapped[list[str]] = mapped_column(default=list)  # codes of job_types.csv
    pay_min_fen: Mapped[int | None]
    pay_max_fen: Mapped[int | None]
    pay_unit: Mapped[str | None]  # contract units: hour half_day day week month piece jin …
    # What the worker said about when: dates are ISO days; day_parts and term as in understanding.md.
    available_from: Mapped[date | None]
    available_to: Mapped[date | None]
    unavailable: Mapped[list[Any]] = mapped_column(default=list)  # [["2026-12-01", "2026-12-03"], …]
    day_parts: Mapped[list[str]] = mapped_column(default=list)
    term: Mapped[str | None]
    proximity: Mapped[str | None]
    travel: Mapped[str | None]  # walking | bicycle | motorbike | bus: how she gets about, as said
    within_km: Mapped[float | None]  # the longest way she said she would go
    benefits: Mapped[list[str]] = mapped_column(default=list)
    preferred_channel: Mapped[str] = mapped_column(default="sms")  # sms | voice
    waiting_since: Mapped[datetime | None]  # without work since (H03)
    # What the notices' ledger asks besides (W01, W15, H09); none: not known.
    skill_level: Mapped[str | None]  # none | basic | skilled | certified
    employment_status: Mapped[str | None]  # waiting | working | self_employed | studying | not_able
    job_willingness: Mapped[str | None]  # wants | thinks | not_now
    at_home: Mapped[bool | None]  # has not gone out to work (未外出)
    service_needs: Mapped[list[str]] = mapped_column(
        default=list, server_default="[]"
    )  # job | training | policy | rights
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who helps her one to one (H01, H10)
    # Freshness (P01): when she last said what she wants, and when she was last asked whether it still holds.
    confirmed_at: Mapped[datetime | None]
    asked_current_at: Mapped[datetime | None]
    asked_in_vain: Mapped[int] = mapped_column(default=0, server_default="0")  # times asked since she last said a word
    # Weeks in a row in which nothing was found for her; at the limit staff think of a public-welfare post (H11).
    failed_matches: Mapped[int] = mapped_column(default=0, server_default="0")
    failed_on: Mapped[date | None]
    source_message_id: Mapped[int | None]  # the words the entry came from (DESIGN §3.10)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    hardships: Mapped[list[Hardship]] = relationship(back_populates="worker")

    __table_args__ = (
        CheckConstraint("status in ('active', 'paused', 'erased')", name="status"),
        Index("ix_workers_status_confirmed_at_id", "status", "confirmed_at", "id"),
        Index(
            "ix_workers_never_confirmed",
            "status",
            "updated_at",
            "id",
            postgresql_where=text("confirmed_at IS NULL"),
            sqlite_where=text("confirmed_at IS NULL"),
        ),
        Index(
            "ix_workers_asked_in_vain",
            "asked_in_vain",
            postgresql_where=text("asked_in_vain >= 2"),
            sqlite_where=text("asked_in_vain >= 2"),
        ),
        Index("ix_workers_failed_matches_id", "failed_matches", "id"),
        Index("ix_workers_waiting_since_id", "waiting_since", "id"),
        Index("ix_workers_updated_at_id", "updated_at", "id"),
    )


class WorkerTrade(Base):
    """What an opening looks for, side by side in one index: who does this trade, living here. Kept by the store alone.

    One row per trade of an active worker; a worker who named none has one row with the trade "".
    """

    __tablename__ = "worker_trades"

    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), primary_key=True)
    job_type: Mapped[str] = mapped_column(primary_key=True)
    village_code: Mapped[str | None]
    # Help is verified, nobody of the household has work, or the wait is long: looked for farther off (H02, H03).
    priority: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index("ix_worker_trades_village_code_job_type", "village_code", "job_type", "worker_id"),
        Index(
            "ix_worker_trades_priority",
            "village_code",
            "job_type",
            postgresql_where=text("priority"),
            sqlite_where=text("priority"),
        ),
    )


class Hardship(Base):
    """A claimed label G01…G14; only a verified one changes ranking (vocabulary §4.7)."""

    __tablename__ = "hardships"

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    code: Mapped[str]
    claimed_at: Mapped[datetime]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    verified_at: Mapped[datetime | None]
    evidence: Mapped[str | None]  # by what it was judged, in the words of whoever did; goes with the person
    rejected_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    rejected_at: Mapped[datetime | None]  # looked at and found not so; claimed again it waits again
    rejected_for: Mapped[str | None]  # mistaken | no_longer | not_on_the_list

    worker: Mapped[Worker] = relationship(back_populates="hardships")

    __table_args__ = (
        UniqueConstraint("worker_id", "code"),
        Index("ix_hardships_verified_at_worker_id", "verified_at", "worker_id"),
        Index(
            "ix_hardships_verified",
            "code",
            "worker_id",
            postgresql_where=text("verified_at IS NOT NULL"),
            sqlite_where=text("verified_at IS NOT NULL"),
        ),
        Index(
            "ix_hardships_to_verify",
            "claimed_at",
            "id",
            postgresql_where=text("verified_at IS NULL AND rejected_at IS NULL"),
            sqlite_where=text("verified_at IS NULL AND rejected_at IS NULL"),
        ),
    )


class Consent(Base):
    """Proof that a person agreed: which notice, when, by which words (PIPL 13–17)."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    notice_version: Mapped[str]
    channel: Mapped[str]  # sms | voice | staff
    given_by: Mapped[str] = mapped_column(default="self")  # self, or the relation of who spoke for them
    message_id: Mapped[int | None]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    # Given at the window: how (spoken | signed | relative), what for (offers | calls | employers | training), before whom.
    how: Mapped[str | None]
    uses: Mapped[list[str] | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (Index("ix_consents_person_id", "person_id"),)
