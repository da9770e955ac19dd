"""The employer's side of how it went: who came this morning, and at the end whether wages are paid (W06, E03).

By text to the number the opening was posted from, an hour after the work begins and on the morning after its last day; a
number that has just talked with the line, or still owes an answer about other work of his, is asked later. Whom no text
reaches is asked by staff.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.calling import follow_up_window
from backend.domain.messages import leaves_at
from backend.domain.offers import EXPECTED, HOLDS_A_PLACE
from backend.services import answer_offer, both_sides, outbox
from backend.services.acts import act
from backend.services.attendance import LIST, absent_of, choice, own_opening, places_of, say
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.reminders import is_in_talk
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, Offer, Opening
from backend.store.queries.offers import came

ASKED_AFTER = timedelta(hours=1)
ASKED_FOR = timedelta(hours=10)
PAID_WITHIN_DAYS = 4
AT_ONCE = 100
# So long a bare 都来了 is to the question asked before; then the next one is asked.
ANSWERS_WITHIN = timedelta(hours=2)


def ask_who_came(deps: Deps) -> int:
    """Ask every employer whose work began an hour ago; return how many openings it was about."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        rows = session.scalars(
            select(Opening).where(
                Opening.attendance_asked_at.is_(None),
                Opening.filled > 0,
                Opening.status.in_(("in_review", "published", "filled", "expired")),
                Opening.starts_on.in_((today, today - timedelta(days=1))),
            )
        ).all()
    openings = {opening.id: opening for opening in rows}

    def one(opening_id: int) -> bool:
        begins = leaves_at(answer_offer.starts_at(openings[opening_id]) + ASKED_AFTER)
        until = begins + ASKED_FOR
        return begins <= now < until and _ask(deps, opening_id, until, "attendance_asked_at")

    return each("ask_who_came", openings, one, most=AT_ONCE)


def ask_who_was_paid(deps: Deps) -> int:
    """Ask every employer whose work is over; return how many openings it was about."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        rows = session.execute(
            select(Opening.id, Opening.ends_on).where(
                Opening.payment_asked_at.is_(None),
                Opening.filled > 0,
                Opening.status.in_(("in_review", "published", "filled", "expired")),
                Opening.ends_on < today,
                Opening.ends_on >= today - timedelta(days=PAID_WITHIN_DAYS),
            )
        ).all()
    windows = {row.id: follow_up_window(row.ends_on) for row in rows}

    def one(opening_id: int) -> bool:
        begins, until = windows[opening_id]
        return begins <= now < until and _ask(deps, opening_id, until, "payment_asked_at")

    return each("ask_who_was_paid", windows, one, most=AT_ONCE)


def _ask(deps: Deps, opening_id: int, until: datetime, column: str) -> bool:
    now = deps.clock()
    asked_at = getattr(Opening, column)
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        handset = both_sides.textable(session, opening, now)
        if handset is not None and (is_in_talk(session, handset, now) or _owes_an_answer(session, handset, now)):
            return False  # at a later tick; one question at a time
        mine = session.scalar(
            update(Opening)
            .where(Opening.id == opening_id, asked_at.is_(None))
            .values({column: now})
            .returning(Opening.id)
            .execution_options(synchronize_session=False)
        )
        offers = (
            _worked(session, opening_id) if column == "payment_asked_at" else places_of(session, opening_id, EXPECTED)
        )
        if mine is None or not offers:
            return False
        kind = "ask_attendance" if column == "attendance_asked_at" else "ask_settled"
        # An evening's shift is asked about in the morning after the quiet hours (M10).
        today = opening.starts_on == now.astimezone(TIMEZONE).date()
        if handset is None:  # staff may say it for him
            due = f"{'今天' if today else '昨天'}该来{len(offers)}人，来了几个，哪个没来？"
            question = due if kind == "ask_attendance" else f"做完了，{len(offers)}个人的工钱结清没有？"
            both_sides.have_asked(session, deps, opening, f"{opening.title}{question}", now)
            return True
        view = opening_view(opening, deps.regions)
        day = {"day": "today" if today else "yesterday"} if kind == "ask_attendance" else {}
        message = outbox.enqueue(
            session, deps, now=now, handset=handset, kind="initiated", expires_at=until,
            answers=[make(kind, opening=view, count=len(offers), **day)],
        )  # fmt: skip
        conversation = session.get_one(Conversation, message.conversation_id)
        if kind == "ask_attendance":
            absent = {"offer_ids": [offers[0].id]} if len(offers) == 1 else {}
            no = choice("attendance", opening_id, "absent" if absent else "list", **absent)
            _expect(conversation, kind, choice("attendance", opening_id, "all"), no)
        else:
            not_due = choice("wages_settled", opening_id, "not_due")
            _expect(conversation, kind, choice("wages_settled", opening_id, "paid"),
                    choice("wages_settled", opening_id, "unpaid"), not_due)  # fmt: skip
    return True


def _owes_an_answer(session: Session, handset: Handset, now: datetime) -> bool:
    """Whether he was asked about other work a short while ago, and has said nothing yet (M04)."""
    newest = session.scalar(
        select(Conversation).where(Conversation.handset_id == handset.id).order_by(Conversation.id.desc()).limit(1)
    )
    if newest is None or newest.last_at <= now - ANSWERS_WITHIN:
        return False
    return ((newest.context or {}).get("pending") or {}).get("kind") in {"ask_attendance", LIST, "ask_settled"}


def _expect(
    conversation: Conversation, kind: str, yes: dict[str, Any], no: dict[str, Any], *more: dict[str, Any]
) -> None:
    options = {"1": yes, "yes": yes, "2": no, "no": no, **{str(n): option for n, option in enumerate(more, start=3)}}
    conversation.context = {
        **(conversation.context or {}),
        "pending": {"kind": kind, "options": options, "words": kind},
    }


def _worked(session: Session, opening_id: int) -> list[Offer]:
    """Whose wages are asked about: also theirs who left in the middle of the work."""
    left = select(Offer.id).where(Offer.opening_id == opening_id, Offer.status == "withdrawn", came())
    gone = set(session.scalars(left))
    return [
        offer
        for offer in places_of(session, opening_id, (*HOLDS_A_PLACE, "withdrawn"))
        if offer.status in HOLDS_A_PLACE or offer.id in gone
    ]


# What he says of the wages, and what that makes of a place. Before the day agreed nothing is owed yet.
_OUTCOMES = {"paid": "paid", "unpaid": "unpaid", "not_due": "completed"}


@act("wages_settled")
def wages_settled(turn: Turn) -> list[Answer]:
    """`params`: opening_id, said (paid | unpaid | not_due). It is his word; paid it is when the workers say so too."""
    opening, said = own_opening(turn), str(turn.facts.params.get("said"))
    turn.expect(None)
    if opening is None:
        return [make("nothing_to_answer", said="yes")]
    absent = absent_of(turn.session, opening.id)
    for offer in _worked(turn.session, opening.id):
        if offer.id in absent:
            continue  # no wages are spoken of for whoever, as he says, was not there
        say(turn, offer, _OUTCOMES[said])
    return [make("settled_noted", opening=opening_view(opening, turn.deps.regions), wages=said)]
