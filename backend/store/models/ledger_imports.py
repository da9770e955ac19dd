"""A ledger file that staff handed in: read once, shown row by row, taken in whole or not at all (L03)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class LedgerImport(Base):
    """`kind`: workers | openings | employers | stations. `rows`: what was read, as the services take it; emptied once applied or dropped."""

    __tablename__ = "ledger_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    rows: Mapped[list[Any]] = mapped_column(default=list)
    problems: Mapped[list[Any]] = mapped_column(default=list)  # [{"row", "column", "reason"}]
    row_count: Mapped[int]
    read_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    added: Mapped[int | None]
    changed: Mapped[int | None]

    __table_args__ = (Index("ix_ledger_imports_staff_id_read_at", "staff_id", "read_at"),)
