"""还要人吗? To whoever hires: each week, and once more shortly before the work begins with places free (P01, P07, E03).

By text to the number the opening was posted from, one opening at a time; whom no text reaches is asked by staff. A no
stops the offers: whoever has a place keeps it; an opening that nobody has taken is called off.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from backend.domain import freshness
from backend.domain.answers import Answer, make
from backend.services import answer_offer, audit, both_sides, outbox
from backend.services.acts import act, run
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.post_opening import end_offers, withdraw_opening
from backend.services.still_looking import may_be_asked
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, Opening
from backend.store.queries import freshness as queries

ACT = "still_hiring"
AT_ONCE = 100
TO_REACH_THEM, ANSWERED_WITHIN = timedelta(days=2), timedelta(days=6)  # before the next asking


def ask_employers(deps: Deps) -> int:
    """Ask whoever is due; return how many openings were asked about."""
    now = deps.clock()
    if not freshness.in_asking_hours(now):
        return 0
    soon = (now + freshness.SOON).astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        due = {row.id: row for row in queries.due_openings(session, now, soon)}
    phones: set[str] = set()

    def one(opening_id: int) -> bool:
        """One opening of each number, if its employer can be asked today: the others hold up nobody."""
        row = due[opening_id]
        if row.phone in phones or not _is_due(row, now):
            return False
        if row.phone:
            phones.add(row.phone)
            with deps.db.read() as session:
                known = session.scalar(select(Handset).where(Handset.number == row.phone))
                if known is not None and not may_be_asked(session, known, now):
                    return False
        return _ask(deps, opening_id)

    return each(ACT, due, one, most=AT_ONCE)


def _is_due(row: Any, now: datetime) -> bool:
    said = row.confirmed_at or row.updated_at
    return freshness.is_opening_due(row.id, said, row.asked_current_at, answer_offer.starts_at(row), now)


def _ask(deps: Deps, opening_id: int) -> bool:
    now = deps.clock()
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        handset = both_sides.textable(session, opening, now)
        if handset is not None:
            return may_be_asked(session, handset, now) and ask(session, deps, opening, handset, now)
        if not _begin(session, opening, now):
            return False
        question = f"{opening.title}还要人吗？还差{opening.headcount - opening.filled}人"
        both_sides.have_asked(session, deps, opening, question, now)
    return True


def ask(session: Session, deps: Deps, opening: Opening, handset: Handset, now: datetime) -> bool:
    """Ask by text; whether that was done."""
    if not _begin(session, opening, now):
        return False
    message = outbox.enqueue(
        session, deps, now=now, handset=handset, kind="initiated", expires_at=now + TO_REACH_THEM,
        answers=[make("still_hiring", opening=opening_view(opening, deps.regions))],
    )  # fmt: skip
    _expect(session.get_one(Conversation, message.conversation_id), opening, now + ANSWERED_WITHIN)
    return True


def _begin(session: Session, opening: Opening, now: datetime) -> bool:
    """Take the asking: it is done once, however many schedulers do it at the same moment (D11)."""
    before = opening.asked_current_at
    unchanged = Opening.asked_current_at.is_(None) if before is None else Opening.asked_current_at == before
    mine = session.execute(
        update(Opening)
        .where(Opening.id == opening.id, Opening.status == "published", unchanged)
        .values(asked_current_at=now)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    session.refresh(opening)
    return bool(mine)


def _expect(conversation: Conversation, opening: Opening, until: datetime) -> None:
    yes, no = ({"act": ACT, "params": {"opening_id": opening.id, "said": said}} for said in ("more", "enough"))
    options: dict[str, Any] = {"1": yes, "yes": yes, "2": no, "no": no}
    conversation.context = {
        **(conversation.context or {}),
        "pending": {
            "kind": ACT,
            "opening_id": opening.id,
            "options": options,
            "words": ACT,
            "until": until.isoformat(),
        },
    }


@act(ACT)
def still_hiring(turn: Turn) -> list[Answer]:
    """`params`: opening_id, said (more | enough). Only the number the opening was posted from answers for it."""
    params = turn.facts.params
    opening = turn.session.get(Opening, params.get("opening_id") or 0)
    turn.expect(None)
    more = params.get("said") == "more"
    if (
        opening is None
        or opening.employer.phone != turn.handset.number
        or opening.status not in ("published", "filled")
    ):
        return [make("nothing_to_answer", said="yes" if more else "no")]
    if more:
        confirm(opening, turn.now)
        audit.record(turn, "still_hiring", opening)
        return [make("hiring_noted", opening=opening_view(opening, turn.deps.regions))]
    # The same act as when they say so unasked: it can be taken back for a day.
    return run(turn, {"act": "closed_for_sure", "params": {"opening_id": opening.id, "how": "enough"}})


def confirm(opening: Opening, now: datetime) -> None:
    """Its employer, or staff for it, has just said that people are still wanted."""
    opening.confirmed_at = now


def close(session: Session, deps: Deps, now: datetime, opening: Opening, *, actor: str) -> int:
    """Take nobody on any more; return how many have a place and keep it. Whoever was asked and has not answered is told.

    An opening with nobody in it is called off altogether (`withdraw_opening`).
    """
    kept = session.scalar(
        update(Opening)
        .where(Opening.id == opening.id, Opening.status.in_(("published", "filled", "in_review")), Opening.filled > 0)
        .values(
            headcount=Opening.filled,
            status=case((Opening.status == "in_review", "in_review"), else_="filled"),
            closed_at=now,
            next_wave_at=None,
            confirmed_at=now,
        )
        .returning(Opening.filled)
        .execution_options(synchronize_session=False)
    )
    if kept is None:
        withdraw_opening(session, deps, now, opening.id, actor=actor)
        return 0
    session.refresh(opening)
    waiting = end_offers(session, deps, now, opening, places_too=False)
    audit.write(session, now, actor, "closed_opening", opening, offers=[offer.id for offer in waiting])
    return int(kept)
