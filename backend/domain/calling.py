"""Calls we place: in which hours, to which numbers, how often, and how far along a ringing is (V15, I11, D7)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

from backend.domain.messages import QUIET_FROM, leaves_at
from backend.domain.phone import is_phone

SHANGHAI = ZoneInfo("Asia/Shanghai")

# After a try that reached nobody: how long until the next one. As many pauses as tries after the first.
PAUSES: dict[str, tuple[timedelta, ...]] = {
    "callback": (timedelta(minutes=3), timedelta(minutes=5)),
    "offer": (timedelta(minutes=10), timedelta(minutes=30)),
    "reminder": (timedelta(minutes=20), timedelta(minutes=40)),
    "follow_up": (timedelta(hours=3), timedelta(hours=20)),
    "still_looking": (timedelta(hours=3), timedelta(hours=20)),
    "staff_call": (),  # whoever pressed the button presses it again
}
MOST_TRIES = 3  # V15

# How far along a ringing is; what the carrier reports only ever moves it on, and the first ending stands (D7).
_RANK = {"placing": 0, "unknown": 0, "queued": 1, "initiated": 2, "ringing": 3, "in-progress": 4}
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
# Twilio's AnsweredBy → who picked up. Source: Twilio, "Answering Machine Detection".
_PICKED_UP = {"human": "human", "fax": "machine"}


def in_hours(now: datetime, hours: tuple[time, time]) -> bool:
    """Whether a call of ours may ring at `now`; `hours` are Shanghai's, the second is past them (V15)."""
    return hours[0] <= now.astimezone(SHANGHAI).time() and not _is_over(now, hours)


def rings_at(now: datetime, hours: tuple[time, time]) -> datetime:
    """`now` inside the hours, else when they begin next."""
    if in_hours(now, hours):
        return now
    local = now.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=1 if local.time() >= hours[0] else 0)
    return datetime.combine(day, hours[0], SHANGHAI).astimezone(now.tzinfo)


def _is_over(now: datetime, hours: tuple[time, time]) -> bool:
    # 24:00 cannot be written as a time of day: midnight as the end means the whole day.
    return hours[1] != time(0) and now.astimezone(SHANGHAI).time() >= hours[1]


def may_be_rung(number: str) -> bool:
    """Whether an E.164 `number` is a mainland mobile or fixed line, or one of the demo's (I11)."""
    national = number.removeprefix("+86")
    if national == number or not national.isascii() or not national.isdigit():
        return False
    if len(national) == 11 and national.startswith("1"):
        return is_phone(national)
    # Fixed lines only: 400 and 95… numbers cost, and are nobody's handset.
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return bool(kind == phonenumbers.PhoneNumberType.FIXED_LINE)


def takes_texts(number: str) -> bool:
    """Whether a text to `number` (E.164) can arrive: a landline takes none."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return True
    return bool(kind != phonenumbers.PhoneNumberType.FIXED_LINE)


def pause_before(purpose: str, tries: int) -> timedelta | None:
    """How long to wait after try number `tries` reached nobody; None: it was the last one."""
    pauses = PAUSES[purpose]
    return pauses[tries - 1] if 0 < tries <= min(len(pauses), MOST_TRIES - 1) else None


def moved_on(current: str, reported: str) -> str:
    """The status after a report of the carrier that may come late, twice or out of order: never back (D7)."""
    if current in ENDED:
        return current
    if reported in ENDED:
        return reported
    return reported if _RANK.get(reported, -1) > _RANK.get(current, -1) else current


def picked_up(answered_by: str) -> str:
    """human | machine | unknown, from the carrier's word (`machine_start`, `machine_end_beep` …)."""
    return "machine" if answered_by.startswith("machine") else _PICKED_UP.get(answered_by, "unknown")


# -- before and after a job -----------------------------------------------------------------------------------------------

EVENING, LATEST = time(17), time(20)  # the evening before
NOTICE = timedelta(hours=2)  # for what is taken too late for that evening
TO_GET_THERE = timedelta(minutes=30)
FRESH = timedelta(minutes=30)  # who has just said yes is not asked whether she comes
FOLLOW_UP_FROM = time(9)
FOLLOW_UP_FOR = timedelta(days=3)


def reminder_window(starts_at: datetime, taken_at: datetime) -> tuple[datetime, datetime] | None:
    """From when until when to remind of work that starts at `starts_at`; None: it was taken too shortly before.

    The evening before, 17:00 to 20:00; what is taken later than that is reminded of two hours before the start, unless
    it was taken less than two hours before even that: then it is still fresh. Where that would be in the quiet hours it is
    reminded of before they begin, an hour after it was taken or, where less is left, half an hour before them; what is
    taken later still when they end, while there is half an hour to get there and it is not fresh then (M10). Never sooner
    than half an hour after it was taken.
    """
    evening = datetime.combine(starts_at.astimezone(SHANGHAI).date() - timedelta(days=1), EVENING, SHANGHAI)
    if taken_at < evening:
        return max(evening, taken_at + FRESH), evening.replace(hour=LATEST.hour)
    before = starts_at - NOTICE
    if leaves_at(before) > before:
        # Seen from the morning they end, so that before and after midnight it is the same evening.
        ends = leaves_at(before).astimezone(SHANGHAI).date()
        quiet = datetime.combine(ends - timedelta(days=1), QUIET_FROM, SHANGHAI)
        if taken_at + FRESH < quiet:
            return max(taken_at + FRESH, min(taken_at + NOTICE / 2, quiet - FRESH)), quiet
        light = leaves_at(before)
        in_time = light + TO_GET_THERE <= starts_at and light - taken_at >= NOTICE
        return (light, starts_at - TO_GET_THERE / 2) if in_time else None
    return (before, starts_at - NOTICE / 2) if before - taken_at >= NOTICE else None


def follow_up_window(last_day: date) -> tuple[datetime, datetime]:
    """From when until when to ask how a job went: from nine on the day after its last one, for three days."""
    begin = datetime.combine(last_day + timedelta(days=1), FOLLOW_UP_FROM, SHANGHAI)
    return begin, begin + FOLLOW_UP_FOR
