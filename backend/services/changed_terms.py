"""Whoever has an offer and has not answered yet hears the new terms before her 1 binds her to them (W06, C2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.terms import worse
from backend.services import answer_offer
from backend.services.deps import Deps
from backend.services.opening_columns import COLUMNS
from backend.store.models import Offer, Opening

# What she would have asked first; another day or trade is another job.
TOLD = frozenset({"job_type", "region_code", "place", "starts_on", "ends_on", "hours_from", "hours_to"})


def terms_of(opening: Opening) -> dict[str, Any]:
    """Its facts as they are now, to be compared after a change."""
    return {name: getattr(opening, name) for name in COLUMNS}


def tell_asked(session: Session, deps: Deps, now: datetime, opening: Opening, before: Mapping[str, Any]) -> int:
    """Send every open offer once more where the job has become worse or another one; return how many."""
    after = terms_of(opening)
    if opening.status != "published" or not (worse(before, after) or any(before[name] != after[name] for name in TOLD)):
        return 0
    asked = session.scalars(
        select(Offer).where(Offer.opening_id == opening.id, Offer.status == "offered", Offer.expires_at > now)
    ).all()
    for offer in asked:
        offer.starts_on, offer.ends_on = opening.starts_on, opening.ends_on
        if (handset := answer_offer.handset_of(session, offer.worker)) is not None:
            answer_offer.text_offer(session, deps, offer, handset, now)
    return len(asked)
