"""An employer changes his own postings: enough, off, two more, another day; each change can be taken back for a day.

The bare number is only a claim (DESIGN §3.4): every change is texted to the number and undone by a reply, and what people
count on is called off only by a text.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, update

from backend.domain import posting_words
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.entities import Entity
from backend.domain.offers import HOLDS_A_PLACE
from backend.domain.posting import opening_facts
from backend.errors import Conflict, Invalid
from backend.services import answer_offer, audit, instant_hire, posting, read_back, still_hiring
from backend.services.acts import act
from backend.services.changed_terms import tell_asked, terms_of
from backend.services.employer_desk import (
    CHANGED_BY_VALUE,
    SENT_BACK_WITHIN,
    live_of,
    text_number,
    view_of,
    which_posting,
    who_comes,
)
from backend.services.post_opening import change_opening, withdraw_opening
from backend.services.posting_undo import UNDONE_WITHIN, keep_undo
from backend.services.review_opening import submit_again
from backend.services.turn import Facts, Turn
from backend.store.models import Offer, Opening
from backend.store.queries import employers as queries
from backend.store.queries.offers import live_offers

# So many more than twice as many as before are rather a slip than a wish.
FEW = 5


# -- enough, or off ----------------------------------------------------------------------------------------------------
@act("close_posting")
def close_posting(turn: Turn) -> list[Answer]:
    """Ask once more before hiring ends: whether those who have a place still come is the employer's to say."""
    found = which_posting(turn, "close_posting", live_of(turn))
    if isinstance(found, list):
        return found
    coming = found.filled
    how = ("enough", "off") if coming else ("off", None)
    return _ask_sure(turn, found, how)


def _ask_sure(turn: Turn, found: Opening, how: tuple[str, str | None]) -> list[Answer]:
    coming = found.filled
    options: dict[str, dict[str, Any]] = {
        "1": _sure(found, how[0]), "2": _sure(found, how[1]) if how[1] else {"act": "go_on_hiring"},
        "no": {"act": "go_on_hiring"},
    }  # fmt: skip
    if coming:
        options["3"] = {"act": "go_on_hiring"}
    else:
        options["yes"] = options["1"]
    turn.expect("confirm_close", options, opening_id=found.id)
    return [make("confirm_close", opening=view_of(turn, found), coming=coming)]


def _sure(opening: Opening, how: str | None) -> dict[str, Any]:
    return {"act": "closed_for_sure", "params": {"opening_id": opening.id, "how": how, "coming": opening.filled}}


@act("go_on_hiring")
def go_on_hiring(turn: Turn) -> list[Answer]:
    turn.expect(None)
    return who_comes(turn)


@act("closed_for_sure")
def closed_for_sure(turn: Turn) -> list[Answer]:
    """`params`: opening_id, how (enough | off), coming: how many had a place when it was asked."""
    params = turn.facts.params
    opening = next((one for one in live_of(turn) if one.id == params.get("opening_id")), None)
    if opening is None:
        return [make("nobody_hired")]
    turn.session.refresh(opening, ["filled", "headcount", "status"], with_for_update=True)
    coming, how = opening.filled, params.get("how")
    if how == "off" and coming > params.get("coming", coming):
        # Somebody took a place after the question: his yes was about nobody, or about fewer.
        return _ask_sure(turn, opening, ("enough", "off"))
    before = {"status": opening.status, "headcount": opening.headcount}
    if how == "off" and coming and turn.channel == "voice" and takes_texts(turn.handset.number):
        # People count on it, and a call can come from anybody: the number itself has to say so by text.
        turn.expect(
            "close_by_text", {"2": _sure(opening, "off"), "1": _sure(opening, "enough"), "3": {"act": "go_on_hiring"}}
        )
        text_number(turn, make("confirm_close", opening=view_of(turn, opening), coming=coming))
        return [make("close_by_text")]
    held = [one.id for one in live_offers(turn.session, opening.id, turn.today) if one.status in HOLDS_A_PLACE]
    actor = f"handset:{turn.handset.id}"
    if how == "enough" and coming:
        still_hiring.close(turn.session, turn.deps, turn.now, opening, actor=actor)
    else:
        withdraw_opening(turn.session, turn.deps, turn.now, opening.id, actor=actor)
    keep_undo(turn, opening, how="enough" if how == "enough" and coming else "off", **before, offers=held)
    return [make("posting_closed", opening=view_of(turn, opening), how="enough" if how == "enough" and coming else "off", coming=coming)]  # fmt: skip


