"""Weights of the ranking, per county: every change is a new row, so that any past order can be explained (W03)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class MatchingWeights(Base):
    """The newest row of a county is in force; a county without one uses the weights of `domain/matching.py`."""

    __tablename__ = "matching_weights"

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    weights: Mapped[dict[str, Any]]
    reason: Mapped[str]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_matching_weights_county_code_id", "county_code", "id"),)
