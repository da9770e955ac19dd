"""How each answer of the services sounds, sentence by sentence, and the same in English for the captions.

`told` says what was found or done; the question that follows (keys, "对不对") belongs to the call flow. By voice no
name, age, village, hardship, case content or employer's phone is told that was not said in this very call: the number
a call comes from is only a claim (DESIGN §3.4). All words stand in the catalogue; only what fills them in is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from backend.domain.answers import Answer
from backend.domain.latin import latin
from ivr import by_people, free_text, hiring, how_it_went, openings, spoken
from ivr.asking import choices_said
from ivr.facts import facts_said, filters_said, noted_said, of_a_person
from ivr.prompts import around, heard_length, prompt
from ivr.steps import Say

__all__ = ["QUESTIONS", "RENDERERS", "facts_said", "filters_said", "noted_said", "question", "speak", "told"]

Renderer = Callable[[Answer, date], list[Say]]
LONGEST_STATION, LONGEST_ADDRESS = 10, 30  # characters

QUESTIONS: dict[str, tuple[str, str]] = {  # field → first asking, then shorter with an example (V08)
    "person_name": ("ask_name", "ask_name_short"), "age": ("ask_age", "ask_age_short"),
    "location": ("ask_village", "ask_village_short"), "job_type": ("ask_trade", "ask_trade_short"),
    "date": ("ask_days", "ask_days_short"), "pay": ("ask_wage", "ask_wage_short"),
    "correction": ("ask_correction", "ask_correction_short"), "headcount": ("ask_headcount", "ask_headcount_short"),
}  # fmt: skip
KEPT = {"profile": "profile_kept", "place": "place_kept"}
OUTCOMES = {
    "coming": "outcome_coming",
    "arrived": "outcome_arrived",
    "no_show": "outcome_no_show",
    "paid": "outcome_paid",
    "not_due": "outcome_not_due",
}
CANCELLED = {"registration": "registration_cancelled", "posting": "posting_cancelled"}
# The families of trades that a form offers; anything else is a name and stays as it is.
CHOICES_EN = {
    "工地": "building site",
    "田头": "fields",
    "厂头": "factory",
    "屋头家政": "housework",
    **hiring.CHOICES_EN,
}


# What promises a text → what a phone that takes none hears instead; None: nothing.
WITHOUT_TEXTS: dict[str, str | None] = {
    "whom_by_text": "whom_by_key", "text_follows": None, "entry_by_text": "entry_by_key", "erase_by_text": "erase_by_key",
    "text_sent": "erase_by_key", "erase_how": None, "market_number": "market_by_key", "staff_replied": "reply_by_key",
    "posting_why": "why_by_key", "names_by_text": None, "undo_by_text": None, "absent_by_text": "absent_by_key",
}  # fmt: skip


def told(answer: Answer, *, today: date, hide: Collection[str] = (), takes_texts: bool = True) -> list[Say]:
    """One answer as it is said.

    `hide`: facts that were not said in this call and so are not read out, e.g. from a text of yesterday. `takes_texts`:
    False for a landline, to which no text is promised.
    """
    if hide and "facts" in answer:
        answer = {**answer, "facts": {k: v for k, v in answer["facts"].items() if k not in hide}, "hidden": True}
    said = RENDERERS[answer["kind"]](answer, today)
    if takes_texts:
        return said
    instead: list[Say] = []
    for say in said:
        other = WITHOUT_TEXTS.get(say.prompt or "", "")
        instead += [say] if other == "" else [prompt(other)] if other else []
    return instead


def speak(answer: Answer, lang: str, *, today: date, hide: Collection[str] = ()) -> list[str]:
    """The same as sentences in one language ("zh" | "en")."""
    return [said.zh if lang == "zh" else said.en for said in told(answer, today=today, hide=hide)]


def question(form: str, field: str, attempt: int) -> Say:
    """How a form's question is asked for the first time (1) and again, shorter and with an example (2 …)."""
    table = {**QUESTIONS, **hiring.QUESTIONS} if form == "posting" else QUESTIONS
    asked = table.get(field) or ("ask_more", "ask_more_short")
    return prompt(asked[min(attempt, len(asked)) - 1])


