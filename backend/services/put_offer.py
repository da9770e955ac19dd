"""Put an opening to one worker by hand, from outside the waves: only to whoever a wave could ask too (E03, W01, M06)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.errors import Conflict, NotFound
from backend.services import answer_offer, audit
from backend.services.deps import Deps
from backend.store.models import Offer, Worker
from backend.store.queries.waves import who_agreed


def put_offer(
    session: Session, deps: Deps, *, now: datetime, opening_id: int, worker_id: int, channel: str, actor: str
) -> Offer:
    """Ask her, in the caller's transaction; whoever waits for a place keeps her turn.

    Raises as `answer_offer.offer_opening`; `Conflict` with reason `not_askable` where she looks for no work, has not agreed
    to be asked, wants no texts or has no number.
    """
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        raise NotFound("no such worker")
    handset = answer_offer.handset_of(session, worker)
    reached = handset is not None and handset.opted_out_at is None
    if worker.status != "active" or not reached or not who_agreed(session, [worker.person_id]):
        raise Conflict("she is not to be asked", reason="not_askable")
    offer = answer_offer.offer_opening(
        session, deps, now=now, opening_id=opening_id, worker_id=worker_id, channel=channel
    )
    audit.write(session, now, actor, "offered", offer, opening_id=offer.opening_id)
    return offer
