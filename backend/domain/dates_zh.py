"""Days as said → ISO day or `START/END`, from the day the words were said (vocabulary §4.3).

Weeks start on Monday; 下周一 is the Monday of next week; 周末 is Saturday and Sunday of this week. A day of the
month or a lunar day means the next one, today included. Vague words (过完年, 开春, 改天) have no day and are left out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from backend.domain import lunar_zh, numbers_zh
from backend.domain.lunar_zh import MarketDays

_N = r"(?:\d{1,2}|[一二两三四五六七八九十廿卅]{1,3})"
_WEEK = r"(?:周|星期|礼拜)"
_RELATIVE = {
    "今天": 0, "今儿": 0, "今朝": 0, "今日": 0, "今晚": 0, "今晚上": 0, "今早": 0, "今晨": 0, "今夜": 0, "当天": 0, "今下午": 0, "今上午": 0,
    "明天": 1, "明儿": 1, "明朝": 1, "明日": 1, "明早": 1, "明晨": 1, "明晚": 1, "明晚上": 1, "明上午": 1, "明下午": 1, "明个": 1, "第二天": 1,
    "后天": 2, "后日": 2, "后儿": 2, "后朝": 2, "后晚": 2, "后早": 2,
    "大后天": 3, "外后天": 3, "万后天": 3, "外天": 3, "大后日": 3,
    "昨天": -1, "昨儿": -1, "昨日": -1, "昨晚": -1, "昨晚上": -1, "昨夜": -1, "昨上午": -1, "昨下午": -1, "前天": -2, "前日": -2, "前晚": -2,
    "上前天": -3, "大前天": -3, "向前天": -3,
}  # fmt: skip
_SPANS = {
    "今明两天": (0, 1), "今明": (0, 1), "明后两天": (1, 2), "明后天": (1, 2), "这两天": (0, 2), "这几天": (0, 2), "近几天": (0, 2),
    "最近几天": (0, 2), "这几日": (0, 2), "这两日": (0, 2), "这三天": (0, 2), "近两天": (0, 2), "最近两天": (0, 2),
    "过两天": (2, 3), "等两天": (2, 3), "隔两天": (2, 3), "过两日": (2, 3), "后头两天": (2, 3),
}  # fmt: skip
_WEEKDAY = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    **{str(n): n - 1 for n in range(1, 8)},
}
_LUNAR_MONTH = {"正": 1, "冬": 11, "腊": 12, "寒": 10}
_TO = re.compile(r"\s*(?:一直|要)?(?:干|做|忙|搞|上|摘|收)?(?:到|至|-|~|—|–|拢|起到)\s*")

_WORDS = "|".join(sorted([*_RELATIVE, *_SPANS], key=len, reverse=True))
_ATOM = re.compile(
    r"(?P<iso>20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}[日号]?)"
    r"|(?:农历|阴历|旧历)?(?P<lm>正|冬|腊|寒|(?:(?<=农历)|(?<=阴历)|(?<=旧历))" + _N + r")月(?:份)?"
    r"(?:(?P<ld>初[一二三四五六七八九十]|[二廿]十?[一二三四五六七八九]|十[一二三四五六七八九]|二十|三十"
    r"|" + _N + r")(?P<lsome>几)?(?:日|号)?|(?P<lpart>间|份|头|底|里|尾)?)"
    r"|(?P<fest>" + "|".join(lunar_zh.FESTIVAL_WORDS) + r")(?:节|那天|边|前后)?"
    r"|(?P<lunmon>[二三四五六七八九十])月(?P<lunday>初[一二三四五六七八九十])"
    r"|(?<!第)(?P<chu>初[一二三四五六七八九十](?!中|级|次|步))"
    r"|(?P<mon>下个?月|这个?月|本月|当月|上个?月|(?:(?:明年|今年|去年|20\d\d年)\s?)?(?:" + _N + r")月份?)(?:的)?\s?"
    r"(?:(?P<d>" + _N + r")(?P<dsome>几)?(?:号|日)(?!线|楼|机|院|厂|店)|(?P<mpart>初|底|半|中旬|上旬|下旬|中|末"
    r"|头)|(?=[^\d一二两三四五六七八九十]|$))"
    r"|(?P<mpart0>月初|月底|月半|月中|月末)"
    r"|(?P<rel>" + _WORDS + r")"
    r"|(?P<wk>(?:下下|下|这|本|上上|上"
    r"|二)?(?:一?个)?" + _WEEK + r")(?P<wd>[一二三四五六日末1-7]|天(?!天))(?!结|薪|个|天|期|年|两|块|斤)"
    r"|(?P<week>(?:下下|下|这|本|上)(?:一?个)?(?:星期|礼拜|周))(?!结|薪|边|围|[一二三四五六日末]|天(?!天))"
    r"|(?P<end>周末)"
    r"|(?:过|再过|等|隔)(?P<after_n>" + _N + r")(?P<after_u>天|日|个?星期|个?礼拜|周|个?月)"
    r"|(?P<later_n>" + _N + r"|半)(?P<later_u>天|日|个?星期|个?礼拜|周|个?月)(?:过后|以后|之后|后(?!天|日|面|头))"
    r"|(?P<market>逢(?P<digits>[一二三四五六七八九十零0-9][一二三四五六七八九十零0-9、,，和 ]{0,8})(?:的?(?:日子"
    r"|天|场|赶场))?|下一?个?(?:赶)?场天?|赶场天?|逢场天?|当场天?|赶集天?|场期|场天|赶街天?|赶集那天)"
    r"|(?P<day>\d{1,2}|[一二三四五六七八九十廿卅]{1,3})(?P<daysome>几)?(?:号|日)(?!线|楼|机|院|厂|店|结|薪|工|活"
    r"|公馆|仓|门|桥|岗|的活|那个|那家|个|子|夜)"
)
_LUNAR_YEAR = 354
_UNITS = {"天": 1, "日": 1, "星期": 7, "礼拜": 7, "周": 7, "月": 30}


@dataclass(frozen=True, slots=True)
class Days:
    """text[start:end] means the days first..last, both included."""

    start: int
    end: int
    first: date
    last: date

    @property
    def value(self) -> str:
        return self.first.isoformat() if self.first == self.last else f"{self.first}/{self.last}"


def find(text: str, today: date, market_days: MarketDays | None = None, *, told: bool = False) -> list[Days]:
    """Return every day or range of days in `text`, left to right; A 到 B is one range.

    `told`: the message tells what has happened, so 八月 or 15号 is the last one and not the next.
    """
    atoms: list[tuple[re.Match[str], Days]] = []
    for match in _ATOM.finditer(text):
        meant = (_resolve_told(match, today) if told else None) or _resolve(match, today, market_days)
        if meant is not None:
            atoms.append((match, Days(match.start(), match.end(), *meant)))
    found: list[Days] = []
    for match, days in atoms:
        if found:
            previous = found[-1]
            between = text[previous.end : days.start]
            if _TO.fullmatch(between):
                joined = _join(previous, match, days)
                if joined is not None:
                    found[-1] = joined
                    continue
        bare = _bare_left(text, match, days)
        found.append(bare or days)
    return found


def _join(left: Days, match: re.Match[str], right: Days) -> Days | None:
    last = right.last
    if match.lastgroup is not None and match["wd"] and match["wk"] in ("周", "星期", "礼拜"):
        # 下周一到周三: the right side is in the week of the left.
        monday = left.first - timedelta(days=left.first.weekday())
        last = monday + timedelta(days=6 if match["wd"] == "末" else _WEEKDAY[match["wd"]])
    elif match["day"]:
        number = _int(match["day"])
        last = _day_in(left.first.year, left.first.month, number) or last
    elif match["chu"]:
        # 腊月初三到初五: the right side is in the lunar month of the left.
        wanted = numbers_zh.value(match["chu"][1:])
        for step in range(31):
            candidate = left.first + timedelta(days=step)
            if lunar_zh.lunar_of(candidate)[2] == wanted:
                last = candidate
                break
    if last < left.first:
        return None
    return Days(left.start, right.end, left.first, last)


def _bare_left(text: str, match: re.Match[str], days: Days) -> Days | None:
    """Read 3到5号 and 3-5号: the left number has no 号 of its own."""
    if not match["day"] or days.first != days.last:
        return None
    left = re.search(r"(?<![\d.:])(\d{1,2}|[一二三四五六七八九十廿]{1,3})\s*(?:到|至|-|~)\s*$", text[: match.start()])
    number = _int(left[1]) if left else 0
    first = _day_in(days.last.year, days.last.month, number) if number else None
    if left is None or first is None or first >= days.last:
        return None
    return Days(left.start(1), days.end, first, days.last)


def _int(said: str) -> int:
    number = numbers_zh.value(said)
    return number if isinstance(number, int) else 0


def _day_in(year: int, month: int, day: int) -> date | None:
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _shift_month(today: date, months: int) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


_Resolver = Callable[[re.Match[str], date], tuple[date, date] | None]


def _resolve(match: re.Match[str], today: date, market: MarketDays | None) -> tuple[date, date] | None:
    if match["market"]:
        return _market(match, today, market)
    for group, resolver in _RESOLVERS:
        if match[group]:
            return resolver(match, today)
    return None


def _resolve_told(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Resolve a day or month without a year as the last one that has begun; None for all that needs no such choice."""
    if match["mon"] and not match["mon"].startswith(("明年", "今年", "去年", "2", *"下这本当上")):
        month = _int(match["mon"].rstrip("月份").rstrip("月"))
        if not 1 <= month <= 12:
            return None
        day = _int(match["d"]) if match["d"] and not match["dsome"] else 0
        began = (month, day or 1) <= (today.month, today.day)
        year = today.year if began else today.year - 1
        return _one(_day_in(year, month, day)) if day else _part_of_month(match["mpart"] or "", year, month)
    if match["day"] and not match["daysome"]:
        for step in range(3):
            day_of = _day_in(*_shift_month(today, -step), _int(match["day"]))
            if day_of is not None and day_of <= today:
                return day_of, day_of
    if match["lm"] or match["fest"]:
        year_before = _resolve(match, today - timedelta(days=_LUNAR_YEAR), None)
        return year_before if year_before and year_before[1] <= today else None
    if match["wd"] and match["wd"] != "末" and _week_shift(match["wk"]) is None:
        back = (today.weekday() - _WEEKDAY[match["wd"]]) % 7
        return _one(today - timedelta(days=back))
    return None


