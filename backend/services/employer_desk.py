"""An employer about his own postings, by the number they came from: which act his words ask for, who is coming, once more.

The bare number is only a claim (DESIGN §3.4): names go out by text only. What changes something is `employer_changes.py`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from backend.domain import employer_words
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.employer_words import Wish
from backend.domain.offers import HOLDS_A_PLACE
from backend.domain.posting import next_such_days, said_of
from backend.services import outbox, posting
from backend.services.acts import act, run
from backend.services.both_sides import name_for_employer
from backend.services.opening_columns import COLUMNS
from backend.services.people import worker_of
from backend.services.turn import Facts, Turn
from backend.services.views import opening_view
from backend.store.models import Offer, Opening
from backend.store.queries import employers as queries

SENT_BACK_WITHIN = timedelta(days=7)
SHOWN = 3  # openings asked about at once
# What the engine may have read an employer's words as; anything else, e.g. a person wished for, is what it is.
MAY_BE_MEANT = frozenset({
    "post_job", "my_applications", "withdraw_application", "cancel", "find_jobs", "more_jobs", "inform", "job_details",
    "apply_job", "out_of_scope", "not_understood", "update_profile", "view_profile", "set_availability", "deny", "affirm",
    "repeat", "greet", "ask_market_info",
})  # fmt: skip
ACTS = {
    "people": "who_comes", "again": "repeat_posting", "enough": "close_posting", "off": "close_posting",
    "more": "change_posting", "short": "change_posting", "only": "change_posting", "change": "change_posting", "undo": "undo_posting",
}  # fmt: skip
# A trade or a place never changes by a word in passing; at a change asked for they do.
CHANGED_BY_VALUE = frozenset({"pay", "date", "headcount", "clock", "settlement", "benefit", "location", "job_type"})


# -- what is meant -----------------------------------------------------------------------------------------------------
def meant(turn: Turn, name: str, facts: Facts) -> tuple[str, Facts] | None:
    """The act on the employer's own postings that these words ask for, where the number has any; else None."""
    wish = employer_words.read(turn.text)
    if wish is None and name not in ("my_applications", "withdraw_application", "inform"):
        return None
    drafting = turn.recall("posting") is not None
    if turn.recall("registration") is not None or (drafting and (wish is None or wish.kind != "again")):
        return None
    if name not in MAY_BE_MEANT and not drafting:
        return None
    phone = turn.handset.number
    if not queries.is_employer(turn.session, phone):
        return None
    if wish is not None and wish.kind == "undo" and not turn.recall("posting_undo"):
        return None
    if wish is not None and wish.kind in ("more", "only") and turn.recall("jobs") and "人" not in turn.text:
        return None  # 再来一个, after openings were read out to somebody who looks for work as well
    live = queries.hiring_now(turn.session, phone, turn.today)
    if wish is None:
        return _unsaid(turn, name, facts, live)
    if wish.kind == "again" and queries.last_posted(turn.session, phone) is None:
        return None
    if wish.kind in ("more", "short", "only", "change") and not live:
        since = turn.now - SENT_BACK_WITHIN
        if queries.sent_back_since(turn.session, phone, since) is None:
            return None
    chosen = _as_act(wish, facts)
    if wish.either_side:
        # To an open question it is the answer to that.
        if not live or (turn.pending or {}).get("kind") not in (None, "undo_posting", "posting_rejected", "menu"):
            return None
        return ("whose_side", _either(chosen, name, facts)) if _holds_places(turn) else chosen
    return chosen


def _unsaid(turn: Turn, name: str, facts: Facts, live: Any) -> tuple[str, Facts] | None:
    """我报的活, 不去了 of a number that hires and holds no place itself; bare values after a posting was sent back."""
    if name == "inform":
        since = turn.now - SENT_BACK_WITHIN
        told = {entity.entity for entity in facts.entities} & CHANGED_BY_VALUE
        free = turn.pending is None or turn.pending["kind"] == "posting_rejected"
        if told and free and not live and queries.sent_back_since(turn.session, turn.handset.number, since):
            return "change_posting", facts
        return None
    if not live:
        return None
    wish = Wish("people" if name == "my_applications" else "off")
    if _holds_places(turn):
        return "whose_side", _either(_as_act(wish, facts), name, facts)
    return _as_act(wish, facts)


def without_engine(turn: Turn) -> tuple[str, dict[str, Any]] | None:
    """The same while the engine is away: act and parameters."""
    chosen = meant(turn, "not_understood", Facts())
    return (chosen[0], chosen[1].params) if chosen else None


def _as_act(wish: Wish, facts: Facts) -> tuple[str, Facts]:
    params = {"wish": wish.kind, **({"count": wish.count} if wish.count is not None else {})}
    return ACTS[wish.kind], Facts(entities=facts.entities, params=params, intent=facts.intent, ranking=facts.ranking)


def _holds_places(turn: Turn) -> bool:
    worker = worker_of(turn)
    return worker is not None and any(
        offer.status in ("offered", "waitlisted") or offer.status in HOLDS_A_PLACE
        for offer in turn.session.query(Offer).filter(Offer.worker_id == worker.id, Offer.ends_on >= turn.today)
    )


def _either(chosen: tuple[str, Facts], name: str, facts: Facts) -> Facts:
    employer, params = chosen[0], chosen[1].params
    return Facts(entities=facts.entities, intent=facts.intent, params={"employer": {"act": employer, "params": params}, "worker": {"act": name}})  # fmt: skip


