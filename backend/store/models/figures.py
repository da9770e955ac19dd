"""What the dashboard counts by: the moment of each thing, in an index, so that a day costs what the day held."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, event, inspect

from backend.domain.offers import HAD_A_PLACE
from backend.store.models.cases import Case
from backend.store.models.conversations import Call, Conversation, Message
from backend.store.models.offers import Offer

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