def _one(day: date | None) -> tuple[date, date] | None:
    return (day, day) if day is not None else None


def _iso(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year, month, day = (int(part) for part in re.findall(r"\d+", match["iso"]))
    return _one(_day_in(year, month, day)) if 1 <= month <= 12 else None


def _lunar(match: re.Match[str], today: date) -> tuple[date, date] | None:
    name = match["lm"]
    month = _LUNAR_MONTH.get(name) or _int(name)
    if not 1 <= month <= 12:
        return None
    if not match["ld"]:
        whole = lunar_zh.lunar_month(month, today)
        if whole and match["lpart"] in ("底", "尾"):
            return whole[1] - timedelta(days=4), whole[1]
        return (whole[0], whole[0] + timedelta(days=4)) if whole and match["lpart"] == "头" else whole
    day = _int(match["ld"].removeprefix("初"))
    if match["lsome"]:
        first, last = lunar_zh.next_lunar(month, day, today), lunar_zh.next_lunar(month, min(day + 9, 29), today)
        return (first, last) if first and last and first <= last else None
    return _one(lunar_zh.next_lunar(month, day, today)) if 1 <= day <= 30 else None


def _lunar_named(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _one(lunar_zh.next_lunar(_int(match["lunmon"]), _int(match["lunday"][1:]), today))


def _chu(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _one(lunar_zh.next_lunar_day(_int(match["chu"][1:]), today))


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    name = match["mon"]
    if name[0] in "下这本当上":
        year, month = _shift_month(today, {"下": 1, "上": -1}.get(name[0], 0))
    else:
        stated = re.match(r"(明年|今年|去年|20\d\d年)\s?", name)
        month = _int((name[stated.end() :] if stated else name).rstrip("月份").rstrip("月"))
        if not 1 <= month <= 12:
            return None
        year = today.year
        if stated:
            shift = {"明年": 1, "今年": 0, "去年": -1}.get(stated[1])
            year = int(stated[1][:4]) if shift is None else today.year + shift
        elif _month_is_over(match, year, month, today):
            year += 1
    if match["d"]:
        day = _int(match["d"])
        if match["dsome"]:
            return _tens(year, month, day)
        return _one(_day_in(year, month, day))
    return _part_of_month(match["mpart"] or "", year, month)


def _month_is_over(match: re.Match[str], year: int, month: int, today: date) -> bool:
    day = _day_in(year, month, _int(match["d"])) if match["d"] else None
    if day is None:
        day = date(year, month, calendar.monthrange(year, month)[1])
    return day < today


def _tens(year: int, month: int, day: int) -> tuple[date, date] | None:
    first = _day_in(year, month, day)
    last = date(year, month, min(day + 9, calendar.monthrange(year, month)[1]))
    return (first, last) if first else None


def _part_of_month(part: str, year: int, month: int) -> tuple[date, date]:
    end = calendar.monthrange(year, month)[1]
    first, last = {
        "初": (1, 5), "头": (1, 5), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, end), "半": (14, 16), "中": (14, 16),
        "底": (26, end), "末": (26, end),
    }.get(part, (1, end))  # fmt: skip
    return date(year, month, first), date(year, month, last)


def _bare_month_part(match: re.Match[str], today: date) -> tuple[date, date] | None:
    part = match["mpart0"][1]
    first, last = _part_of_month(part, today.year, today.month)
    if last < today:
        first, last = _part_of_month(part, *_shift_month(today, 1))
    return first, last


def _relative(match: re.Match[str], today: date) -> tuple[date, date] | None:
    word = match["rel"]
    first, last = _SPANS.get(word) or (_RELATIVE[word], _RELATIVE[word])
    return today + timedelta(days=first), today + timedelta(days=last)


def _week_shift(prefix: str) -> int | None:
    for word, shift in (("下下", 2), ("上上", -2), ("下", 1), ("二", 1), ("上", -1), ("这", 0), ("本", 0)):
        if prefix.startswith(word):
            return shift
    return None


def _weekday(match: re.Match[str], today: date) -> tuple[date, date] | None:
    shift = _week_shift(match["wk"])
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift or 0)
    if match["wd"] == "末":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    day = monday + timedelta(days=_WEEKDAY[match["wd"]])
    if shift is None and day < today:
        day += timedelta(weeks=1)
    return day, day


def _whole_week(match: re.Match[str], today: date) -> tuple[date, date] | None:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_week_shift(match["week"]) or 0)
    return monday, monday + timedelta(days=6)


