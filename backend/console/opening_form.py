"""An opening's facts as the texts of its form, and back: shown to put right, and to post for an employer (E01, P04)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from backend.console import labels
from backend.console.i18n import gettext
from backend.console.text import Mask, yuan
from backend.domain.ledgers import LONGEST_TEXT, MOST_PEOPLE
from backend.errors import Invalid
from backend.store.models import Opening

TRI = {"yes": True, "no": False, "": None}
TEXTS = (
    "title",
    "job_type",
    "headcount",
    "region_code",
    "place",
    "starts_on",
    "ends_on",
    "hours_from",
    "hours_to",
    "pay_min",
    "pay_max",
    "pay_unit",
    "settlement",
    "requirements",
    "meals",
    "lodging",
    "transport",
    "insured",
)
FREE = ("title", "place", "requirements")  # of these, what people wrote in their own words


def as_form(opening: Opening) -> dict[str, str]:
    """An opening's facts as the texts of its form; money in yuan."""
    facts = {name: getattr(opening, name, None) for name in TEXTS}
    texts = {name: "" if value is None else str(value) for name, value in facts.items()}
    texts.update({name: {True: "yes", False: "no", None: ""}[facts[name]] for name in _TRIPLE})
    texts |= {"pay_min": yuan(opening.pay_min_fen), "pay_max": yuan(opening.pay_max_fen)}
    return texts | ({"negotiable": "yes"} if opening.negotiable else {})


def hidden_in(opening: Opening, mask: Mask) -> dict[str, str]:
    """What people wrote freely and the reader does not see in full, as it is seen; such a field is left as it is stored."""
    texts = {name: str(getattr(opening, name) or "") for name in FREE}
    return {name: mask.text(text) for name, text in texts.items() if mask.text(text) != text}


def read_facts(texts: dict[str, str]) -> dict[str, Any]:
    """The form's texts as column values; raises `Invalid` with the columns that cannot be read."""
    wrong: dict[str, str] = {}

    def read(name: str, parse: Any) -> Any:
        try:
            return parse(texts[name].strip())
        except (ValueError, KeyError):
            wrong[_COLUMN.get(name, name)] = "unreadable"
            return None

    facts = {
        "title": read("title", lambda text: _short(text, 60)),
        "job_type": read("job_type", lambda text: _one_of(text, labels.job_types())),
        "headcount": read("headcount", lambda text: _between(int(text), 1, MOST_PEOPLE)),
        "region_code": read("region_code", lambda text: _matching(text, r"[0-9]{6,12}")),
        "place": read("place", lambda text: _short(text, 100)),
        "starts_on": read("starts_on", date.fromisoformat),
        "ends_on": read("ends_on", date.fromisoformat),
        "hours_from": read("hours_from", _clock),
        "hours_to": read("hours_to", _clock),
        "pay_min_fen": read("pay_min", _fen),
        "pay_max_fen": read("pay_max", _fen),
        "pay_unit": read("pay_unit", lambda text: _one_of(text, labels.UNITS) if text else None),
        "settlement": read("settlement", lambda text: _one_of(text, labels.SETTLEMENTS) if text else None),
        "requirements": read("requirements", lambda text: _short(text, LONGEST_TEXT)),
        **{name: read(name, TRI.__getitem__) for name in _TRIPLE},
        "negotiable": texts.get("negotiable") == "yes",
    }
    if wrong:
        raise Invalid("some facts cannot be read", wrong)
    return facts


_TRIPLE = ("meals", "lodging", "transport", "insured")
_COLUMN = {"pay_min": "pay_min_fen", "pay_max": "pay_max_fen"}
FORM_NAME = {"pay_min_fen": "pay_min", "pay_max_fen": "pay_max", "pay": "pay_min", "region": "region_code",
              "hours.from": "hours_from", "hours.to": "hours_to"}  # fmt: skip


def sentence(name: str) -> str:
    return {
        "title": gettext("写明是什么活。"),
        "headcount": gettext("人数要在1到500之间，不能少于已经要来的人。"),
        "region_code": gettext("这个地方不在您的辖区。"),
        "starts_on": gettext("请选开始的日子，不能早过一年。"),
        "ends_on": gettext("最后一天不能早于第一天，不能已经过了，也不能太远。"),
        "hours_from": gettext("钟点写成07:30这样。"),
        "hours_to": gettext("钟点写成07:30这样。"),
        "pay": gettext("工价要大于0，最多一百万元，上限不能低于下限。"),
        "requirements": gettext("务工要求最多200个字。"),
        "pay_min_fen": gettext("工价写成元，比如120。"),
        "pay_max_fen": gettext("工价写成元，上限不能低于下限。"),
        "pay_max": gettext("工价写成元，上限不能低于下限。"),
    }.get(name, gettext("请看看这一项。"))


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError("too long")
    return text


def _between(number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise ValueError("out of range")
    return number


def _one_of(text: str, known: Any) -> str:
    if text not in known:
        raise ValueError("unknown")
    return text


def _matching(text: str, pattern: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError("does not match")
    return text


def _clock(text: str) -> str | None:
    return _matching(text, r"(?:[01][0-9]|2[0-3]):[0-5][0-9]") if text else None


def _fen(text: str) -> int | None:
    """Yuan as typed, with at most two decimals → fen."""
    if not text:
        return None
    whole, _, part = _matching(text, r"[0-9]{1,6}(?:\.[0-9]{1,2})?").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
