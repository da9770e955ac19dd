"""How an opening and a place in it sound: read out, to choose from, taken, waited for, given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from backend.domain.answers import Answer
from ivr import free_text, spoken
from ivr.asking import choices_said
from ivr.facts import ASKED
from ivr.prompts import around, prompt
from ivr.steps import Say

LONGEST_REQUIREMENT = 30  # characters


def line_said(id_: str, opening: dict[str, Any], today: date) -> Say:
    """A prompt about one opening, whose `{what}` is its work, place and day."""
    lead, tail = around(id_)
    return prompt(id_, what=(spoken.job_line(opening, today, "zh", lead, tail), spoken.job_line(opening, today, "en")))


def job_read(opening: dict[str, Any], today: date) -> Say:
    """One job as it is read out (V13). The English may have other parts than the Chinese: it is not timed."""
    return prompt(
        "job", what=("。".join(spoken.job(opening, today, "zh")), ". ".join(spoken.job(opening, today, "en")))
    )


def _job_offers(answer: Answer, today: date) -> list[Say]:
    return [job_read(opening, today) for opening in answer["openings"]]


def _job_details(answer: Answer, today: date) -> list[Say]:
    opening = answer["opening"]
    first: list[Say] = []
    for word in answer.get("asked") or []:
        key = ASKED.get(str(word))
        if key is None:
            continue
        value = opening.get(key)
        said = prompt("not_told") if value is None else prompt("this_job", what=spoken.BENEFITS[key][0 if value else 1])
        first.append(said)
    told_now = [*dict.fromkeys(first), job_read(opening, today)]
    wanted = str(opening.get("requirements") or "")
    if aloud := free_text.in_breaths(free_text.said(wanted, LONGEST_REQUIREMENT), around("requirements")[0]):
        told_now.append(prompt("requirements", what=(aloud, wanted)))
    return told_now


def _which_job(answer: Answer, today: date) -> list[Say]:
    if not answer["openings"]:
        return [prompt("which_job")]
    return [prompt("which_job"), _choices(answer["openings"], today, answer["more"])]


def _choices(openings: list[dict[str, Any]], today: date, more: bool) -> Say:
    """By their work; where that is the same, by the day."""
    shown = openings[:3]
    alike = len({one["title"] for one in shown}) < len(shown)

    def name(one: dict[str, Any], lang: str) -> str:
        if not alike:
            return spoken.title(one, lang, spoken.LONGEST_CHOSEN)
        return spoken.day(date.fromisoformat(one["starts_on"]), today, lang) + ("的" if lang == "zh" else "")

    return choices_said([(name(one, "zh"), name(one, "en")) for one in shown], ("别的", "others") if more else None)


def which_said(openings: list[dict[str, Any]], today: date, more: bool) -> Say:
    """The question which of some openings is meant."""
    listing = _choices(openings, today, more)
    return prompt("which", what=(listing.zh.rstrip("。"), listing.en.rstrip(".")))


def _job_taken(answer: Answer, today: date) -> list[Say]:
    said = [line_said("taken", answer["opening"], today), prompt("whom_by_text")]
    return said if answer.get("registered") else [*said, prompt("register_later")]


def _about(id_: str) -> Callable[[Answer, date], list[Say]]:
    return lambda answer, today: [line_said(id_, answer["opening"], today)]


def _clash(answer: Answer, today: date) -> list[Say]:
    wanted = spoken.title(answer["opening"], "zh"), spoken.job_line(answer["opening"], today, "en")
    return [
        prompt("clash"),
        line_said("clash_standing", answer["standing"], today),
        prompt("clash_change", what=wanted),
    ]


def _my_list(answer: Answer, today: date) -> list[Say]:
    return [line_said("mine_one", offer["opening"], today) for offer in answer["offers"]] or [prompt("mine_none")]


def _offer(answer: Answer, today: date) -> list[Say]:
    changed = [prompt("offer_changed")] if answer.get("changed") else []
    return [prompt("offer_waits"), *changed, job_read(answer["opening"], today)]


def _full_wait(answer: Answer, today: date) -> list[Say]:
    ahead = [prompt("wait_ahead", count=answer["ahead"])] if answer["ahead"] else []
    return [line_said("job_full", answer["opening"], today), *ahead]


def _confirm_take(answer: Answer, today: date) -> list[Say]:
    return [prompt("deal", what=deal_said("deal", answer["opening"], today))]


def deal_said(id_: str, opening: dict[str, Any], today: date) -> tuple[str, str]:
    """What is confirmed before a place is taken, to fill in the prompt `id_`."""
    return spoken.deal(opening, today, "zh", around(id_)[1]), spoken.deal(opening, today, "en")


RENDERERS: dict[str, Callable[[Answer, date], list[Say]]] = {
    "job_offers": _job_offers,
    "job_details": _job_details,
    "which_job": _which_job,
    "job_taken": _job_taken,
    "confirm_take": _confirm_take,
    "job_full": _about("job_full"),
    "job_gone": _about("job_gone"),
    "job_changed": lambda answer, today: [prompt("offer_changed"), job_read(answer["opening"], today)],
    "called_off": _about("called_off"),
    "taken_down": _about("taken_down"),
    "clash": _clash,
    "already_taken": _about("already_taken"),
    "own_job": _about("own_job"),
    "my_list": _my_list,
    "withdrawn": _about("withdrawn"),
    "confirm_withdraw": _about("really_not"),
    "offer": _offer,
    "reminder": _about("placed_reminder"),
    "follow_up": _about("placed_follow_up"),
    "still_hiring": _about("still_hiring"),
    "full_wait": _full_wait,
    "waitlisted": lambda answer, today: [prompt("waitlisted", place=answer["position"]), prompt("wait_told")],
    "wait_over": lambda answer, today: [
        line_said("wait_left" if answer["reason"] == "left" else "wait_started", answer["opening"], today)
    ],
    "place_free": lambda answer, today: [prompt("place_free"), job_read(answer["opening"], today)],
    "said_absent": lambda answer, today: [line_said("said_absent", answer["opening"], today), prompt("went_or_not")],
    "offer_declined": _about("offer_declined"),
    "offer_expired": _about("offer_expired"),
}
