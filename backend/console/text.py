"""How stored words and values look on a staff page: invisible signs as marks, local time, money, masks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from backend.console.i18n import english, gettext
from backend.console.labels import UNITS, VALUES, job_name, label
from backend.domain import marked
from backend.domain.employers import is_public_name
from backend.domain.marked import Secrets
from backend.domain.masking import mask_amount, mask_name, mask_phone
from backend.settings import TIMEZONE

# Cf: zero-width and direction signs; Cc: control signs; Co, Cn, Cs: signs without a picture; Zl, Zp: odd line ends.
_WITHOUT_PICTURE = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Zl", "Zp"})
_WEEKDAYS = "一二三四五六日"
_NONE = Secrets()


def visible(text: str | None) -> Markup:
    """`text` for a page: escaped, line ends kept, every sign that has no picture shown as its number.

    What cannot be seen can mislead: a direction sign can turn 100元 into 元001. Together with `<bdi>` around it in the
    template the words of one person cannot rearrange the page either.
    """
    parts: list[Markup] = []
    for sign in text or "":
        if sign == "\n":
            parts.append(Markup("<br>"))
        elif unicodedata.category(sign) in _WITHOUT_PICTURE or sign in "\u115f\u1160\u2800\u3164\ufe0f":
            parts.append(Markup('<span class="mark">U+{:04X}</span>').format(ord(sign)))
        else:
            parts.append(escape(sign))
    return Markup("").join(parts)


def when(moment: datetime | None, now: datetime | None = None) -> str:
    """An instant in local words: 今天 09:05 · 11月23日 09:05."""
    if moment is None:
        return ""
    local = moment.astimezone(TIMEZONE)
    clock = local.strftime("%H:%M")
    if now is not None:
        days = (now.astimezone(TIMEZONE).date() - local.date()).days
        near = {0: gettext("今天"), 1: gettext("昨天"), -1: gettext("明天")}
        if days in near:
            return f"{near[days]} {clock}"
    return f"{day(local.date())} {clock}"


def day(on: date | None) -> str:
    """11月23日 周一, or 23 Nov (Mon)."""
    if on is None:
        return ""
    if english():
        return f"{on.day} {on.strftime('%b (%a)')}"
    return f"{on.month}月{on.day}日 周{_WEEKDAYS[on.weekday()]}"


def days(starts_on: date, ends_on: date) -> str:
    return day(starts_on) if starts_on == ends_on else f"{day(starts_on)} – {day(ends_on)}"


def short(at: date | datetime | None, now: datetime) -> str:
    """A day in a table, where there is no room for more: 今天, 11月23日, 2025年11月23日."""
    if at is None:
        return ""
    on = at.astimezone(TIMEZONE).date() if isinstance(at, datetime) else at
    today = now.astimezone(TIMEZONE).date()
    return gettext("今天") if on == today else _short(on, today)


def _short(on: date, today: date) -> str:
    if english():
        return f"{on.day} {on.strftime('%b' if on.year == today.year else '%b %Y')}"
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日"


def short_days(starts_on: date, ends_on: date, now: datetime) -> str:
    """11月23日–25日 in a table."""
    today = now.astimezone(TIMEZONE).date()
    if starts_on == ends_on:
        return short(starts_on, now)
    same_month = (starts_on.year, starts_on.month) == (ends_on.year, ends_on.month) and not english()
    return f"{_short(starts_on, today)}–{f'{ends_on.day}日' if same_month else _short(ends_on, today)}"


def yuan(fen: int | None) -> str:
    """12050 → 120.5; whole yuan without decimals."""
    if fen is None:
        return ""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")


def pay(opening: Any) -> str:
    """150–200元/天 · 面议, with its basis (DESIGN §3.13)."""
    low, high = opening.pay_min_fen, opening.pay_max_fen
    if low is None and high is None:
        return gettext("面议") if opening.negotiable else ""
    amount = yuan(low if low is not None else high)
    if low is not None and high is not None and high != low:
        amount = f"{yuan(low)}–{yuan(high)}"
    unit = label(UNITS, opening.pay_unit)
    words = (
        gettext("%(amount)s元/%(unit)s", amount=amount, unit=unit) if unit else gettext("%(amount)s元", amount=amount)
    )
    return words + " · " + gettext("可以商量") if opening.negotiable else words


def normal_form(kind: str, value: Any) -> str:
    """An entity's value as words: `150-200/day` → 150-200元/天, `8d` → 8天, `A04` → its trade."""
    words = str(value)
    if kind == "job_type":
        return job_name(words)
    if kind in VALUES:
        return label(VALUES[kind], words)
    if kind == "pay" and (match := re.fullmatch(r"([0-9.+-]+)(?:/([a-z0-9_]+))?", words)):
        amount, unit = match.groups()
        if unit is None:
            return gettext("%(amount)s元", amount=amount)
        return gettext("%(amount)s元/%(unit)s", amount=amount, unit=label(UNITS, unit))
    if kind == "date" and (match := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?", words)):
        with suppress(ValueError):
            first = date.fromisoformat(match[1])
            return days(first, date.fromisoformat(match[2]) if match[2] else first)
    if kind == "money":
        return gettext("%(amount)s元", amount=words)
    if kind == "duration" and (match := re.fullmatch(r"([0-9-]+)d", words)):
        return gettext("%(days)s天", days=match.group(1))
    return words


def yes_no(value: bool | None, yes: str, no: str) -> str:
    """A three-valued fact; None is said as such: nobody has asked yet."""
    return gettext("没说") if value is None else (yes if value else no)


class Mask:
    """What one reader may see in the clear: `shown` are the fields revealed to them just now (see review_transcript)."""

    def __init__(self, shown: frozenset[str] = frozenset(), secrets: Secrets = _NONE, *, amounts: bool = False) -> None:
        """`secrets`: the words of a conversation to hide wherever they stand (store/queries/secrets.py). `amounts`: money that
        was said is hidden, too, as in a conversation; the pay of an opening is public."""
        self.shown, self.secrets, self.amounts = shown, secrets, amounts

    def phone(self, number: str | None) -> str:
        if not number:
            return ""
        return number if "phone" in self.shown else mask_phone(number)

    def name(self, name: str | None) -> str:
        if not name:
            return ""
        return name if "name" in self.shown else mask_name(name)

    def employer(self, employer: Any) -> str:
        """Who hires: an organisation by its name, a person as any other."""
        public = is_public_name(employer.name, employer.kind, verified=employer.verified_at is not None)
        return str(employer.name) if public else self.name(employer.name)

    def hidden(
        self, text: str, entities: Sequence[Mapping[str, Any]] = (), *, amounts: bool = True
    ) -> list[marked.Hidden]:
        return marked.hidden(text, self.secrets, self.shown, entities, amounts=self.amounts and amounts)

    def text(self, text: str | None, entities: Sequence[Mapping[str, Any]] = ()) -> str:
        return marked.masked(text or "", self.hidden(text or "", entities))

    def said(self, turn: marked.Turn) -> str:
        """The words of a turn, as every list and page shows them."""
        return marked.told(turn, self.secrets, self.shown)

    def values(self, turn: marked.Turn) -> list[Mapping[str, Any]]:
        """What was understood of a turn, as it holds now."""
        return marked.understood(turn)

    def hides(self, kind: str) -> bool:
        """Whether words that were understood as a `kind` are ever hidden."""
        return kind in marked.FIELD_OF

    def gloss(self, turn: Any) -> str:
        """The English of what the line said; where it repeats somebody's own money, no figure of it shows."""
        words = marked.masked(turn.gloss, self.hidden(turn.gloss, amounts=False))
        return self.amount(words) if marked.hides_amounts(turn) else words

    def amount(self, words: str) -> str:
        """An amount in words: 1**元/天."""
        return mask_amount(words) if self.amounts and "amount" not in self.shown else words

    def entity(self, kind: str, value: Any) -> str:
        if kind == "person_name":
            return self.name(str(value))
        if kind == "phone_number":
            return self.phone(str(value))
        if kind == "hardship" and "hardship" not in self.shown:
            return "●●"
        if kind in ("pay", "money"):
            return self.amount(normal_form(kind, value))
        return self.text(normal_form(kind, value))
