"""Both sides hear the result at once (W06, E04): the worker by the answer to her own message, the employer by text.

The employer is told of the first who comes, of the last, and of whoever steps back, at once; of those in between in one
text every ten minutes, for twenty texts in a row are read by nobody. He gets names, of whoever has given none the last four
digits of her number, so that he can tell them apart; a number to ring her on he does not get. Whom no text reaches is told by staff.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.absent_words import NAMELESS
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.offers import HAD_A_PLACE
from backend.services import answer_offer, employer_number, outbox, staff_task, waiting_list
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.people import handset_to_write_to
from backend.services.views import opening_view
from backend.store.models import Employer, Handset, Offer, Opening, Worker

log = structlog.get_logger()

GATHER_FOR = timedelta(minutes=10)


def taken(session: Session, deps: Deps, *, now: datetime, offer: Offer, tell_worker: bool = False) -> None:
    """A place was taken. `tell_worker`: somebody took it for her, so that no answer of her own tells her."""
    opening = offer.opening
    if tell_worker and (handset := answer_offer.handset_of(session, offer.worker)) is not None:
        outbox.enqueue(
            session, deps, now=now, handset=handset, kind="initiated", answers=[job_taken(session, deps, offer)]
        )
    told = opening.told_employer_at
    if opening.filled < opening.headcount and told is not None and now - told < GATHER_FOR:
        opening.tell_employer_at = opening.tell_employer_at or told + GATHER_FOR
        return
    _tell(session, deps, opening, now)


def stepped_back(session: Session, deps: Deps, *, now: datetime, offer: Offer) -> None:
    """A place has come free: the employer hears of it at once, and whoever waits longest is asked."""
    _tell(session, deps, offer.opening, now)
    waiting_list.move_up(session, deps, offer.opening, now)


def answer(session: Session, deps: Deps, *, now: datetime, offer_id: int, answer: str, channel: str = "staff") -> Offer:
    """Accept or decline for the worker, as the API and staff do; both sides are told. Raises like `answer_offer.answer`."""
    held = answer_offer.holds_a_place(session, offer_id)
    offer = answer_offer.answer(session, now=now, offer_id=offer_id, answer=answer, channel=channel)
    if answer == "accept":
        taken(session, deps, now=now, offer=offer, tell_worker=True)
    elif held:
        stepped_back(session, deps, now=now, offer=offer)
    else:
        waiting_list.move_up(session, deps, offer.opening, now)
    return offer


def job_taken(session: Session, deps: Deps, offer: Offer) -> Answer:
    """What she needs once she has the place: the work again, and whom to ask for, with the number, by text (V13)."""
    employer = session.get_one(Employer, offer.opening.employer_id)
    person = offer.worker.person
    return make(
        "job_taken",
        opening=opening_view(offer.opening, deps.regions),
        contact={"name": employer.name, "phone": employer.phone},
        code=offer.code,
        registered=person.name is not None or person.name_recording_url is not None,
    )


def tell_gathered(deps: Deps) -> int:
    """Send the gathered texts that are due; return how many openings it was for."""
    now = deps.clock()
    with deps.db.read() as session:
        due = session.scalars(select(Opening.id).where(Opening.tell_employer_at <= now)).all()

    def tell(opening_id: int) -> bool:
        with deps.db.write() as session:
            mine = session.scalar(
                update(Opening)
                .where(Opening.id == opening_id, Opening.tell_employer_at <= now)
                .values(tell_employer_at=None)
                .returning(Opening.id)
                .execution_options(synchronize_session=False)
            )
            if mine is None:
                return False
            _tell(session, deps, session.get_one(Opening, opening_id), now)
        return True

    return each("tell_gathered", due, tell)


def name_for_employer(session: Session, worker: Worker) -> str:
    """How a worker is called towards the employer: her name, or the end of her number until she has given one.

    Whoever has been erased was known by name; another name for her would be a stranger to him.
    """
    if worker.person.name:
        return worker.person.name
    handset = answer_offer.handset_of(session, worker)
    return f"尾号{handset.number[-4:]}{NAMELESS}" if handset and worker.person.erased_at is None else "有人"


def _tell(session: Session, deps: Deps, opening: Opening, now: datetime) -> None:
    """Everything the employer does not know yet of who comes and who does not."""
    session.flush()
    changed = session.scalars(
        select(Offer)
        .where(
            Offer.opening_id == opening.id,
            (Offer.status.in_(HAD_A_PLACE) & (Offer.employer_told.is_(None) | (Offer.employer_told != "taken")))
            | (Offer.status.in_(("withdrawn", "declined", "waitlisted")) & (Offer.employer_told == "taken")),
        )
        .order_by(Offer.answered_at, Offer.id)
    ).all()
    opening.told_employer_at, opening.tell_employer_at = now, None
    if not changed:
        return
    came = [name_for_employer(session, offer.worker) for offer in changed if offer.status in HAD_A_PLACE]
    gone = [name_for_employer(session, offer.worker) for offer in changed if offer.status not in HAD_A_PLACE]
    for offer in changed:
        offer.employer_told = "taken" if offer.status in HAD_A_PLACE else "withdrawn"
    view = opening_view(opening, deps.regions)
    if len(changed) == 1:
        event = "taken" if came else "withdrawn"
        told = make("employer_told", opening=view, event=event, worker_name=(came or gone)[0])
    else:
        told = make("employer_digest", opening=view, taken=came, withdrawn=gone)
    tell_employer(session, deps, opening, told, now)


def tell_employer(session: Session, deps: Deps, opening: Opening, told: Answer, now: datetime) -> None:
    """By text; whoever has no number for texts is told by staff."""
    handset = textable(session, opening, now)
    if handset is not None:
        outbox.enqueue(session, deps, now=now, handset=handset, kind="initiated", answers=[told])
        return
    coming = opening.filled
    staff_task.about_opening(
        session, deps, now=now, kind="tell_employer", opening=opening,
        summary=f"用工方收不到短信，请打电话告诉：{opening.title}，现在有{coming}人，还差{opening.headcount - coming}人",
    )  # fmt: skip


def have_asked(session: Session, deps: Deps, opening: Opening, question: str, now: datetime) -> None:
    """An employer whom no text reaches is asked by staff."""
    how = "收不到短信，请打电话问" if opening.employer.phone else "没有号码了，请想办法问到"
    staff_task.about_opening(
        session, deps, now=now, kind="ask_employer", opening=opening, summary=f"用工方{how}：{question}"
    )


def textable(session: Session, opening: Opening, now: datetime) -> Handset | None:
    """The employer's handset, where a text can reach it and is read by nobody else."""
    employer = session.get_one(Employer, opening.employer_id)
    if not employer.phone or not takes_texts(employer.phone):
        return None
    handset = handset_to_write_to(session, employer.phone, now)
    if handset.opted_out_at is not None or employer_number.may_be_lost(session, handset, now):
        return None
    return handset
