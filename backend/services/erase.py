"""Erase a person: her facts, her words, her claims and consents; what others need is kept without her (T15)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from backend.domain.case_rules import RIGHTS
from backend.domain.ledger_cells import national
from backend.domain.offers import may_step_back
from backend.services import (
    answer_offer,
    audit,
    both_sides,
    erase_reviews,
    erase_unsaved,
    find_duplicates,
    ledger_history,
    training_examples,
)
from backend.services.turn import Turn
from backend.store.models import (
    Call,
    CallTurn,
    Case,
    Consent,
    Conversation,
    ConversationClosing,
    ConversationNote,
    Correction,
    Employer,
    Handset,
    HandsetOwner,
    Hardship,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    Talk,
    TalkPerson,
    TurnEffect,
    Visit,
    Worker,
)
from backend.store.queries.ledgers import merged_into

ERASED = "(已删除)"


def erase_person(turn: Turn, person: Person) -> None:
    """Blank everything about `person` in the caller's transaction; rows that count places and messages stay, empty.

    An open case about her rights keeps its line for staff until it is closed: she would lose her claim with it.
    """
    # Held first of all, as by staff who merge her entry or say whom it is not: they come before, or find her erased.
    hers = select(Worker).where(Worker.person_id == person.id).with_for_update()
    worker = turn.session.scalar(hers.execution_options(populate_existing=True))
    if worker is not None and (leads_to := merged_into(turn.session, "workers", worker.id)) is not None:
        erase_person(turn, turn.session.get_one(Worker, leads_to).person)  # merged while this waited: she is there now
        return
    names = ledger_history.names_of(turn.session, worker) | ({person.name} if person.name else set())
    handsets = _handsets_of(turn, person)
    hers_alone = set(handsets) - _shared(turn, person, handsets)
    if worker is not None:
        find_duplicates.compare_again(turn.session, person.village_code, gone=worker.id)
    if worker is not None and person.name:
        _blank_name_elsewhere(turn, worker, person.name)
        _blank_name_in_talks(turn, worker, person.name)
    for column in (
        "name",
        "name_recording_url",
        "gender",
        "birth_year",
        "village_code",
        "place_as_said",
        "speech_rate",
        "wording",
        "household_id",
    ):
        setattr(person, column, None)
    person.erased_at = person.updated_at = turn.now
    erase_unsaved.drop(turn.session, names, handsets.values())
    if worker is not None:
        _free_places(turn, worker)  # after the name: employers are told that somebody is not coming
        _blank_worker(turn, worker)
    turn.session.execute(
        update(HandsetOwner)
        .where(HandsetOwner.person_id == person.id, HandsetOwner.until.is_(None))
        .values(until=turn.now)
    )
    turn.session.execute(
        update(Consent)
        .where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=turn.now)
    )
    _blank_words(turn, person, hers_alone, worker, names)
    turn.conversation.person_id = None
    turn.conversation.context = {}
    ledger_history.forget(turn.session, worker)
    audit.record(turn, "erased", person)


def _blank_name_elsewhere(turn: Turn, worker: Worker, name: str) -> None:
    """Employers were told her name when she took a place, and may have said it; those texts keep their sense without it."""
    phones = (
        select(Employer.phone)
        .join(Opening, Opening.employer_id == Employer.id)
        .join(Offer, Offer.opening_id == Opening.id)
        .where(Offer.worker_id == worker.id)
    )
    told = turn.session.scalars(
        select(Message)
        .join(Handset, Handset.id == Message.handset_id)
        .where(Handset.number.in_(phones), Message.body.contains(name, autoescape=True))
    ).all()
    for message in told:
        message.body = message.body.replace(name, "有人")
        if message.direction == "inbound":
            for column in ("normalized_text", "words_before", "entities", "corrected"):
                setattr(message, column, _without(name, getattr(message, column)))
            for made in turn.session.scalars(select(Correction).where(Correction.message_id == message.id)):
                made.before, made.after = _without(name, made.before), _without(name, made.after)
            continue
        message.gloss, message.answer = "", None
        turn.session.execute(
            update(OutboxRow).where(OutboxRow.message_id == message.id).values(body=message.body),
            execution_options={"synchronize_session": False},
        )
    # What would be said again at 再说一道, and what a turn done twice would find.
    talks = select(Conversation).join(Handset, Handset.id == Conversation.handset_id).where(Handset.number.in_(phones))
    for talk in turn.session.scalars(talks):
        talk.context = _without(name, talk.context)
    done = (
        select(TurnEffect)
        .join(Message, Message.id == TurnEffect.message_id)
        .join(Handset, Handset.id == Message.handset_id)
        .where(Handset.number.in_(phones))
    )
    for effect in turn.session.scalars(done):
        effect.answer = _without(name, effect.answer)


def _without(name: str, value: Any) -> Any:
    """`value` (plain JSON) with somebody in the place of `name`; the same object where it does not hold it."""
    if isinstance(value, dict):
        found = {key: _without(name, one) for key, one in value.items()}
        return found if any(found[key] is not one for key, one in value.items()) else value
    if isinstance(value, list):
        items = [_without(name, one) for one in value]
        return items if any(new is not one for new, one in zip(items, value, strict=True)) else value
    return value.replace(name, "有人") if isinstance(value, str) and name in value else value


def _blank_name_in_talks(turn: Turn, worker: Worker, name: str) -> None:
    """What staff noted of a talk she was asked to stays, without her."""
    talks = select(Talk).join(TalkPerson, TalkPerson.talk_id == Talk.id).where(TalkPerson.worker_id == worker.id)
    for talk in turn.session.scalars(talks):
        talk.note = talk.note.replace(name, "有人").replace(national(turn.handset.number), "")


def _handsets_of(turn: Turn, person: Person) -> dict[int, str]:
    """The numbers she is reached on, as dialled in the country, by handset."""
    rows = turn.session.execute(
        select(Handset.id, Handset.number)
        .join(HandsetOwner, HandsetOwner.handset_id == Handset.id)
        .where(HandsetOwner.person_id == person.id, HandsetOwner.until.is_(None))
    )
    return {row.id: national(row.number) for row in rows}


def _shared(turn: Turn, person: Person, handsets: Collection[int]) -> set[int]:
    """Those of `handsets` on which somebody else is reached, too."""
    others = HandsetOwner.person_id != person.id
    query = select(HandsetOwner.handset_id).where(
        HandsetOwner.handset_id.in_(handsets), others, HandsetOwner.until.is_(None)
    )
    return set(turn.session.scalars(query))


def _free_places(turn: Turn, worker: Worker) -> None:
    offers = turn.session.scalars(select(Offer).where(Offer.worker_id == worker.id)).all()
    for offer in offers:
        if offer.ends_on >= turn.today and may_step_back(offer.status, offer.ends_on, turn.today):
            answer_offer.give_back(turn.session, now=turn.now, offer_id=offer.id, message_id=turn.message.id)
            both_sides.stepped_back(turn.session, turn.deps, now=turn.now, offer=offer)
        elif offer.status in ("offered", "waitlisted"):
            answer_offer.decline(turn.session, now=turn.now, offer_id=offer.id, message_id=turn.message.id)


def _blank_worker(turn: Turn, worker: Worker) -> None:
    worker.status = "erased"
    worker.job_types, worker.day_parts, worker.benefits, worker.unavailable = [], [], [], []
    for column in (
        "pay_min_fen",
        "pay_max_fen",
        "pay_unit",
        "available_from",
        "available_to",
        "term",
        "proximity",
        "travel",
        "within_km",
        "waiting_since",
        "skill_level",
        "employment_status",
        "job_willingness",
        "at_home",
        "officer_id",
        "confirmed_at",
        "asked_current_at",
        "failed_on",
    ):
        setattr(worker, column, None)
    worker.asked_in_vain = worker.failed_matches = 0
    worker.service_needs = []
    worker.updated_at = turn.now
    turn.session.execute(delete(Hardship).where(Hardship.worker_id == worker.id))
    # That somebody came to see her stays in the figures, what was said does not; a talk counts without her.
    turn.session.execute(update(Visit).where(Visit.worker_id == worker.id).values(note=""))
    # Why she was chosen tells of her village, her trade and her hardship.
    turn.session.execute(
        update(Offer).where(Offer.worker_id == worker.id).values(score=None, reasons=None),
        execution_options={"synchronize_session": False},
    )
    turn.session.execute(delete(TalkPerson).where(TalkPerson.worker_id == worker.id))
    turn.session.expire(worker, ["hardships"])


def _blank_words(
    turn: Turn, person: Person, hers_alone: Collection[int], worker: Worker | None, names: Collection[str]
) -> None:
    """The conversations were hers when they are marked so, or when nobody else shares the phone (`hers_alone`: handsets)."""
    unmarked = and_(Conversation.handset_id.in_(hers_alone), Conversation.person_id.is_(None))
    hers = or_(Conversation.person_id == person.id, unmarked, Conversation.id == turn.conversation.id)
    conversations = list(turn.session.scalars(select(Conversation.id).where(hers)))
    if erase_reviews.blank(turn.session, conversations, worker, names):
        training_examples.write_after(turn.session, turn.deps)
    messages = select(Message.id).where(Message.conversation_id.in_(conversations))
    others = messages.where(Message.id != turn.message.id)  # this one is still being answered
    quietly = {"synchronize_session": False}
    turn.session.flush()
    turn.session.execute(delete(TurnEffect).where(TurnEffect.message_id.in_(others)), execution_options=quietly)
    turn.session.execute(
        update(OutboxRow).where(OutboxRow.message_id.in_(others), OutboxRow.status != "created").values(body=ERASED),
        execution_options=quietly,
    )
    turn.session.execute(
        update(Message)
        .where(Message.id.in_(others))
        .values(
            body=ERASED,
            gloss="",
            answer=None,
            normalized_text=None,
            entities=None,
            corrected=None,
            media_url=None,
            words_before=None,
            keys=None,
        ),
        execution_options=quietly,
    )
    turn.session.execute(
        update(Conversation).where(Conversation.id.in_(conversations)).values(context={}, person_id=None),
        execution_options=quietly,
    )
    # What staff wrote to each other about her.
    for told, column in ((ConversationNote, "body"), (ConversationClosing, "words")):
        turn.session.execute(
            update(told).where(told.conversation_id.in_(conversations)).values({column: ""}), execution_options=quietly
        )
    calls = select(Call.id).where(Call.conversation_id.in_(conversations))
    turn.session.execute(delete(CallTurn).where(CallTurn.call_id.in_(calls)), execution_options=quietly)
    # Where a call stood holds what was keyed into it: an age, a village, the recorded name. One still open is blanked when
    # it ends (`after_call.over`).
    turn.session.execute(
        update(Call).where(Call.id.in_(calls), Call.ended_at.is_not(None)).values(state={}), execution_options=quietly
    )
    turn.session.execute(
        update(Case)
        .where(
            Case.conversation_id.in_(conversations),
            or_(Case.kind.not_in(RIGHTS), Case.status == "closed"),
        )
        .values(summary=ERASED, details={}, recording_url=None, resolution=None),
        execution_options=quietly,
    )