def _fixed(*ids: str) -> Renderer:
    return lambda answer, today: [prompt(id_) for id_ in ids]


def _ask(answer: Answer, today: date) -> list[Say]:
    said: list[Say] = []
    if noted := noted_said(answer["form"], answer.get("noted") or {}, today):
        said.append(prompt("noted_fact", what=noted))
    said.append(question(answer["form"], answer["field"], int(answer.get("attempt") or 1)))
    if choices := list(answer.get("choices") or []):
        said.append(choices_said([(str(name), choice_en(name)) for name in choices]))
    return said


def choice_en(name: str) -> str:
    return CHOICES_EN.get(str(name), str(name))


def _confirm_registration(answer: Answer, today: date) -> list[Say]:
    said = facts_said(of_a_person(answer["facts"]), today, *around("read_back"))
    return [
        *([prompt("read_back", what=said)] if said else []),
        *([prompt("told_before")] if answer.get("hidden") else []),
        prompt("what_for"),
        prompt("agreed"),
    ]


def _confirm_posting(answer: Answer, today: date) -> list[Say]:
    said = facts_said(answer["facts"], today, *around("hiring"))
    return [*([prompt("hiring", what=said)] if said else []), prompt("right")]


def _confirm_heard(answer: Answer, today: date) -> list[Say]:
    said = facts_said(answer["facts"], today, *around("heard_as")) or ("您刚才说的", "what you have just said")
    return [prompt("heard_as", what=said)]


def _either_or(answer: Answer, today: date) -> list[Say]:
    first, second = ((choice["zh"], choice["en"]) for choice in answer["choices"])
    if answer["about"] == "word":
        return [prompt("either_word_only", word=(answer["word"], latin(answer["word"])), first=first, second=second)]
    asked = "either_wish_only" if answer["about"] == "wish" else "either_heard_only"
    return [prompt(asked, first=first, second=second)]


def _outcome_noted(answer: Answer, today: date) -> list[Say]:
    return [prompt(OUTCOMES[answer["outcome"]])]


def _market_info(answer: Answer, today: date) -> list[Say]:
    station = answer["station"] or {}
    written, address = str(station.get("name") or "零工市场"), str(station.get("address") or "")
    name = free_text.nearest(free_text.said(written), LONGEST_STATION), written
    inside = free_text.nearest(free_text.said(address), LONGEST_ADDRESS)
    if where := free_text.in_breaths(inside, heard_length(name[0]) + 1):
        said = [prompt("market_at", name=name, address=(where, address))]
    else:
        said = [prompt("market_yours", name=name)]
    opens, closes = station.get("opens_at"), station.get("closes_at")
    if opens and closes:
        hours = {"opens": (spoken.clock(opens, "zh"), opens), "closes": (spoken.clock(closes, "zh"), closes)}
        said.append(prompt("market_hours", **hours))
    return [*said, prompt("market_number")] if station.get("hotline") else said


def _availability_set(answer: Answer, today: date) -> list[Say]:
    """The days are said back: a recogniser mishears them easily."""
    given = answer["availability"]
    heard: dict[str, Any] = {"always_free": given.get("always")}
    if given.get("unavailable"):
        heard["unavailable"] = given["unavailable"][-1]
    if given.get("from"):
        heard = {"free": [given["from"], given["to"] or given["from"]]}
    said = facts_said(heard, today, *around("noted_days"))
    return [prompt("noted_days", what=said)] if said else [prompt("noted_free")]


def _profile_updated(answer: Answer, today: date) -> list[Say]:
    """The village just said or chosen is echoed (V12), since it is easily misheard; nothing else of a person is told aloud."""
    moved = {key: value for key, value in answer["changed"].items() if key in {"village_name", "location"}}
    said = facts_said(moved, today, *around("entry_moved"))
    return [prompt("entry_moved", what=said) if said else prompt("entry_changed"), prompt("text_follows")]


def _choice_unknown(answer: Answer, today: date) -> list[Say]:
    keys = ",按".join(str(n) for n in answer.get("choices") or [])
    return [
        prompt("no_such_number"),
        *([prompt("numbers_there_are", keys=(keys, keys.replace("按", " ")))] if keys else []),
    ]


