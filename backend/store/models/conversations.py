"""Conversation, message and call: all SMS and call turns of one number until 24 h of silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.models.base import Base
from backend.store.models.people import Handset

# What is said after so much silence begins another conversation.
CONVERSATION_ENDS_AFTER = timedelta(hours=24)


class Conversation(Base):
    """`context` is what the dialogue needs to go on, whichever channel and whichever process comes next:

    {"pending": {...}|None, "registration": {...}, "posting": {...}, "jobs": {...}, "last_answer": {...}, "misses": 0}
    (see services/context.py). Rasa's slots are rebuilt from it on every turn.
    """

    __tablename__ = "conversations"

    id: Mapped[int] = mapped_column(primary_key=True)
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # who is speaking, once known
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))  # decides which staff see it
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # a human has taken over: the bot is silent
    taken_at: Mapped[datetime | None]
    # Who should answer, one of both or nobody; and when staff closed it (None: open, or the person has written again).
    assigned_to_staff: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    assigned_to_team: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    assigned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    handset: Mapped[Handset] = relationship()
    messages: Mapped[list[Message]] = relationship(back_populates="conversation", order_by="Message.id")

    __table_args__ = (
        Index("ix_conversations_handset_id_last_at", "handset_id", "last_at"),
        Index("ix_conversations_region_code_last_at", "region_code", "last_at"),
        Index("ix_conversations_assigned_to_staff_last_at", "assigned_to_staff", "last_at"),
        Index("ix_conversations_assigned_to_team_last_at", "assigned_to_team", "last_at"),
        Index(
            "ix_conversations_taken_by",
            "taken_by",
            postgresql_where=text("taken_by IS NOT NULL"),
            sqlite_where=text("taken_by IS NOT NULL"),
        ),
    )


class Message(Base):
    """One SMS, or one turn of a call, in either direction.

    Inbound `status`: received → processing → answered | failed (needs staff). Outbound: created → sending → sent →
    delivered | temporary-failure | permanent-failure | unknown (outcome not known; reconciled before any resend).
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    direction: Mapped[str]  # inbound | outbound
    channel: Mapped[str]  # sms | voice
    body: Mapped[str]
    gloss: Mapped[str] = mapped_column(default="")  # the same answer in English (outbound only)
    answer: Mapped[dict[str, Any] | None]  # the structured answers an outbound text was rendered from
    status: Mapped[str]
    in_reply_to: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    created_at: Mapped[datetime]
    # Where it came from or went: carrier name, account and the carrier's id; NULLs for what has no id yet.
    carrier: Mapped[str | None]
    account: Mapped[str | None]
    carrier_id: Mapped[str | None]  # MessageSid; for a call turn CallSid:turn
    # The texts just before it that said nothing by themselves and are understood together with this one (M07).
    words_before: Mapped[str | None]
    raw_truncated: Mapped[bool] = mapped_column(default=False)  # body was over 1,600 characters
    media_count: Mapped[int] = mapped_column(default=0)
    media_url: Mapped[str | None]  # a recording: fetched and streamed by us, never shown as the carrier's address
    # What was understood (inbound): see understanding.md.
    normalized_text: Mapped[str | None]
    intent: Mapped[str | None]
    confidence: Mapped[float | None]
    entities: Mapped[list[Any] | None]
    # What staff made of it: {"intent", "entities", "right", "by", "at"}, each only where it was said; and when last.
    corrected: Mapped[dict[str, Any] | None]
    reviewed_at: Mapped[datetime | None]
    # A turn of a call, or the text after it: the call. Of a turn the keys pressed, how sure the recogniser was (0–1), and for what the line said one prompt id of
    # the catalogue per line of `body`, null where the line was put together.
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    keys: Mapped[str | None]
    recogniser_confidence: Mapped[float | None]
    prompts: Mapped[list[Any] | None]
    handled_by: Mapped[
        str | None
    ]  # rasa | menu | opt_out | danger | staff | keypad | together (with the next one, M07): who decided the answer
    # The lease under which the turn is being worked on: the action server can act for this turn only.
    turn_token: Mapped[str | None] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(default=0)

    conversation: Mapped[Conversation] = relationship(back_populates="messages")

    @property
    def words(self) -> str:
        """All that is to be understood when this message is."""
        return f"{self.words_before},{self.body}" if self.words_before else self.body

    __table_args__ = (
        UniqueConstraint("carrier", "account", "carrier_id"),
        Index("ix_messages_handset_id_id", "handset_id", "id"),
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_messages_status_direction", "status", "direction"),
        Index("ix_messages_in_reply_to", "in_reply_to"),
        Index("ix_messages_call_id", "call_id"),
    )


class TurnEffect(Base):
    """What a turn has already done, so that a repeated turn finds the answer instead of doing it again (F3)."""

    __tablename__ = "turn_effects"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Call(Base):
    """A phone call as a state machine: `state` is ivr/call_flow.py's; every webhook is one turn."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    call_sid: Mapped[str]
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    direction: Mapped[str]  # inbound | outbound
    planned_call_id: Mapped[int | None] = mapped_column(ForeignKey("planned_calls.id"))  # what we rang for, if we rang
    put_through_to: Mapped[str | None]  # the hotline it is being connected with now, or talking to
    status: Mapped[str] = mapped_column(default="in-progress")
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    turn: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("carrier", "call_sid"),
        Index("ix_calls_handset_id", "handset_id"),
        Index("ix_calls_conversation_id", "conversation_id"),
        Index("ix_calls_ended_at_last_at", "ended_at", "last_at"),
    )


class CallTurn(Base):
    """The TwiML given for one step of a call: the same step again gets the same answer and no second effect."""

    __tablename__ = "call_turns"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(primary_key=True)  # one-use, in the action URL (I3)
    twiml: Mapped[str]
    at: Mapped[datetime]
