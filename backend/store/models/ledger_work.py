"""Work on the ledgers: what a change put in whose place, what was merged or done in bulk, what a lost form held."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.models.audit import AuditEvent
from backend.store.models.base import Base, Json


class LedgerChange(Base):
    """One value of a card before and after one entry of the trail; `event_id` says who, when and by which words.

    Kept apart from the trail, which holds no values: these can be erased, and are, with the person.
    """

    __tablename__ = "ledger_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"))
    object_kind: Mapped[str]  # workers | employers | openings | stations
    object_id: Mapped[int]
    field: Mapped[str]  # the column; of a worker also that of her person
    was: Mapped[Any] = mapped_column(Json, nullable=True)  # plain JSON: days as ISO text
    became: Mapped[Any] = mapped_column(Json, nullable=True)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    event: Mapped[AuditEvent] = relationship()

    __table_args__ = (
        Index("ix_ledger_changes_object_kind_object_id_id", "object_kind", "object_id", "id"),
        Index("ix_ledger_changes_event_id", "event_id"),
    )


class LedgerAct(Base):
    """What staff did to many rows at once, or a merge: enough to go on, to tell of what failed, and to take it back.

    `kind`: merge_workers | merge_employers | the name of a bulk act. `waiting`: ids still to do. `failed`: [[id, reason]].
    `undo`: what a merge moved, blanked after a day; it holds personal facts and goes with the person. Of an act of many while
    it is taken back: `{"left": [as in done], "stays": [as in failed]}`. `doing`: the row of an act of many that is in hand,
    `{"row": [id, entry | None], "before": the trail's last entry of it, "by": token, "until": ISO}`.
    """

    __tablename__ = "ledger_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int | None]  # of a merge: the entry that is kept
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waiting: Mapped[list[Any]] = mapped_column(default=list)
    done: Mapped[list[Any]] = mapped_column(default=list)  # [[id, the trail's entry to take back | None]]
    failed: Mapped[list[Any]] = mapped_column(default=list)
    undo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    doing: Mapped[Any] = mapped_column(Json, nullable=True)
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_ledger_acts_staff_id_id", "staff_id", "id"),
        Index("ix_ledger_acts_object_kind_object_id", "object_kind", "object_id"),
    )


class MergedEntry(Base):
    """Where the number of an entry that was merged away leads now."""

    __tablename__ = "merged_entries"

    object_kind: Mapped[str] = mapped_column(primary_key=True)  # workers | employers
    from_id: Mapped[int] = mapped_column(primary_key=True)
    to_id: Mapped[int]
    act_id: Mapped[int] = mapped_column(ForeignKey("ledger_acts.id"))


class DuplicateCount(Base):
    """How many pairs of likely twins are kept of a town since it was last compared with itself."""

    __tablename__ = "duplicate_counts"

    town_code: Mapped[str] = mapped_column(primary_key=True)
    pairs: Mapped[int]
    counted_at: Mapped[datetime]


class DuplicatePair(Base):
    """Two workers of a town who are likely one; why is not kept, it is told by their cards as they stand when it is read."""

    __tablename__ = "duplicate_pairs"

    town_code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # among those of the town, the surest first
    area: Mapped[str]  # the village both live in; the town, if they live in two
    # No keys to the workers: whoever compares would wait for whoever merges two of them, and the other way round.
    first_id: Mapped[int] = mapped_column(index=True)
    second_id: Mapped[int] = mapped_column(index=True)


class DistinctPair(Base):
    """Two workers who are not one, as staff said who looked at both; it holds while both stand as they stood."""

    __tablename__ = "distinct_pairs"

    first_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # the smaller number
    second_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    stood: Mapped[str]  # the sign of `domain/duplicates.stand`
    # Where each stood then; while it holds, where she stands.
    first_area: Mapped[str | None] = mapped_column(index=True)
    second_area: Mapped[str | None] = mapped_column(index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class LedgerCount(Base):
    """What staff report of a division's ledgers, as last counted everywhere at once; one with nothing to count has no row."""

    __tablename__ = "ledger_counts"

    area: Mapped[str] = mapped_column(primary_key=True)  # the code of a village or of any place above it
    sizes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what is counted → how many
    counted_at: Mapped[datetime]


class Draft(Base):
    """What somebody had typed when their session ended midway through a form; theirs alone, for an hour."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    path: Mapped[str]  # where the form was sent to
    page: Mapped[str] = mapped_column(default="")  # the page it stood on
    fields: Mapped[list[Any]] = mapped_column(default=list)  # [[name, text]], in the order of the form
    at: Mapped[datetime]

    __table_args__ = (Index("ix_drafts_staff_id_at", "staff_id", "at"),)