def _weekend(match: re.Match[str], today: date) -> tuple[date, date] | None:
    saturday = today - timedelta(days=today.weekday()) + timedelta(days=5)
    return saturday, saturday + timedelta(days=1)


def _later(match: re.Match[str], today: date) -> tuple[date, date] | None:
    said, unit = (match["after_n"], match["after_u"]) if match["after_n"] else (match["later_n"], match["later_u"])
    step = _UNITS[unit.removeprefix("个")]
    if said == "半":
        return _one(today + timedelta(days=15)) if step == 30 else None
    number = _int(said)
    return _one(today + timedelta(days=number * step)) if 1 <= number <= 60 else None


def _day_of_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    number = _int(match["day"])
    year, month = today.year, today.month
    if match["daysome"]:
        days = _tens(year, month, number)
        return days if days and days[1] >= today else _tens(*_shift_month(today, 1), number)
    for step in range(3):
        day = _day_in(*_shift_month(today, step), number)
        if day is not None and day >= today:
            return day, day
    return None


def _market(match: re.Match[str], today: date, market: MarketDays | None) -> tuple[date, date] | None:
    digits = match["digits"]
    if digits:
        ends = tuple({_int(char) % 10 for char in digits if char not in "、,，和 "})
        market = MarketDays(ends, market.calendar if market else "lunar")
    if market is None:
        return None
    return _one(market.next_after(today, including=not match["market"].startswith("下")))


def _festival(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _one(lunar_zh.festival(match["fest"], today))


_RESOLVERS: list[tuple[str, _Resolver]] = [
    ("iso", _iso), ("lm", _lunar), ("fest", _festival), ("lunmon", _lunar_named), ("chu", _chu), ("mon", _month),
    ("mpart0", _bare_month_part), ("rel", _relative), ("wd", _weekday), ("week", _whole_week), ("end", _weekend),
    ("after_n", _later), ("later_n", _later), ("day", _day_of_month),
]  # fmt: skip
