"""The facts of an opening as a wall says them: whole words, as somebody would read them aloud (V10, P02). Pure."""

from __future__ import annotations

from datetime import date, timedelta

from backend.domain.pay import yuan

_WEEKDAYS = "一二三四五六日"
_NEAR = {0: "今天", 1: "明天", 2: "后天"}
_UNITS = {
    "hour": "一小时", "half_day": "半天", "day": "一天", "week": "一周", "month": "一个月", "piece": "一件", "jin": "一斤",
    "kg": "一公斤", "mu": "一亩", "m2": "一平方", "m3": "一方", "tonne": "一吨", "trip": "一趟", "load": "一挑", "plant": "一棵",
    "bag": "一包",
}  # fmt: skip
_SETTLEMENTS = {
    "daily": "当天结", "weekly": "一周一结", "half_monthly": "半月一结", "monthly": "一月一结", "on_completion": "做完就结",
}  # fmt: skip
_PARTS = {"morning": "上午", "noon": "中午", "afternoon": "下午", "evening": "晚上", "night": "夜班", "daytime": "白天"}
MARKS = (("meals", "管饭"), ("lodging", "管住"), ("transport", "车接送"), ("insured", "买保险"))


def pay(low: int | None, high: int | None, unit: str | None, *, negotiable: bool = False) -> str:
    """Fen → 120元一天 · 120到150元一天,可以商量 · 工钱面谈 when no amount was said.

    >>> pay(12000, 15000, "day")
    '120到150元一天'
    """
    if low is None and high is None:
        return "工钱面谈"
    least, most = low if low is not None else high, high if high is not None else low
    assert least is not None and most is not None
    amount = yuan(least) if least == most else f"{yuan(least)}到{yuan(most)}"
    return f"{amount}元{_UNITS.get(unit or '', '')}" + ("，可以商量" if negotiable else "")


def settlement(code: str | None) -> str:
    return _SETTLEMENTS.get(code or "", "")


def day(on: date, today: date) -> str:
    """今天 · 明天 · 11月25日周三; a day of another year says its year."""
    near = _NEAR.get((on - today).days)
    if near:
        return near
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日周{_WEEKDAYS[on.weekday()]}"


def days(first: date, last: date, today: date) -> str:
    """A stretch of days, both included, and how many they are; what has begun counts from today.

    >>> days(date(2026, 11, 25), date(2026, 11, 27), date(2026, 11, 22))
    '11月25日周三到27日，3天'
    """
    if first < today <= last:
        if last == today:
            return "做到今天"
        return f"已经开工，做到{last.month}月{last.day}日"
    if first == last:
        return day(first, today) + "，1天"
    begins = day(first, today)
    # Within a month the month is told once, unless 明天 has just told none; over a new year the end says its own.
    told = (first.year, first.month) == (last.year, last.month) and begins not in _NEAR.values()
    tail = f"{last.day}日" if told else f"{last.month}月{last.day}日"
    if last.year != first.year:
        tail = f"{last.year}年{tail}"
    return f"{begins}到{tail}，{(last - first).days + 1}天"


def day_fixed(on: date) -> str:
    """A day on paper: it hangs for days, so 明天 would soon be wrong."""
    return f"{on.month}月{on.day}日周{_WEEKDAYS[on.weekday()]}"


def days_fixed(first: date, last: date) -> str:
    """As `days`, on paper."""
    if first == last:
        return f"{day_fixed(first)}，1天"
    year = f"{last.year}年" if last.year != first.year else ""
    return f"{day_fixed(first)}到{year}{day_fixed(last)}，{(last - first).days + 1}天"


def clock(hhmm: str) -> str:
    """07:30 → 早上7点半; 13:00 → 下午1点.

    >>> clock("07:30"), clock("13:05"), clock("00:00")
    ('早上7点半', '下午1点05分', '半夜12点')
    """
    hour, minute = int(hhmm[:2]), int(hhmm[3:5])
    names = ((5, "半夜"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    part = next(name for until, name in names if hour < until)
    told = hour - 12 if hour > 12 else 12 if hour == 0 else hour
    rest = {0: "", 30: "半"}.get(minute, f"{minute:02d}分")
    return f"{part}{told}点{rest}"


def hours(start: str | None, end: str | None, part: str | None = None) -> str:
    """早上7点半到下午5点 · 白天 · ""; work past midnight says 第二天."""
    if start and end:
        return f"{clock(start)}到{'第二天' if end <= start else ''}{clock(end)}"
    if start:
        return f"{clock(start)}开工"
    return _PARTS.get(part or "", "")


def care(meals: bool | None, lodging: bool | None, transport: bool | None) -> str:
    """What comes with the work and what does not; of what nobody said it says so.

    >>> care(True, False, None)
    '管饭，不管住'
    """
    told = [
        with_it if given else without
        for given, with_it, without in (
            (meals, "管饭", "不管饭"),
            (lodging, "管住", "不管住"),
            (transport, "有车接送", "自己去"),
        )
        if given is not None
    ]
    return "，".join(told) or "没说，去之前问一声"


def place(region_name: str, words: str) -> str:
    """A division and the place in it, the division named once."""
    return words if words and region_name in words else f"{region_name}{words}"


def line_number(e164: str) -> str:
    """`+8610000012333` → 100 0001 2333, as it is read out and dialled."""
    digits = e164.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}".strip() if len(digits) == 11 else digits


def week_of(today: date) -> tuple[date, date]:
    """The seven days a sheet of the week covers."""
    return today, today + timedelta(days=6)


def text_to_send(title: str, region_name: str) -> str:
    """What to text so that the line answers with this opening: the work and the place, as the line understands them.

    There is no number of an opening to text: the line lists what fits, and the number in front of it takes it (M04).
    """
    return f"我想找{region_name}{title}的活"