# -- more, fewer, otherwise --------------------------------------------------------------------------------------------
@act("change_posting")
def change_posting(turn: Turn) -> list[Answer]:
    """Two more, only three, another day, another wage; a posting that was sent back goes to review again with it."""
    phone, since = turn.handset.number, turn.now - SENT_BACK_WITHIN
    live = live_of(turn)
    sent_back = queries.sent_back_since(turn.session, phone, since)
    if sent_back is not None and (not live or (sent_back.reviewed_at and sent_back.reviewed_at > live[0].updated_at)):
        return _submit_again(turn, sent_back)
    found = which_posting(turn, "change_posting", live)
    if isinstance(found, list):
        return found
    said, count = _said_with(turn), turn.facts.params.get("count")
    if turn.facts.params.get("wish") == "more" and count is not None:
        said["headcount"] = found.headcount + count
    elif turn.facts.params.get("wish") == "short" and count is not None:
        said["headcount"] = found.filled + count  # 还差两个: what is lacking, whoever has come
    elif turn.facts.params.get("wish") == "only" and count is not None:
        said["headcount"] = count
    if (question := _read_back(turn, said, found)) is not None:
        turn.remember("hiring_chosen", found.id)
        return [question]
    turn.remember("hiring_chosen", None)
    wrong = posting_words.problems("", said, turn.today)
    if wrong:
        return [make("posting_problem", problem=next(iter(wrong.values()))), make("change_what")]
    changes = _partial(found, said, turn)
    if not changes:
        turn.expect(None)
        return [make("change_what")]
    before = terms_of(found)
    try:
        changed = change_opening(turn.session, turn.now, turn.deps.regions, found.id, changes, actor=f"handset:{turn.handset.id}")  # fmt: skip
    except Conflict as conflict:
        return [make("posting_fixed", opening=view_of(turn, found), reason=conflict.reason or "closed")]
    except Invalid:
        return [make("change_what")]
    instant_hire.rearm(turn.session, changed, turn.now)
    tell_asked(turn.session, turn.deps, turn.now, changed, before)
    keep_undo(
        turn,
        changed,
        how="changed",
        columns={name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()},
    )
    return [make("posting_changed", opening=view_of(turn, changed))]


def _submit_again(turn: Turn, opening: Opening) -> list[Answer]:
    said, text = _said_with(turn), turn.text.strip()
    if (question := _read_back(turn, said)) is not None:
        return [question]
    changes = _partial(opening, said, turn)
    if not said.keys() & CHANGED_BY_VALUE and (posting_words.asks_nothing(text) or "去掉" in text or "不要求" in text):
        changes["requirements"] = ""
    elif not changes and posting_words.is_requirement(text):
        changes["requirements"] = text
    if not changes:
        turn.expect("posting_rejected", {}, opening_id=opening.id)
        return [make("change_what")]
    try:
        again = submit_again(turn.session, turn.now, turn.deps.regions, opening.id, changes, actor=f"handset:{turn.handset.id}")  # fmt: skip
    except Invalid:
        return [make("change_what")]
    turn.expect(None)
    return [make("submitted_again", opening=view_of(turn, again))]


def _read_back(turn: Turn, said: dict[str, Any], opening: Opening | None = None) -> Answer | None:
    """In a call a number or a day is read back before it changes anything (V11), by text a number of people far off."""
    facts = turn.facts
    if "headcount" in said and facts.one("headcount") != said["headcount"]:
        total = Entity("headcount", str(said["headcount"]), said["headcount"], 0, 0)
        others = [entity for entity in facts.entities if entity.entity != "headcount"]
        turn.facts = Facts([*others, total], facts.params, facts.intent)
    people = said.get("headcount") or 0
    far = opening is not None and 2 * opening.headcount + FEW < people <= posting_words.MOST_PEOPLE
    return read_back.question(turn, "change_posting", by_text=far)


def _said_with(turn: Turn) -> dict[str, Any]:
    """The values said with the wish, also when the question which posting came in between."""
    facts = turn.facts
    if not facts.entities and turn.facts.params.get("opening_id") and (kept := turn.recall("hiring_said")):
        facts = Facts([Entity(**entity) for entity in kept["entities"]], facts.params, facts.intent)
    said = posting.heard_posting(turn, facts)
    said.pop("employer_name", None)
    return said


