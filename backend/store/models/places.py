"""Region tree (province → city → county → town → village) and the stations that serve it (L05, L17, W19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base

# Official division codes: 2, 4, 6, 9 and 12 digits for the five levels.
LEVELS = ("province", "city", "county", "town", "village")


class Region(Base):
    """One official division. `code` is padded to nothing: the prefix of a child's code is its parent's code."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    # Other names people use for it (old team names, short forms); staff can edit them.
    aliases: Mapped[list[str]] = mapped_column(default=list)
    # Days on which the town holds its market: {"calendar": "lunar"|"solar", "days": [2, 5, 8]}; None: not known.
    market_days: Mapped[dict[str, Any] | None]
    # Where its centre lies, in degrees, as far as known: distances count only between places that have both.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    __table_args__ = (Index("ix_regions_parent_code", "parent_code"),)


class Revision(Base):
    """How often rows that every process keeps in memory were changed; whoever reads another number reads them again."""

    __tablename__ = "revisions"

    name: Mapped[str] = mapped_column(primary_key=True)  # places
    number: Mapped[int] = mapped_column(default=0)


class Station(Base):
    """A gig market 零工市场 or station 零工驿站: where people are received, and the hotline that answers for it."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)  # for /screen/<station>
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    kind: Mapped[str]  # market (county and above) | station (town, village)
    name: Mapped[str]
    short_name: Mapped[str]  # the signature in front of every SMS, e.g. 中塘零工 (M06)
    address: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[str] = mapped_column(default="08:00")  # HH:MM, Asia/Shanghai
    closes_at: Mapped[str] = mapped_column(default="18:00")
    hotline: Mapped[str] = mapped_column(default="")  # E.164; dialled when a caller asks for a person
    services: Mapped[list[str]] = mapped_column(default=list)
    # What the notices ask of one (L05, L21); none: not written down yet.
    area_sqm: Mapped[int | None]
    windows: Mapped[int | None]
    staff_count: Mapped[int | None]
    has_screen: Mapped[bool | None]
    has_sign: Mapped[bool | None]
    updated_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_stations_region_code", "region_code"),)
