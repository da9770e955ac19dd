"""Employer and opening; the eight facts the notices name are all columns (E01)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.models.base import Base

STATUSES = ("draft", "in_review", "published", "filled", "expired", "withdrawn", "rejected")


class Employer(Base):
    __tablename__ = "employers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(
        default="other"
    )  # enterprise | grower | cooperative | work_relief | person | other (E02)
    phone: Mapped[str | None]  # E.164; told to a worker only after acceptance, and only by text (V13)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    created_at: Mapped[datetime]
    # Looked at by staff (licence, door, owner): may publish at once, the review comes after (P04).
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    verified_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_employers_phone", "phone"),
        Index("ix_employers_region_code_id", "region_code", "id"),
        Index("ix_employers_name", "name"),
    )


class Opening(Base):
    """One posting. `filled` counts taken places; one guarded UPDATE moves it (DESIGN §3.7)."""

    __tablename__ = "openings"

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    job_type: Mapped[str]  # 所需工种: code of job_types.csv
    title: Mapped[str]  # 岗位, as people call it: 摘脆红李
    headcount: Mapped[int] = mapped_column(default=1)
    filled: Mapped[int] = mapped_column(default=0)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))  # 务工地点, as a division
    place: Mapped[str] = mapped_column(default="")  # … and in words: 兴泉社区三组
    starts_on: Mapped[date]  # 务工时段: days and hours, Asia/Shanghai
    ends_on: Mapped[date]
    hours_from: Mapped[str | None]  # HH:MM
    hours_to: Mapped[str | None]
    day_part: Mapped[str | None]
    pay_min_fen: Mapped[int | None]  # 务工待遇: fen, with its basis; None: not said
    pay_max_fen: Mapped[int | None]
    pay_unit: Mapped[str | None]
    settlement: Mapped[str | None]
    negotiable: Mapped[bool] = mapped_column(default=False)
    requirements: Mapped[str] = mapped_column(default="")  # 务工要求
    meals: Mapped[bool | None]  # 交通生活保障; None: not said
    lodging: Mapped[bool | None]
    transport: Mapped[bool | None]
    insured: Mapped[bool | None]  # 是否购买保险
    status: Mapped[str] = mapped_column(default="in_review")
    review_flags: Mapped[list[str]] = mapped_column(default=list)  # what staff should look at (P04–P06)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    review_reason: Mapped[str | None]
    published_at: Mapped[datetime | None]
    collected_at: Mapped[datetime]
    updated_at: Mapped[datetime]  # freshness: the staleness clock starts here (P07)
    source_message_id: Mapped[int | None]
    source_kind: Mapped[str] = mapped_column(
        default="gig", server_default="gig"
    )  # gig | fair | policy | key_enterprise (E07)
    employment_kind: Mapped[str] = mapped_column(
        default="flexible", server_default="flexible"
    )  # full_time | flexible | shared
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("openings.id"))  # the posting this one says again
    # How far its market reaches (统一归集, P09): a town, county, city or province; none: its own county.
    visible_to: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    # Instant hire (E03): the wave last sent, when the next is due (none: nothing to send), and whether it was stopped.
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    wave: Mapped[int] = mapped_column(default=0, server_default="0")
    next_wave_at: Mapped[datetime | None]
    waves_stopped_at: Mapped[datetime | None]  # by staff
    closed_at: Mapped[datetime | None]  # the employer has enough; what comes free then is filled by nobody
    # The employer's side of what is asked: is it still open, who came, who was paid.
    confirmed_at: Mapped[datetime | None]
    asked_current_at: Mapped[datetime | None]
    attendance_asked_at: Mapped[datetime | None]
    payment_asked_at: Mapped[datetime | None]
    # Who is coming, told to the employer: up to when it was told, and when the next gathered text is due (W06).
    told_employer_at: Mapped[datetime | None]
    tell_employer_at: Mapped[datetime | None]

    employer: Mapped[Employer] = relationship()

    __table_args__ = (
        CheckConstraint("filled >= 0 and filled <= headcount", name="places"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_openings_status_region", "status", "region_code"),
        Index("ix_openings_region_code_id", "region_code", "id"),
        Index("ix_openings_status_job_type", "status", "job_type"),
        Index("ix_openings_status_starts_on", "status", "starts_on"),
        Index("ix_openings_status_updated_at", "status", "updated_at"),
        Index("ix_openings_source_kind_region_code", "source_kind", "region_code"),
        Index(
            "ix_openings_next_wave_at",
            "next_wave_at",
            postgresql_where=text("status = 'published' AND waves_stopped_at IS NULL"),
            sqlite_where=text("status = 'published' AND waves_stopped_at IS NULL"),
        ),
        Index(
            "ix_openings_in_waves",
            "job_type",
            "region_code",
            "starts_on",
            postgresql_where=text("wave > 0"),
            sqlite_where=text("wave > 0"),
        ),
        Index(
            "ix_openings_open_job_type_region_code",
            "job_type",
            "region_code",
            postgresql_where=text("status = 'published'"),
            sqlite_where=text("status = 'published'"),
        ),
        Index(
            "ix_openings_shared_visible_to_job_type",
            "visible_to",
            "job_type",
            postgresql_where=text("status = 'published' AND visible_to IS NOT NULL"),
            sqlite_where=text("status = 'published' AND visible_to IS NOT NULL"),
        ),
        Index("ix_openings_tell_employer_at", "tell_employer_at"),
        Index("ix_openings_employer_id", "employer_id"),
        Index("ix_openings_source_message_id", "source_message_id"),
    )


class Wave(Base):
    """One round of offers of an opening, with the figures that sized it, so that staff can see why so many were asked."""

    __tablename__ = "waves"

    id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    number: Mapped[int]
    free_places: Mapped[int]
    open_offers: Mapped[int]  # of earlier waves, still unanswered when this one was sized
    expected_rate: Mapped[float]  # share of offers reckoned to be taken
    size: Mapped[int]  # offers made so far; larger ones are sent a batch at a time
    sent_at: Mapped[datetime]
    until: Mapped[datetime]  # when the next wave looks again

    __table_args__ = (UniqueConstraint("opening_id", "number"),)


class Forwarding(Base):
    """An opening put before another village, town, county or city by staff (P08: 第一时间 forwarded to the groups)."""

    __tablename__ = "forwardings"

    id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    to_region: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    forwarded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    forwarded_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    seen_by: Mapped[int | None] = mapped_column(
        ForeignKey("staff.id")
    )  # the first of the receiving place who opened it
    seen_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("opening_id", "to_region"), Index("ix_forwardings_to_region", "to_region"))