@act("whose_side")
def whose_side(turn: Turn) -> list[Answer]:
    """One person may hire and work: ask of which of the two the words speak."""
    params = turn.facts.params
    neither: dict[str, Any] = {"act": "not_understood"}
    words = {"1": ["招人", "请人", "招的", "请的"], "2": ["我做", "去做", "我报", "报的", "做活"], "3": ["都不是"]}
    turn.expect("either_or", {"1": params["employer"], "2": params["worker"], "3": neither, "no": neither}, words=words)
    choices = [
        {"zh": "你招人的活", "en": "the work you hire for"},
        {"zh": "你自己去做的活", "en": "the work you took yourself"},
    ]
    return [make("either_or", about="wish", word=None, choices=choices)]


# -- which posting -----------------------------------------------------------------------------------------------------
def which_posting(turn: Turn, act_name: str, openings: list[Opening]) -> Opening | list[Answer]:
    """The one posting that is meant: named by number or trade, or the only one; else the question which."""
    params = turn.facts.params
    chosen = params.get("opening_id") or (turn.recall("hiring_chosen") if params.get("heard_right") else None)
    if chosen is not None:
        mine = [opening for opening in openings if opening.id == chosen]
        return mine[0] if mine else [make("nobody_hired")]
    if params.get("wish") in ("enough", "only"):
        openings = [opening for opening in openings if opening.closed_at is None] or openings
    if trades := turn.facts.all("job_type"):
        openings = [opening for opening in openings if opening.job_type in trades] or openings
    # 明天那个不要人了; in a change the day is what it shall become.
    if act_name == "close_posting" and (day := turn.facts.one("date")):
        start = date.fromisoformat(str(day).partition("/")[0])
        openings = [opening for opening in openings if opening.starts_on <= start <= opening.ends_on] or openings
    if not openings:
        return [make("nobody_hired")]
    if len(openings) == 1:
        return openings[0]
    kept = {key: value for key, value in params.items() if key not in ("opening_id", "from")}
    first = params.get("from", 0)
    shown, following = openings[first : first + SHOWN], first + SHOWN
    options = {
        str(n): {"act": act_name, "params": {**kept, "opening_id": opening.id}}
        for n, opening in enumerate(shown, start=1)
    }
    if more := len(openings) > SHOWN:
        # After the last ones the first come again.
        options["4"] = {"act": act_name, "params": {**kept, "from": following if following < len(openings) else 0}}
    # What was said with it is needed again once it is known which one: 改成后天.
    if "from" not in params:
        said = [asdict(entity) for entity in turn.facts.entities]
        turn.remember("hiring_said", {"message_id": turn.message.id, "entities": said})
    turn.expect("which_posting", options)
    return [make("which_job", openings=[view_of(turn, opening) for opening in shown], purpose="hiring", more=more)]


def live_of(turn: Turn) -> list[Opening]:
    return list(queries.hiring_now(turn.session, turn.handset.number, turn.today))


# -- looking -----------------------------------------------------------------------------------------------------------
@act("who_comes")
def who_comes(turn: Turn) -> list[Answer]:
    """How many are coming to each posting; their names by text to the number itself, never aloud."""
    openings = live_of(turn)[:3]
    turn.expect(None)
    if not openings:
        return [make("nobody_hired")]
    posts = [
        {"opening": view_of(turn, opening), "coming": opening.filled,
         "names": [name_for_employer(turn.session, one) for one in queries.who_comes(turn.session, opening.id)]}
        for opening in openings
    ]  # fmt: skip
    if turn.channel == "sms":
        return [make("who_comes", posts=posts)]
    told = make("who_comes", posts=[{**post, "names": []} for post in posts])
    if not takes_texts(turn.handset.number) or not any(post["names"] for post in posts):
        return [told]
    text_number(turn, make("who_comes", posts=posts))
    return [told, make("names_by_text")]


# -- once more ---------------------------------------------------------------------------------------------------------
@act("repeat_posting")
def repeat_posting(turn: Turn) -> list[Answer]:
    """Last time's posting on the asked days, else on the next such weekday; confirmed like any other before it is posted."""
    last = queries.last_posted(turn.session, turn.handset.number)
    if last is None:
        return run(turn, {"act": "post_job"})
    turn.remember("posting", None)
    said = said_of({name: getattr(last, name) for name in COLUMNS})
    new = posting.heard_posting(turn, turn.facts)
    if str(new.get("date", "9")).rpartition("/")[2] < turn.today.isoformat():
        del new["date"]  # 上周那个: when it was, not when it shall be
    if not ({"date", "duration"} & new.keys()):
        said["date"] = _next_days(last, turn)
    elif "date" not in new:
        said.pop("date", None)
    skipped = [field for field in posting.QUESTIONS if field not in posting.REQUIRED]
    if "job_type" in new and new["job_type"] != said["job_type"]:
        said.pop("title", None)
    return posting.begin(turn, {**said, **new}, skipped=skipped, repeats_id=last.id)


def _next_days(last: Opening, turn: Turn) -> str:
    first, final = next_such_days(last.starts_on, last.ends_on, turn.today)
    return "/".join(dict.fromkeys((first.isoformat(), final.isoformat())))


def text_number(turn: Turn, answer: Answer) -> None:
    """To the number itself: what is said in a call may be heard by anybody."""
    outbox.enqueue(turn.session, turn.deps, now=turn.now, handset=turn.handset, conversation=turn.conversation,
                   in_reply_to=turn.message.id, answers=[answer])  # fmt: skip


def view_of(turn: Turn, opening: Opening) -> dict[str, Any]:
    return opening_view(opening, turn.deps.regions)