def _partial(opening: Opening, said: dict[str, Any], turn: Turn) -> dict[str, Any]:
    """The facts of `post_opening` that these values change, and no others."""
    facts = opening_facts({"job_type": [opening.job_type], "headcount": opening.headcount, **said}, turn.today)
    kept = {
        "job_type": {"job_type", "title"}, "headcount": {"headcount"}, "location": {"region", "place"},
        "date": {"starts_on", "ends_on"}, "duration": {"starts_on", "ends_on"}, "clock": {"hours"}, "day_part": {"hours"},
        "pay": {"pay"}, "settlement": {"pay"}, "requirements": {"requirements"}, "gender": {"requirements"},
        "benefit": {"meals", "lodging", "transport", "insured"},
    }  # fmt: skip
    wanted = set().union(*(kept.get(name, set()) for name in said))
    changes = {name: value for name, value in facts.items() if name in wanted}
    if "pay" in changes and "pay" not in said:
        changes["pay"] = {"settlement": said["settlement"]}
    if "date" in said and "duration" not in said and opening.ends_on > opening.starts_on and changes.get("starts_on") == changes.get("ends_on"):  # fmt: skip
        # 改成后天: it begins then and takes as long as before.
        changes["ends_on"] = changes["starts_on"] + (opening.ends_on - opening.starts_on)
    return changes


# -- taken back ----------------------------------------------------------------------------------------------------
@act("undo_posting")
def undo_posting(turn: Turn) -> list[Answer]:
    """Take back the last change made from this number, within a day of it."""
    kept = turn.recall("posting_undo")
    turn.remember("posting_undo", None)
    turn.expect(None)
    if kept is None or turn.now - datetime.fromisoformat(kept["at"]) > UNDONE_WITHIN:
        return [make("nothing_to_answer", said="yes")]
    opening = turn.session.get_one(Opening, kept["opening_id"])
    if opening.employer.phone != turn.handset.number:
        return [make("nothing_to_answer", said="yes")]
    if kept["how"] == "posted":
        withdraw_opening(turn.session, turn.deps, turn.now, opening.id, actor=f"handset:{turn.handset.id}")
        return [make("posting_closed", opening=view_of(turn, opening), how="off", coming=0)]
    if kept["how"] == "changed":
        return _change_back(turn, opening, kept)
    return _reopened(turn, opening, kept)


def _change_back(turn: Turn, opening: Opening, kept: dict[str, Any]) -> list[Answer]:
    columns = {
        name: date.fromisoformat(value) if name in ("starts_on", "ends_on") else value
        for name, value in kept["columns"].items()
    }
    before = terms_of(opening)
    try:
        changed = change_opening(turn.session, turn.now, turn.deps.regions, opening.id, columns, actor=f"handset:{turn.handset.id}")  # fmt: skip
    except (Conflict, Invalid):
        return [make("posting_fixed", opening=view_of(turn, opening), reason="places_taken")]
    tell_asked(turn.session, turn.deps, turn.now, changed, before)
    return [make("posting_changed", opening=view_of(turn, changed))]


def _reopened(turn: Turn, opening: Opening, kept: dict[str, Any]) -> list[Answer]:
    """Hire on: the places that were free are free again, and whoever had a place taken from her is asked anew."""
    if opening.ends_on < turn.today:
        return [make("posting_fixed", opening=view_of(turn, opening), reason="closed")]
    out = kept["status"] in ("published", "filled")
    free = kept["headcount"] > opening.filled
    status = ("published" if free else "filled") if out else kept["status"]
    guard = Opening.status.in_(("in_review", "published", "filled", "withdrawn"))
    moved = turn.session.scalar(
        update(Opening)
        .where(Opening.id == opening.id, guard, Opening.filled <= kept["headcount"])
        # What a person has to decide meanwhile stays with that person.
        .values(status=case((Opening.status == "in_review", "in_review"), else_=status), headcount=kept["headcount"], closed_at=None, updated_at=turn.now,
                next_wave_at=turn.now if out and free and opening.waves_stopped_at is None else None)
        .returning(Opening.id)
    )  # fmt: skip
    turn.session.refresh(opening)
    if moved is None:
        return [make("posting_fixed", opening=view_of(turn, opening), reason="closed")]
    asked = 0
    for offer_id in kept.get("offers", ()) if kept["how"] == "off" and status == "published" else ():
        offer = turn.session.get(Offer, offer_id)
        if offer is not None and offer.status == "withdrawn":
            answer_offer.offer_opening(turn.session, turn.deps, now=turn.now, opening_id=opening.id, worker_id=offer.worker_id)  # fmt: skip
            asked += 1
    audit.record(turn, "hires_on", opening, offers=kept.get("offers", []))
    return [make("posting_reopened", opening=view_of(turn, opening), asked_again=asked)]
