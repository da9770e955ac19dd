"""Who came, as the employer tells it by number or by name, and the question to whoever he says did not (W06, E03, M04).

Everybody keeps the number of the list while it is open; whom no text reaches is asked by staff.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import absent_words
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.offers import EXPECTED, HOLDS_A_PLACE
from backend.domain.outcomes import TO_CONTRADICT
from backend.services import answer_offer, audit, both_sides, outbox, outcomes, staff_task
from backend.services.acts import act
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.follow_up import expect_outcome
from backend.services.reminders import has_question
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.store.models import Conversation, Employer, Offer, Opening, Outcome

NAMES = 7  # under one digit each; 8 are the next ones, 9: all others came
LIST = "which_absent"


def choice(act_name: str, opening_id: int, said: str, **more: Any) -> dict[str, Any]:
    return {"act": act_name, "params": {"opening_id": opening_id, "said": said, **more}}


def places_of(session: Session, opening_id: int, statuses: Collection[str]) -> list[Offer]:
    return list(
        session.scalars(
            select(Offer).where(Offer.opening_id == opening_id, Offer.status.in_(statuses)).order_by(Offer.id)
        )
    )


def own_opening(turn: Turn) -> Opening | None:
    """The opening asked about, if it was posted from this number: the number alone says whose it is (DESIGN §3.4)."""
    opening = turn.session.get(Opening, turn.facts.params.get("opening_id") or 0)
    if opening is None:
        return None
    return opening if turn.session.get_one(Employer, opening.employer_id).phone == turn.handset.number else None


@act("attendance")
def attendance(turn: Turn) -> list[Answer]:
    """`params`: opening_id, said (all | list | absent | rest), offer_ids of who was absent, rest_came, page of the names."""
    opening, params, asked = own_opening(turn), turn.facts.params, turn.pending or {}
    turn.expect(None)
    if opening is None:
        return [make("nothing_to_answer", said="yes")]
    noted = [offer for offer_id in params.get("offer_ids", ()) if (offer := _absent(turn, opening, int(offer_id)))]
    left = _undecided(turn.session, opening.id)
    if params["said"] in {"all", "rest"} or params.get("rest_came"):
        for offer in left:
            say(turn, offer, "arrived")
        left = []
    if not left:
        return [_noted(turn, opening)]
    return [_which(turn, opening, left, asked, int(params.get("page") or 0), noted)]


def _which(
    turn: Turn, opening: Opening, left: list[Offer], asked: dict[str, Any], page: int, noted: list[Offer]
) -> Answer:
    """Ask who did not come: those of whom nothing is said yet, under the numbers they had before."""
    same_list = asked.get("kind") == LIST and asked.get("opening_id") == opening.id
    listed: list[int] = asked["listed"] if same_list else [offer.id for offer in left]
    open_ones = {offer.id: offer for offer in left if offer.id in listed}
    pages = [listed[n : n + NAMES] for n in range(0, len(listed), NAMES)]
    turned = [n % len(pages) for n in range(page, page + len(pages))]
    page = next((n for n in turned if open_ones.keys() & set(pages[n])), turned[0])
    more = len(open_ones) > len(open_ones.keys() & set(pages[page]))
    options = {
        str(n): choice("attendance", opening.id, "absent", offer_ids=[offer_id], page=page)
        for n, offer_id in enumerate(pages[page], 1)
    }
    options["9"] = choice("attendance", opening.id, "rest")
    if more:
        options["8"] = choice("attendance", opening.id, "list", page=page + 1)
    turn.expect(LIST, options, words=LIST, opening_id=opening.id, listed=listed)
    shown = {str(n): open_ones[offer_id] for n, offer_id in enumerate(pages[page], 1) if offer_id in open_ones}
    return make(
        LIST,
        opening=opening_view(opening, turn.deps.regions),
        keys=list(shown),
        names=[both_sides.name_for_employer(turn.session, offer.worker) for offer in shown.values()],
        absent=[both_sides.name_for_employer(turn.session, offer.worker) for offer in noted],
        more=more,
    )


def named(turn: Turn) -> tuple[str, dict[str, Any]] | None:
    """The act and its params where the text says by numbers or by name who of the open list did not come."""
    asked = turn.pending or {}
    if asked.get("kind") != LIST:
        return None
    offers = {
        key: turn.session.get_one(Offer, option["params"]["offer_ids"][0])
        for key, option in asked["options"].items()
        if option["params"]["said"] == "absent"
    }
    names = {key: both_sides.name_for_employer(turn.session, offer.worker) for key, offer in offers.items()}
    found = absent_words.read(turn.message.normalized_text or turn.message.body, names)
    if found is None:
        return None
    first = asked["options"][found.keys[0]]
    ids = [offers[key].id for key in found.keys]
    return first["act"], {**first["params"], "offer_ids": ids, "rest_came": found.rest_came}


def _undecided(session: Session, opening_id: int) -> list[Offer]:
    told = select(Outcome.offer_id).where(Outcome.side == "employer", Outcome.outcome.in_(("arrived", "no_show")))
    of_these = set(
        session.scalars(told.join(Offer, Offer.id == Outcome.offer_id).where(Offer.opening_id == opening_id))
    )
    return [offer for offer in places_of(session, opening_id, EXPECTED) if offer.id not in of_these]


def _absent(turn: Turn, opening: Opening, offer_id: int) -> Offer | None:
    offer = turn.session.get(Offer, offer_id)
    if offer is None or offer.opening_id != opening.id or offer.status not in HOLDS_A_PLACE:
        return None
    say(turn, offer, "no_show")
    if not _reached_by_text(turn.session, offer):
        staff_task.about_opening(
            turn.session, turn.deps, now=turn.now, kind="attendance", opening=opening, offer_id=offer.id,
            summary=f"{opening.title}：用工方说有人没来，本人收不到短信，请打电话问本人，再记下来没来",
        )  # fmt: skip
    _ask_absent(turn.session, turn.deps, offer, turn.now)
    return offer


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
                Offer.status.in_(HOLDS_A_PLACE),
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


def say(turn: Turn, offer: Offer, outcome: str) -> None:
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


def absent_of(session: Session, opening_id: int) -> set[int]:
    """The offers of whom the employer has said that they did not come, and not that they came after all."""
    rows = session.execute(
        select(Outcome.offer_id, Outcome.outcome)
        .join(Offer, Offer.id == Outcome.offer_id)
        .where(Offer.opening_id == opening_id, Outcome.side == "employer")
    ).all()
    there = {offer_id for offer_id, outcome in rows if outcome in ("arrived", "completed")}
    return {offer_id for offer_id, outcome in rows if outcome == "no_show"} - there
