"""How a station's big screen shows its work (P02)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class Screen(Base):
    """What staff chose for one station's screen; a station without a row shows its own region, six to a page."""

    __tablename__ = "screens"

    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), primary_key=True)
    around: Mapped[list[str]] = mapped_column(default=list)  # towns and villages shown beside its own region
    per_page: Mapped[int] = mapped_column(default=6)
    seconds: Mapped[int] = mapped_column(default=15)  # a page stands as long as six lines take to be read aloud
    version: Mapped[int] = mapped_column(default=1)  # moves with every change: two who edit at once do not overwrite
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("per_page >= 2 and per_page <= 12", name="per_page"),
        CheckConstraint("seconds >= 5 and seconds <= 120", name="seconds"),
    )
