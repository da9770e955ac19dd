"""What the dashboard counts by: the moment of each thing, in an index, so that a day costs what the day held; and what it
keeps: how many wait and how many fell silent, which would cost as much as there are people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, event, inspect, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.offers import HAD_A_PLACE
from backend.store.models.base import Base
from backend.store.models.cases import Case
from backend.store.models.conversations import Call, Conversation, Message
from backend.store.models.offers import Offer


class FigureCount(Base):
    """How things stood in a division when they were last counted, everywhere at once; one where nothing stood has no row."""

    __tablename__ = "figure_counts"

    area: Mapped[str] = mapped_column(primary_key=True)  # the code of a village or of any place above it
    # Set of `domain.figures.NOW` → its size; verified label that gives priority → how many of the waiting have it.
    sizes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted_at: Mapped[datetime]


# The few turns for which a conversation is not the line's own work, or a wish for a person: found without reading the others.
NOT_BY_THE_LINE = "handled_by = 'staff' OR status = 'failed'"
MAYBE_A_WISH = "intent = 'talk_to_human' OR corrected IS NOT NULL"
for _name, _where in (("not_by_the_line", NOT_BY_THE_LINE), ("maybe_a_wish", MAYBE_A_WISH)):
    Index(f"ix_messages_{_name}", Message.conversation_id, postgresql_where=text(_where), sqlite_where=text(_where))
Index("ix_messages_created_at", Message.created_at)
Index("ix_calls_started_at", Call.started_at)
Index("ix_conversations_started_at", Conversation.started_at)
Index("ix_cases_due_at", Case.due_at)
Index("ix_offers_offered_at", Offer.offered_at)
Index("ix_offers_taken_at", Offer.taken_at)


@event.listens_for(Offer, "before_insert")
@event.listens_for(Offer, "before_update")
def _keep_when_taken(_mapper: Any, _connection: Any, offer: Offer) -> None:
    """`answered_at` moves on with what she says later (she came, she was paid); when she said yes stays."""
    if offer.status != "accepted" and not (offer.status in HAD_A_PLACE and offer.taken_at is None):
        return
    if offer.taken_at is None or inspect(offer).attrs.status.history.has_changes():
        offer.taken_at = offer.answered_at or offer.offered_at
