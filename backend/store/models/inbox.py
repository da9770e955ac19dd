"""The inbox: by which marks a conversation is listed, by which words it is found, who has read how far."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class InboxEntry(Base):
    """One conversation in the list of one mark in one area. Kept by backend/store/inbox.py alone.

    `mark`: "" (every conversation), a mark of domain/inbox.py, `staff:<id>` or `team:<id>` (in whose hands it is). `area`:
    the code of a province, city, county, town or village it lies in, so that every list is one range of one index.
    """

    __tablename__ = "inbox_entries"

    # No foreign key: checking it would wait for whoever holds the conversation, who may wait for our lock on the entries.
    conversation_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]
    flags: Mapped[int] = mapped_column(Integer, default=0)  # all its marks, by domain/inbox.py BITS
    last4: Mapped[str]  # of the number
    last_in: Mapped[int | None]  # id of the latest message from the person: unread for whoever has not seen so far

    __table_args__ = (
        Index("ix_inbox_entries_mark_area_last_at", "mark", "area", "last_at", "conversation_id"),
        Index(
            "ix_inbox_entries_last4",
            "last4",
            "area",
            "last_at",
            "conversation_id",
            postgresql_where=text("mark = ''"),
            sqlite_where=text("mark = ''"),
        ),
    )


class InboxWord(Base):
    """Two neighbouring signs that were said in a conversation, as a number (domain/search_words.py).

    No foreign key: conversations are never deleted, and checking some thirty of them for every message costs more than
    the writing.
    """

    __tablename__ = "inbox_words"

    token: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    county: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # its six digits
    conversation_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = (Index("ix_inbox_words_conversation_id", "conversation_id"),)


class InboxRead(Base):
    """How far one member of staff has read one conversation; `seen_id` 0: marked unread again."""

    __tablename__ = "inbox_reads"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seen_id: Mapped[int]

    __table_args__ = (Index("ix_inbox_reads_conversation_id", "conversation_id"),)


class InboxFloor(Base):
    """Up to which message a member of staff has marked everything as read."""

    __tablename__ = "inbox_floors"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    seen_id: Mapped[int]


class InboxBacklog(Base):
    """Conversations whose entries are still to be written: those from before there was an inbox."""

    __tablename__ = "inbox_backlog"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
