"""What an employer hears of those who take his work, and of how it went (W06, E03); names go by text alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from backend.domain.answers import Answer
from ivr.hiring import title
from ivr.prompts import prompt
from ivr.steps import Say


def _told(answer: Answer, today: date) -> list[Say]:
    taken = answer["event"] == "taken"
    return [prompt("somebody_comes" if taken else "somebody_comes_not", work=title(answer["opening"]))]


def _digest(answer: Answer, today: date) -> list[Say]:
    said = [prompt("of_this_work", work=title(answer["opening"]))]
    if answer["taken"]:
        said.append(prompt("new_ones", count=len(answer["taken"])))
    if answer["withdrawn"]:
        said.append(prompt("gone_ones", count=len(answer["withdrawn"])))
    return [*said, prompt("names_by_text")]


def _nobody_left(answer: Answer, today: date) -> list[Say]:
    return [
        prompt("of_this_work", work=title(answer["opening"])),
        prompt("nobody_left", count=answer["opening"]["left"]),
    ]


def _ask_attendance(answer: Answer, today: date) -> list[Say]:
    return [
        prompt("of_this_work", work=title(answer["opening"])),
        prompt("due_yesterday" if answer["day"] == "yesterday" else "due_today", count=answer["count"]),
        prompt("all_there"),
    ]


def _which_absent(answer: Answer, today: date) -> list[Say]:
    return [prompt("absent_by_text"), prompt("text_follows")]


def _attendance_noted(answer: Answer, today: date) -> list[Say]:
    return [prompt("came_noted", count=answer["came"]) if answer["came"] else prompt("none_came_noted")]


def _ask_settled(answer: Answer, today: date) -> list[Say]:
    return [prompt("of_this_work", work=title(answer["opening"])), prompt("wages_settled", count=answer["count"])]


def _settled_noted(answer: Answer, today: date) -> list[Say]:
    return [prompt("noted"), *([] if answer["wages"] == "paid" else [prompt("pay_on_the_day")])]


RENDERERS: dict[str, Callable[[Answer, date], list[Say]]] = {
    "employer_told": _told,
    "employer_digest": _digest,
    "nobody_left": _nobody_left,
    "ask_attendance": _ask_attendance,
    "which_absent": _which_absent,
    "attendance_noted": _attendance_noted,
    "ask_settled": _ask_settled,
    "settled_noted": _settled_noted,
}
# Told in passing; who did not come and what was noted close the matter instead.
IN_PASSING = frozenset({"employer_told", "employer_digest", "nobody_left", "ask_attendance", "ask_settled"})
