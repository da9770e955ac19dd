"""How long an entry of either library counts as current, when its person is asked again, and when it is set aside (P01, P07).

Source: the towns' plans have the ledgers collected and updated every week (周收集、周更新, L01); 30 days without a word is
where the reviews of 长期不更新 begin. The weeks of asking and the 60 days are our own.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

CURRENT_FOR = timedelta(days=7)
STALE_AFTER = timedelta(days=30)
# Whoever has not answered for so long is offered nothing any more until she says a word.
PAUSED_AFTER = timedelta(days=60)
# How often in a row a worker is asked in vain; after that staff ask.
MOST_ASKINGS = 2
# Half a day less than a week: asked at her own hour, a week later that hour has come round again.
BETWEEN_ASKINGS = CURRENT_FOR - timedelta(hours=12)
# Texts and calls of this kind go out in working hours; a worker's own hour spreads a bulk import over the week.
FIRST_HOUR, HOURS = 9, 10

# An opening about to begin with places free is asked about sooner.
SOON = timedelta(days=2)
ASKED_SOON = timedelta(days=3)


def last_word(*moments: datetime | None) -> datetime | None:
    """The newest of the moments at which somebody spoke for an entry; None when nobody has."""
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def state(last: datetime | None, now: datetime, *, in_vain: int = 0, asked: datetime | None = None) -> str:
    """current | due (to be asked) | stale, by the last word and by how often she was asked `in_vain`, last at `asked`."""
    given_up = in_vain >= MOST_ASKINGS and asked is not None and now - asked >= BETWEEN_ASKINGS
    if last is None or now - last >= STALE_AFTER or given_up:
        return "stale"
    return "current" if now - last < CURRENT_FOR else "due"


def days_old(last: datetime | None, now: datetime) -> int | None:
    """Whole days in Shanghai since somebody spoke for the entry."""
    if last is None:
        return None
    return (now.astimezone(SHANGHAI).date() - last.astimezone(SHANGHAI).date()).days


def asks_at(key: int, last: datetime) -> datetime:
    """When the entry with this number is asked about: its own day of the week and hour, a week after `last` at the earliest.

    >>> asks_at(8, datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)).isoformat()
    '2026-11-10T10:00:00+08:00'
    """
    earliest = (last + BETWEEN_ASKINGS).astimezone(SHANGHAI)
    slot = datetime.combine(
        earliest.date() + timedelta(days=(key - earliest.weekday()) % 7), time(FIRST_HOUR + key // 7 % HOURS), SHANGHAI
    )
    return slot if slot >= earliest else slot + timedelta(days=7)


SLOTS = 7 * HOURS


def last_slots(now: datetime) -> list[datetime]:
    """When the hour of the entries whose number leaves 0, 1 … `SLOTS` - 1 last came round: they are due then if due before it."""
    local = now.astimezone(SHANGHAI)
    found = []
    for key in range(SLOTS):
        day = local.date() - timedelta(days=(local.weekday() - key) % 7)
        slot = datetime.combine(day, time(FIRST_HOUR + key // 7 % HOURS), SHANGHAI)
        found.append(slot if slot <= local else slot - timedelta(days=7))
    return found


def in_asking_hours(now: datetime) -> bool:
    """Nine to seven in the evening: inside the hours of calls and far from the quiet ones (M10)."""
    return FIRST_HOUR <= now.astimezone(SHANGHAI).hour < FIRST_HOUR + HOURS


def is_worker_due(key: int, last: datetime, now: datetime, *, in_vain: int = 0, asked: datetime | None = None) -> bool:
    """Whether to ask a worker now: a week without a word, not asked in vain twice already, at her own hour."""
    if in_vain >= MOST_ASKINGS or not in_asking_hours(now):
        return False
    return now >= asks_at(key, last_word(last, asked) or last)


def is_opening_due(key: int, last: datetime, asked: datetime | None, starts_at: datetime, now: datetime) -> bool:
    """Whether to ask an employer if people are still wanted: each week, and once more shortly before the work begins."""
    if not in_asking_hours(now):
        return False
    newest = last_word(last, asked) or last
    if now < starts_at <= now + SOON and now - newest >= ASKED_SOON:
        return True
    return now >= asks_at(key, newest)


def is_given_up(last: datetime, now: datetime, *, in_vain: int) -> bool:
    """Whether an entry is set aside: asked as often as may be, and sixty days without a word."""
    return in_vain >= MOST_ASKINGS and now - last >= PAUSED_AFTER
