"""An employer changes his own postings: enough, off, two more, another day; each change can be taken back for a day.

The bare number is only a claim (DESIGN §3.4): every change is texted to the number and undone by a reply, and what people
count on is called off only by a text.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from backend.domain import posting_words
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.entities import Entity
from backend.domain.posting import opening_facts
from backend.errors import Conflict, Invalid
from backend.services import asked_anew, audit, instant_hire, posting, read_back, still_hiring, waiting_list
from backend.services.acts import act
from backend.services.change_opening import TOLD, change_opening
from backend.services.employer_desk import (
    CHANGED_BY_VALUE,
    SENT_BACK_WITHIN,
    live_of,
    text_number,
    view_of,
    which_posting,
    who_comes,
)
from backend.services.opening_columns import COLUMNS
from backend.services.post_opening import withdraw_opening
from backend.services.posting_undo import UNDONE_WITHIN, keep_undo
from backend.services.review_opening import submit_again
from backend.services.turn import Facts, Turn
from backend.store.models import Opening
from backend.store.queries import employers as queries

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
    _lock(turn, opening)
    if opening.status not in queries.LIVE:
        return [make("nobody_hired")]
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
    actor = f"handset:{turn.handset.id}"
    how = "enough" if how == "enough" and coming else "off"
    if how == "enough":
        still_hiring.close(turn.session, turn.deps, turn.now, opening, actor=actor)
    else:
        withdraw_opening(turn.session, turn.deps, turn.now, opening.id, actor=actor)
    closed_at = opening.closed_at.isoformat() if opening.closed_at else None
    keep_undo(turn, opening, how=how, closed_at=closed_at, **before)
    return [make("posting_closed", opening=view_of(turn, opening), how=how, coming=coming, undo=True)]


def _lock(turn: Turn, opening: Opening) -> None:
    turn.session.refresh(opening, ["filled", "headcount", "status", "closed_at"], with_for_update=True)


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
        # Who has enough counts on from those who come: whoever stepped back since is replaced by nobody.
        said["headcount"] = (found.headcount if found.closed_at is None else found.filled) + count
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
    before, closed = terms_of(found), found.closed_at is not None
    try:
        changed = change_opening(turn.session, turn.deps, turn.now, found.id, changes, actor=f"handset:{turn.handset.id}")  # fmt: skip
    except Conflict as conflict:
        return [make("posting_fixed", opening=view_of(turn, found), reason=conflict.reason or "closed")]
    except Invalid:
        return [make("change_what")]
    after = terms_of(changed)
    columns = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if columns:
        keep_undo(turn, changed, how="changed", columns=columns, closed=closed)
    return [make("posting_changed", opening=view_of(turn, changed), undo=bool(columns), told=_are_told(changed, columns))]  # fmt: skip


def terms_of(opening: Opening) -> dict[str, Any]:
    """Its facts as they are now, as plain JSON, to be compared after a change."""
    facts = {name: getattr(opening, name) for name in COLUMNS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}


def _are_told(opening: Opening, changed: Collection[str]) -> bool:
    return opening.filled > 0 and not TOLD.isdisjoint(changed)


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
    _lock(turn, opening)
    if kept["how"] == "posted":
        return _not_posted(turn, opening)
    if kept["how"] == "changed":
        return _change_back(turn, opening, kept)
    return _reopened(turn, opening, kept)


def _not_posted(turn: Turn, opening: Opening) -> list[Answer]:
    """A posting that was out at once; where people have a place by now it is asked what becomes of them."""
    if opening.status not in queries.LIVE:
        return [make("posting_fixed", opening=view_of(turn, opening), reason="closed")]
    if opening.filled:
        return _ask_sure(turn, opening, ("enough", "off"))
    withdraw_opening(turn.session, turn.deps, turn.now, opening.id, actor=f"handset:{turn.handset.id}")
    return [make("posting_closed", opening=view_of(turn, opening), how="off", coming=0, undo=False)]


def _change_back(turn: Turn, opening: Opening, kept: dict[str, Any]) -> list[Answer]:
    """Take back what the change touched; what somebody has put otherwise since then stays (C5)."""
    now = terms_of(opening)
    columns = {name: was for name, (was, became) in kept["columns"].items() if now[name] == became}
    facts = {
        name: date.fromisoformat(was) if name in ("starts_on", "ends_on") else was for name, was in columns.items()
    }
    if not facts:
        return [make("posting_fixed", opening=view_of(turn, opening), reason="changed")]
    actor = f"handset:{turn.handset.id}"
    try:
        changed = change_opening(turn.session, turn.deps, turn.now, opening.id, facts, actor=actor)
    except Conflict as conflict:
        return [make("posting_fixed", opening=view_of(turn, opening), reason=conflict.reason or "closed")]
    except Invalid:
        return [make("posting_fixed", opening=view_of(turn, opening), reason="changed")]
    if kept.get("closed") and "headcount" in facts:
        # As it was before: nobody comes in the stead of whoever steps back.
        still_hiring.close(turn.session, turn.deps, turn.now, changed, actor=actor)
    return [make("posting_changed", opening=view_of(turn, changed), undo=False, told=_are_told(changed, facts))]


def _reopened(turn: Turn, opening: Opening, kept: dict[str, Any]) -> list[Answer]:
    """Hire on: the places that were free are free again, and whoever had a place taken from her is asked anew."""
    # What somebody else has done with it since then stands.
    closed_at = opening.closed_at.isoformat() if opening.closed_at else None
    left = ("withdrawn",) if kept["how"] == "off" else ("in_review", "filled")
    if (
        opening.status not in left
        or closed_at != kept["closed_at"]
        or opening.filled > kept["headcount"]
        or opening.ends_on < turn.today
    ):
        return [make("posting_fixed", opening=view_of(turn, opening), reason="closed")]
    opening.headcount, opening.closed_at, opening.updated_at = kept["headcount"], None, turn.now
    if opening.status != "in_review":  # what a person has to decide meanwhile stays with that person
        free = opening.filled < opening.headcount
        out = kept["status"] in ("published", "filled")
        opening.status = ("published" if free else "filled") if out else kept["status"]
    asked = asked_anew.put_back(turn.session, opening)
    instant_hire.rearm(turn.session, opening, turn.now)
    turn.session.flush()
    waiting_list.move_up(turn.session, turn.deps, opening, turn.now)
    audit.record(turn, "hires_on", opening, asked_again=asked)
    return [make("posting_reopened", opening=view_of(turn, opening), asked_again=asked)]
