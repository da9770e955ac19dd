"""How an employer's own postings sound, and the menu of a number that hires (E01, E03); names are never said aloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from backend.domain.answers import Answer
from ivr import free_text, spoken
from ivr.asking import Act, Go, Move, Question, keys, pick, prompt, three
from ivr.steps import Say, State, World

LONGEST_TITLE = 10  # characters

QUESTIONS: dict[str, tuple[str, str]] = {  # field → first asking, then shorter with an example (V08)
    "job_type": ("ask_work", "ask_work_short"), "location": ("ask_where", "ask_village_short"),
    "date": ("ask_start", "ask_start_short"), "hours": ("ask_hours", "ask_hours_short"), "pay": ("ask_pay", "ask_pay_short"),
    "benefit": ("ask_benefits", "ask_benefits_short"), "insurance": ("ask_insured", "ask_insured_short"),
    "requirements": ("ask_required", "ask_required_short"),
}  # fmt: skip
PROBLEMS = {
    "too_many": "problem_too_many", "no_people": "problem_no_people", "no_such_day": "problem_no_such_day",
    "past_day": "problem_past_day", "no_pay": "problem_no_pay", "pay_unlikely": "problem_pay_unlikely",
    "unknown_trade": "problem_unknown_trade", "unknown_place": "problem_unknown_place", "outside": "problem_outside",
}  # fmt: skip
FIXED = {"places_taken": "posting_fixed", "closed": "posting_over", "changed": "posting_otherwise"}
CHOICES_EN = {
    "都管": "all of it", "只管饭": "meals only", "管饭接送": "meals and transport", "都不管": "nothing",
    "买": "insured", "不买": "not insured",
}  # fmt: skip


def title(opening: dict[str, Any]) -> tuple[str, str]:
    """The work in the posting's own words, as far as they can be said; and in English by its trade."""
    return spoken.title(opening, "zh", LONGEST_TITLE), spoken.title(opening, "en")


def _people(count: int) -> tuple[str, str]:
    return f"{'两' if count == 2 else spoken.number_zh(count)}个人", f"{count} people"


def _who_comes(answer: Answer, today: date) -> list[Say]:
    said = []
    for post in answer["posts"]:
        opening = post["opening"]
        if opening.get("status") == "in_review":
            said.append(prompt("hiring_in_review", work=title(opening)))
            continue
        said.append(prompt("hiring_state", work=title(opening), wanted=_people(opening["headcount"])))
        said.append(
            prompt("hiring_coming", coming=_people(post["coming"])) if post["coming"] else prompt("hiring_nobody_yet")
        )
    return said


def _posting_problem(answer: Answer, today: date) -> list[Say]:
    return [prompt(PROBLEMS[answer["problem"]])]


def _one_by_one(answer: Answer, today: date) -> list[Say]:
    first = free_text.said(str(answer["job_names"][0]), LONGEST_TITLE) or "头一样"
    return [prompt("one_by_one", first=(first, str(answer["job_names"][0])))]


def _about(id_: str) -> Callable[[Answer, date], list[Say]]:
    return lambda answer, today: [prompt(id_, work=title(answer["opening"]))]


def _confirm_close(answer: Answer, today: date) -> list[Say]:
    if answer["coming"]:
        return [prompt("close_coming", work=title(answer["opening"]), coming=_people(answer["coming"]))]
    return [prompt("close_really", work=title(answer["opening"]))]


def _posting_closed(answer: Answer, today: date) -> list[Say]:
    return [prompt("closed_enough" if answer["how"] == "enough" else "closed_off"), *_undo(answer)]


def _undo(answer: Answer) -> list[Say]:
    return [prompt("undo_by_text")] if answer["undo"] else []


def _posting_reopened(answer: Answer, today: date) -> list[Say]:
    if answer["opening"].get("status") == "in_review":
        return [prompt("hiring_kept")]
    return [prompt("hiring_again"), *([prompt("asked_again")] if answer["asked_again"] else [])]


def _fixed(*ids: str) -> Callable[[Answer, date], list[Say]]:
    return lambda answer, today: [prompt(id_) for id_ in ids]


RENDERERS: dict[str, Callable[[Answer, date], list[Say]]] = {
    "posting_problem": _posting_problem,
    "one_by_one": _one_by_one,
    "posting_published": lambda answer, today: [prompt("posting_published"), *_undo(answer)],
    "submitted_again": _fixed("submitted_again"),
    "who_comes": _who_comes,
    "names_by_text": _fixed("names_by_text"),
    "nobody_hired": _fixed("nobody_hired"),
    "confirm_close": _confirm_close,
    "close_by_text": _fixed("close_by_text"),
    "posting_closed": _posting_closed,
    "posting_reopened": _posting_reopened,
    "posting_changed": lambda answer, today: [
        prompt("posting_changed", work=title(answer["opening"]), wanted=_people(answer["opening"]["headcount"])),
        *_undo(answer),
    ],
    "posting_fixed": lambda answer, today: [prompt(FIXED[answer["reason"]])],
    "change_what": _fixed("change_which"),
}


def is_enough_or_off(state: State) -> bool:
    """Whether the open question is if those who have a place still come: three keys, and no plain yes or no."""
    answer = state.data.get("answer") or {}
    return answer.get("kind") == "confirm_close" and bool(answer["coming"])


def confirm_close_prompts(answer: Answer) -> tuple[Say, Say, Say]:
    """Keys of the question whether those who have a place still come."""
    if answer["coming"]:
        return prompt("close_keys"), prompt("close_short"), prompt("close_two")
    return prompt("close_off_keys"), prompt("close_off_keys"), prompt("close_off_two")


# -- the menu of a number that hires ---------------------------------------------------------------------------------------
def _employer(state: State, world: World, key: str) -> Move | None:
    return Go("voicemail", {"about": "posting"}) if key == "1" else None


def _hiring(state: State, world: World, key: str) -> Move | None:
    return pick(
        key, {"1": Act("who_comes"), "2": Act("repeat_posting"), "3": Act("close_posting"), "4": Go("employer")}
    )


def employer_menu(world: World) -> Go:
    """Where "要请人" leads: a number with postings of its own is asked about these first."""
    return Go("hiring" if world.hiring else "employer")


HIRING = (
    Question("employer", _employer, keys("1"), three("employer", "employer_short", "employer_two"),
             hints=("要五个人", "摘李子", "一天一百二", "留话")),
    Question("hiring", _hiring, keys("1234"), three("hiring_menu", "hiring_short", "hiring_two"),
             hints=("哪些人来", "来了几个", "再发一次", "照旧", "不招了", "招满了", "多要两个", "要五个人")),
)  # fmt: skip
