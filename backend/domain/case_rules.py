"""What has to be answered by a person: how urgent, by whom, by when, and which public lines help meanwhile (R01–R04).

The times are what a town office with two officers can keep; they are told to the person, so they err on the late side.
Working days are Monday to Friday: the calendar of public holidays is the government's yearly notice and is not in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Asia/Shanghai")

NOW, TODAY, ORDINARY = 1, 2, 3
AT_ONCE = timedelta(minutes=30)


@dataclass(frozen=True)
class CaseRule:
    """`working_days` None: within half an hour of opening time; `office`: the town's labour office answers."""

    priority: int
    working_days: int | None
    hotlines: tuple[str, ...] = ()
    emergency: str | None = None
    office: bool = True


LABOUR, LEGAL_AID, SUPPORT, POLICE = "12333", "12348", "12356", "110"
HOTLINES = {LABOUR: "人社", LEGAL_AID: "法律援助", SUPPORT: "心理援助", POLICE: "报警"}
RULES: dict[str, CaseRule] = {
    # Danger words and injuries: a person at once, the emergency number first.
    "injury": CaseRule(NOW, None, (LABOUR,), "120"),
    "violence": CaseRule(NOW, None, (LABOUR,), POLICE),
    "distress": CaseRule(NOW, None, (SUPPORT,), "120"),
    # Rights (vocabulary §4.8): wages, papers and fees are urgent, since the trail grows cold.
    "wage_arrears": CaseRule(TODAY, 1, (LABOUR, LEGAL_AID)),
    "papers_kept": CaseRule(TODAY, 1, (LABOUR, POLICE)),
    "fraud": CaseRule(TODAY, 1, (LABOUR, POLICE)),
    "deposit_or_fee": CaseRule(TODAY, 1, (LABOUR,)),
    "overtime": CaseRule(ORDINARY, 2, (LABOUR,)),
    "discrimination": CaseRule(ORDINARY, 2, (LABOUR,)),
    "no_contract": CaseRule(ORDINARY, 2, (LABOUR,)),
    "other_problem": CaseRule(TODAY, 1, (LABOUR,)),
    # Services.
    "policy": CaseRule(ORDINARY, 1, (LABOUR,)),
    "training": CaseRule(ORDINARY, 3),
    "returnee": CaseRule(ORDINARY, 3),
    "unemployment": CaseRule(ORDINARY, 3, (LABOUR,)),
    "handoff": CaseRule(NOW, None, office=False),
    # Our texts do not reach this number (M09).
    "callback": CaseRule(TODAY, 1, office=False),
    "update_number": CaseRule(ORDINARY, 2, office=False),
    # Instant hire: an employer no text reaches, to be told or asked; nobody is left to ask; both sides differ on who came.
    "tell_employer": CaseRule(TODAY, 1, office=False),
    "ask_employer": CaseRule(TODAY, 1, office=False),
    "nobody_left": CaseRule(TODAY, 1, office=False),
    "attendance": CaseRule(ORDINARY, 2, office=False),
    # Recordings: somebody waits for an answer; a name only for its spelling.
    "voicemail": CaseRule(NOW, None, office=False),
    "write_name": CaseRule(ORDINARY, 1, office=False),
}

# With several problems in one message the case is of the gravest; the others stand in its details.
GRAVEST_FIRST = (
    "violence",
    "injury",
    "papers_kept",
    "wage_arrears",
    "fraud",
    "deposit_or_fee",
    "overtime",
    "discrimination",
    "no_contract",
)
RIGHTS = frozenset({*GRAVEST_FIRST, "distress", "other_problem"})

# A person waits for a voice: what a caller is put through for, and what cannot wait for anybody's turn.
WISHES = ("handoff", "voicemail", "callback")
WAITS = frozenset({*WISHES, "injury", "violence", "distress"})


def waits_for_a_person(kind: str, status: str, details: Mapping[str, Any]) -> bool:
    """Whether somebody waits for a person in this case: nobody has taken it up, and nobody has talked to them since."""
    return status == "open" and kind in WAITS and not details.get("talked_at")


def gravest(problems: Iterable[str]) -> str:
    told = set(problems)
    return next((kind for kind in GRAVEST_FIRST if kind in told), "other_problem")


def is_open(now: datetime, opens_at: str, closes_at: str) -> bool:
    """Whether the station (hours HH:MM, Asia/Shanghai, every day) receives people at `now`."""
    return _clock(opens_at) <= now.astimezone(TIMEZONE).time() < _clock(closes_at)


def due_at(kind: str, now: datetime, opens_at: str, closes_at: str) -> datetime:
    """When the person will have been answered at the latest: aware, in the zone of `now`."""
    rule = RULES[kind]
    local = now.astimezone(TIMEZONE)
    if rule.working_days is None:
        starts = local
        if not is_open(now, opens_at, closes_at):
            day = local.date() + timedelta(days=0 if local.time() < _clock(opens_at) else 1)
            starts = datetime.combine(day, _clock(opens_at), TIMEZONE)
        return (starts + AT_ONCE).astimezone(now.tzinfo)
    return after_working_days(now, rule.working_days, closes_at)


def after_working_days(now: datetime, days: int, closes_at: str) -> datetime:
    """The end of the office's day so many working days after `now`: aware, in the zone of `now`."""
    day, left = now.astimezone(TIMEZONE).date(), days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, _clock(closes_at), TIMEZONE).astimezone(now.tzinfo)


def _clock(text: str) -> time:
    return time.fromisoformat(text)