def _pace(answer: Answer, today: date) -> list[Say]:
    # From 80 on it is the pace everybody gets at first (V06).
    return [prompt("usual_pace" if int(answer.get("rate") or 0) >= 80 else "slower")]


def _kept(answer: Answer, today: date) -> list[Say]:
    return [prompt(KEPT.get(answer["what"], "nothing_changes"))]


def _cancelled(answer: Answer, today: date) -> list[Say]:
    return [prompt(CANCELLED.get(answer["what"] or "", "all_right"))]


RENDERERS: dict[str, Renderer] = {
    "greeting": _fixed("hello"),
    "goodbye": _fixed("goodbye"),
    "thanks": _fixed("welcome"),
    "help": _fixed("speak_or_press", "keys"),
    "menu": _fixed("press"),
    "read_on": _fixed("go_on"),
    "repeat_nothing": _fixed("said_nothing"),
    "slower": _pace,
    "wording": lambda answer, today: [
        prompt("wording_mandarin" if answer["wording"] == "mandarin" else "wording_local")
    ],
    "either_or": _either_or,
    "not_understood": _fixed("not_heard"),
    "out_of_scope": _fixed("cannot"),
    "choice_unknown": _choice_unknown,
    "nothing_to_answer": _fixed("asked_nothing"),
    "cancelled": _cancelled,
    "media_unsupported": _fixed("no_pictures"),
    "ask": _ask,
    "confirm_registration": _confirm_registration,
    "registered": _fixed("registered", "text_follows"),
    "registration_declined": _fixed("reg_declined"),
    "resume_hint": _fixed("not_finished"),
    "no_jobs": lambda answer, today: [
        prompt("no_jobs"),
        prompt("no_jobs_yet" if answer.get("registered") else "no_jobs_register"),
    ],
    "no_more_jobs": _fixed("jobs_end"),
    "nothing_to_withdraw": _fixed("none_to_withdraw"),
    "ask_paid": _fixed("paid_ask"),
    "outcome_noted": _outcome_noted,
    "still_looking": lambda answer, today: [
        prompt("placed_all_looking" if answer["people"] > 1 else "placed_still_looking")
    ],
    "still_noted": _fixed("still_noted"),
    "not_looking": _fixed("not_looking"),
    "some_looking": _fixed("some_looking"),
    "active_again": _fixed("active_again"),
    "gone_quiet": _fixed("gone_quiet"),
    "hiring_noted": _fixed("hiring_noted"),
    "calls_off": _fixed("calls_off"),
    "undone": _fixed("undone"),
    "profile": _fixed("entry_by_text"),
    "profile_by_text": _fixed("entry_by_text"),
    "confirm_heard": _confirm_heard,
    "say_again": _fixed("heard_again"),
    "noted": _fixed("noted"),
    "no_profile": _fixed("not_registered"),
    "profile_updated": _profile_updated,
    "profile_what": _fixed("change_what"),
    "availability_set": _availability_set,
    "availability_what": _fixed("free_when"),
    "confirm_erase": _fixed("erase_by_text"),
    "erase_by_text": _fixed("text_sent", "erase_how"),
    "erased": lambda answer, today: [prompt("erased"), *([prompt("erased_hires")] if answer["hires"] else [])],
    "kept": _kept,
    "profile_locked": _fixed("noted"),
    "which_person": _fixed("who_calls"),
    "case_opened": by_people.case_opened,
    "human": by_people.human,
    "callback_promised": by_people.callback_promised,
    "human_talked": _fixed("human_talked"),
    "call_summary": _fixed("text_follows"),
    "market_info": _market_info,
    "opted_out": _fixed("opted_out", "opted_out_back"),
    "opted_in": _fixed("opted_in"),
    "taken_over": _fixed("staff_has_it"),
    "staff_reply": _fixed("staff_replied"),
    "handed_over": _fixed("staff_has_it"),
    "handed_back": _fixed("handed_back"),
    "confirm_posting": _confirm_posting,
    "posting_received": _fixed("posting_received", "posting_checked"),
    "posting_rejected": _fixed("posting_rejected", "posting_why"),
    "posting_taken_down": _fixed("posting_taken_down", "posting_why"),
    **openings.RENDERERS,
    **hiring.RENDERERS,
    **how_it_went.RENDERERS,
}
