"""The employer's side of how it went: who came this morning, and at the end whether wages are paid (W06, E03).

By text to the number the opening was posted from, an hour after the work begins and on the morning after its last day; a
number that has just talked with the line is asked later. Whom no text reaches is asked by staff. Whoever is said not to have
come is asked herself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.calling import follow_up_window, takes_texts
from backend.domain.messages import leaves_at
from backend.domain.outcomes import TO_CONTRADICT
from backend.services import answer_offer, audit, both_sides, outbox, outcomes, staff_task
from backend.services.acts import act
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.follow_up import expect_outcome
from backend.services.reminders import has_question, is_in_talk
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Employer, Offer, Opening, Outcome
from backend.store.queries.offers import came

ASKED_AFTER = timedelta(hours=1)
ASKED_FOR = timedelta(hours=10)
PAID_WITHIN_DAYS = 4
AT_ONCE = 100
NAMES = 7  # under one digit each; 8 are the next ones, 9: all others came
EXPECTED = ("accepted", "arrived")
HELD = (*EXPECTED, "completed")


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
        if handset is not None and is_in_talk(session, handset, now):
            return False  # at a later tick; one question at a time
        mine = session.scalar(
            update(Opening)
            .where(Opening.id == opening_id, asked_at.is_(None))
            .values({column: now})
            .returning(Opening.id)
            .execution_options(synchronize_session=False)
        )
        offers = _worked(session, opening_id) if column == "payment_asked_at" else _of(session, opening_id, EXPECTED)
        if mine is None or not offers:
            return False
        kind = "ask_attendance" if column == "attendance_asked_at" else "ask_settled"
        # An evening's shift is asked about in the morning after the quiet hours (M10).
        today = opening.starts_on == now.astimezone(TIMEZONE).date()
        if handset is None:  # staff may say it for him
            came = f"{'今天' if today else '昨天'}该来{len(offers)}人，来了几个，哪个没来？"
            question = came if kind == "ask_attendance" else f"做完了，{len(offers)}个人的工钱结清没有？"
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
            _expect(conversation, kind, _choice("attendance", opening_id, "all"),
                    _choice("attendance", opening_id, "list"))  # fmt: skip
        else:
            _expect(conversation, kind, _choice("wages_settled", opening_id, "paid"),
                    _choice("wages_settled", opening_id, "unpaid"))  # fmt: skip
    return True


def _choice(act_name: str, opening_id: int, said: str, **more: Any) -> dict[str, Any]:
    return {"act": act_name, "params": {"opening_id": opening_id, "said": said, **more}}


def _expect(conversation: Conversation, kind: str, yes: dict[str, Any], no: dict[str, Any]) -> None:
    pending = {"kind": kind, "options": {"1": yes, "yes": yes, "2": no, "no": no}, "words": kind}
    conversation.context = {**(conversation.context or {}), "pending": pending}


def _of(session: Session, opening_id: int, statuses: Sequence[str]) -> list[Offer]:
    return list(
        session.scalars(
            select(Offer).where(Offer.opening_id == opening_id, Offer.status.in_(statuses)).order_by(Offer.id)
        )
    )


def _worked(session: Session, opening_id: int) -> list[Offer]:
    """Whose wages are asked about: also theirs who left in the middle of the work."""
    left = select(Offer.id).where(Offer.opening_id == opening_id, Offer.status == "withdrawn", came())
    gone = set(session.scalars(left))
    return [
        offer for offer in _of(session, opening_id, (*HELD, "withdrawn")) if offer.status in HELD or offer.id in gone
    ]


def _own_opening(turn: Turn) -> Opening | None:
    """The opening asked about, if it was posted from this number: the number alone says whose it is (DESIGN §3.4)."""
    opening = turn.session.get(Opening, turn.facts.params.get("opening_id") or 0)
    if opening is None:
        return None
    return opening if turn.session.get_one(Employer, opening.employer_id).phone == turn.handset.number else None


@act("attendance")
def attendance(turn: Turn) -> list[Answer]:
    """`params`: opening_id, said (all | list | absent | rest), offer_id of whom was absent, page of the names."""
    opening, params = _own_opening(turn), turn.facts.params
    turn.expect(None)
    if opening is None:
        return [make("nothing_to_answer", said="yes")]
    if params["said"] == "absent":
        _absent(turn, opening, int(params["offer_id"]))
    left = _undecided(turn.session, opening.id)
    if params["said"] in {"all", "rest"}:
        for offer in left:
            _say(turn, offer, "arrived")
        left = []
    if not left:
        return [_noted(turn, opening)]
    page = int(params.get("page") or 0) % max(1, -(-len(left) // NAMES))
    shown = left[page * NAMES : (page + 1) * NAMES]
    more = len(left) > NAMES
    options = {
        str(n): _choice("attendance", opening.id, "absent", offer_id=offer.id) for n, offer in enumerate(shown, 1)
    }
    options["9"] = _choice("attendance", opening.id, "rest")
    if more:
        options["8"] = _choice("attendance", opening.id, "list", page=page + 1)
    turn.expect("which_absent", options, words="which_absent")
    names = [both_sides.name_for_employer(turn.session, offer.worker) for offer in shown]
    return [make("which_absent", opening=opening_view(opening, turn.deps.regions), names=names, more=more)]


def _undecided(session: Session, opening_id: int) -> list[Offer]:
    told = select(Outcome.offer_id).where(Outcome.side == "employer", Outcome.outcome.in_(("arrived", "no_show")))
    return [offer for offer in _of(session, opening_id, EXPECTED) if offer.id not in
            set(session.scalars(told.where(Outcome.offer_id == offer.id)))]  # fmt: skip


def _absent(turn: Turn, opening: Opening, offer_id: int) -> None:
    offer = turn.session.get(Offer, offer_id)
    if offer is None or offer.opening_id != opening.id or offer.status not in HELD:
        return
    _say(turn, offer, "no_show")
    if not _reached_by_text(turn.session, offer):
        staff_task.about_opening(
            turn.session, turn.deps, now=turn.now, kind="attendance", opening=opening, offer_id=offer.id,
            summary=f"{opening.title}：用工方说有人没来，本人收不到短信，请打电话问本人，再记下来没来",
        )  # fmt: skip
    _ask_absent(turn.session, turn.deps, offer, turn.now)


def ask_the_absent(deps: Deps) -> int:
    """Ask whoever is said not to have come and was in the middle of something else then; return how many.

    Whom no text reaches is asked by staff.
    """
    now = deps.clock()
    with deps.db.read() as session:
        due = session.scalars(
            select(Outcome.offer_id)
            .join(Offer, Offer.id == Outcome.offer_id)
            .where(
                Outcome.side == "employer",
                Outcome.outcome == "no_show",
                Outcome.at > now - TO_CONTRADICT,
                Offer.status.in_(HELD),
                Offer.absence_asked_at.is_(None),
            )
        ).all()

    def one(offer_id: int) -> bool:
        with deps.db.write() as session:
            offer = session.get_one(Offer, offer_id, with_for_update=True)
            return _ask_absent(session, deps, offer, now)

    return each("ask_the_absent", due, one)


def _reached_by_text(session: Session, offer: Offer) -> bool:
    handset = answer_offer.handset_of(session, offer.worker)
    return handset is not None and takes_texts(handset.number) and handset.opted_out_at is None


def _ask_absent(session: Session, deps: Deps, offer: Offer, now: datetime) -> bool:
    """Did she go? Once, and not while a bare answer of hers would be to another question (M04)."""
    handset = answer_offer.handset_of(session, offer.worker)
    if offer.absence_asked_at is not None or handset is None or not _reached_by_text(session, offer):
        return False
    if has_question(session, handset, now):
        return False
    if "worker" in {row.side for row in outcomes.said_of(session, offer.id)}:
        return False
    offer.absence_asked_at = now
    message = outbox.enqueue(
        session, deps, now=now, handset=handset, kind="initiated", expires_at=now + TO_CONTRADICT,
        answers=[make("said_absent", opening=opening_view(offer.opening, deps.regions))],
    )  # fmt: skip
    expect_outcome(session.get_one(Conversation, message.conversation_id), offer)
    return True


def _say(turn: Turn, offer: Offer, outcome: str) -> None:
    outcomes.say(
        turn.session, turn.deps, now=turn.now, offer=offer, side="employer", outcome=outcome, message_id=turn.message.id
    )
    audit.record(turn, "told_outcome", offer, side="employer", outcome=outcome)


def _noted(turn: Turn, opening: Opening) -> Answer:
    rows = turn.session.execute(
        select(Offer, Outcome.outcome)
        .join(Outcome, Outcome.offer_id == Offer.id)
        .where(Offer.opening_id == opening.id, Outcome.side == "employer")
        .order_by(Offer.id)
    ).all()
    came = {offer.id for offer, outcome in rows if outcome != "no_show"}
    absent = [offer for offer, outcome in rows if outcome == "no_show" and offer.id not in came]
    return make(
        "attendance_noted",
        opening=opening_view(opening, turn.deps.regions),
        came=len(came),
        absent=[both_sides.name_for_employer(turn.session, offer.worker) for offer in absent],
    )


def _absent_of(session: Session, opening_id: int) -> set[int]:
    """The offers of whom the employer has said that they did not come, and not that they came after all."""
    rows = session.execute(
        select(Outcome.offer_id, Outcome.outcome)
        .join(Offer, Offer.id == Outcome.offer_id)
        .where(Offer.opening_id == opening_id, Outcome.side == "employer")
    ).all()
    there = {offer_id for offer_id, outcome in rows if outcome in ("arrived", "completed")}
    return {offer_id for offer_id, outcome in rows if outcome == "no_show"} - there


@act("wages_settled")
def wages_settled(turn: Turn) -> list[Answer]:
    """`params`: opening_id, said (paid | unpaid). It is his word; paid it is when the workers say so too."""
    opening, said = _own_opening(turn), turn.facts.params.get("said")
    turn.expect(None)
    if opening is None:
        return [make("nothing_to_answer", said="yes")]
    absent = _absent_of(turn.session, opening.id)
    for offer in _worked(turn.session, opening.id):
        if offer.id in absent:
            continue  # no wages are spoken of for whoever, as he says, was not there
        _say(turn, offer, "paid" if said == "paid" else "unpaid")
    return [make("settled_noted", opening=opening_view(opening, turn.deps.regions), paid=said == "paid")]
