"""Employer and opening; the eight facts the notices name are all columns (E01)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
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

    __table_args__ = (Index("ix_employers_phone", "phone"),)


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

    employer: Mapped[Employer] = relationship()

    __table_args__ = (
        CheckConstraint("filled >= 0 and filled <= headcount", name="places"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_openings_status_region", "status", "region_code"),
        Index("ix_openings_status_job_type", "status", "job_type"),
        Index("ix_openings_status_starts_on", "status", "starts_on"),
    )
