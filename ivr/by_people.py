"""What people take over, as it is said: a case and who answers it by when, the number to call, the wait for a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from backend.domain.answers import Answer
from backend.settings import TIMEZONE
from ivr import free_text, spoken
from ivr.prompts import prompt
from ivr.steps import Say

LONGEST_OFFICE = 12  # characters; a longer name is in the text, aloud it is 工作人员
EMERGENCY = {"120": "injury_first", "110": "violence_first"}
HOTLINES_ALOUD = {"12333": "管社保的"}  # 人社 is a word of offices


def _when(due: Any, today: date) -> tuple[str, str]:
    try:
        moment = datetime.fromisoformat(str(due)).astimezone(TIMEZONE)
    except ValueError:
        return "明天", "tomorrow"
    if (moment.date() - today).days <= 0:
        return "今天", "today"
    return spoken.day(moment.date(), today, "zh").split(",")[0], spoken.day(moment.date(), today, "en")


def case_opened(answer: Answer, today: date) -> list[Say]:
    said: list[Say] = []
    if answer.get("case_kind") == "distress":
        said.append(prompt("emergency_distress"))
    elif emergency := EMERGENCY.get(str(answer.get("emergency") or "")):
        said.append(prompt(emergency))
    zh, en = _when(answer.get("due_at"), today)
    office = str(answer.get("who") or "工作人员")
    who = (free_text.said(office) if len(office) <= LONGEST_OFFICE else "") or "工作人员", office
    said.append(prompt("case_opened", until=("今天之内" if zh == "今天" else f"最晚{zh}", en), who=who))
    for hotline in (answer.get("hotlines") or [])[:1]:
        number, name = _hotline(hotline)
        if number:
            said.append(prompt("case_hotline", name=_whose(number, name), number=(spoken.digits_zh(number), number)))
    return said


def distress_at_night(answer: Answer, today: date) -> list[Say]:
    """Nobody of ours is there: who is, and when we call; no company is promised that does not come."""
    zh, en = _when(answer.get("due_at"), today)
    return [
        prompt("emergency_distress_night"),
        prompt("distress_call_back", until=("今天之内" if zh == "今天" else zh, en)),
    ]


def _whose(number: str, name: str) -> tuple[str, str]:
    """Whose number it is, as somebody would explain it, behind the number; nothing where that is not known."""
    told = HOTLINES_ALOUD.get(number, free_text.said(name, 8))
    return (f",{told}", f", {name or told}") if told else ("", "")


def _hotline(hotline: Any) -> tuple[str, str]:
    if isinstance(hotline, dict):
        return str(hotline.get("number") or hotline.get("phone") or ""), str(hotline.get("name") or "")
    digits = "".join(c for c in str(hotline) if c.isdigit())
    return digits, "".join(c for c in str(hotline) if not c.isdigit()).strip(" :,")


def human(answer: Answer, today: date) -> list[Say]:
    """The handoff said aloud, with who else waits (V16)."""
    ahead = int(answer.get("ahead") or 0)
    if answer.get("open_now"):
        if ahead:
            return [prompt("human_queue", count=ahead), prompt("human_queue_or_message")]
        return [prompt("human_now"), prompt("human_or_message")]
    return [prompt("nobody_on_duty"), _promise(ahead + 1, answer.get("due_at"), today)]


def _promise(place: int, due: Any, today: date) -> Say:
    zh, en = _when(due, today)
    return prompt("promise", place=place, until=("今天之内" if zh == "今天" else zh, en))


def callback_promised(answer: Answer, today: date) -> list[Say]:
    return [prompt("human_busy"), _promise(int(answer["place"]), answer.get("due_at"), today)]
