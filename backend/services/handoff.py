"""A person asked for is a case staff see at once; nobody there is a callback with a place and a time (DESIGN §3.8, V16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from backend.domain.answers import Answer, make
from backend.domain.case_rules import WISHES, due_at, is_open
from backend.services import audit
from backend.services.acts import act
from backend.services.open_case import open_case
from backend.services.turn import Turn
from backend.store.models import Call, Case

# A talk with staff may be long; a call whose end was never reported does not hold up the queue for ever.
LONGEST_TALK = timedelta(hours=1)
ABOUT = {"": "要人工:打电话", "trouble": "有难处,要人工", "profile": "要改登记,找人工", "sms": "要人工:发短信"}


@act("talk_to_human")
def talk_to_human(turn: Turn) -> list[Answer]:
    """Open (or go on with) the case and say honestly when somebody is there; by voice the call is put through.

    `params`: about (what by key was asked for: trouble | profile).
    """
    station = turn.deps.regions.station_for(turn.conversation.region_code)
    about = str(turn.facts.params.get("about") or "")
    case = open_case(turn, "handoff", ABOUT.get(about, ABOUT[""]) if turn.channel == "voice" else ABOUT["sms"])
    # Whoever asks again after a talk waits again, from now on.
    if (case.details or {}).get("talked_at") and case.status == "open":
        case.waits_since = turn.now
    case.details = {key: value for key, value in (case.details or {}).items() if key != "talked_at"}
    turn.session.flush()
    open_now = is_open(turn.now, station["opens_at"], station["closes_at"])
    return [
        make(
            "human",
            open_now=open_now,
            station=station,
            due_at=case.due_at.isoformat(),
            case_id=case.id,
            ahead=being_put_through(turn, str(station["hotline"] or "")) if open_now else place_of(turn, case) - 1,
        )
    ]


@act("nobody_came")
def nobody_came(turn: Turn) -> list[Answer]:
    """The station's phone was not answered: the wish stays with staff, with a time by which we ring back.

    `params`: case_id (of what the caller was put through for), status (the carrier's word for it: busy, no-answer, failed).
    """
    case = _case(turn, turn.facts.params.get("case_id"))
    if case is None:
        case = open_case(turn, "handoff", ABOUT[""])
        turn.session.flush()
    station = turn.deps.regions.station_for(turn.conversation.region_code)
    promised = due_at("handoff", turn.now, station["opens_at"], station["closes_at"])
    before = (case.details or {}).get("rang", [])
    # An emergency keeps its own, earlier time; so does whoever was told one already and tries again before it is over.
    keeps = case.kind not in WISHES or (before and case.due_at > turn.now)
    case.due_at = min(case.due_at, promised) if keeps else promised
    tried = [*before, str(turn.facts.params.get("status") or "")[:20]]
    case.details = {**(case.details or {}), "rang": tried}
    audit.record(turn, "callback_promised", case)
    return [make("callback_promised", case_id=case.id, due_at=case.due_at.isoformat(), place=place_of(turn, case))]


@act("talked_to_human")
def talked_to_human(turn: Turn) -> list[Answer]:
    """Staff answered: the wish no longer waits in the queue; what was agreed is theirs to write down and close."""
    case = _case(turn, turn.facts.params.get("case_id"))
    if case is not None and case.status == "open" and case.kind in WISHES:
        case.details = {**(case.details or {}), "talked_at": turn.now.isoformat()}
        audit.record(turn, "talked", case)
    return [make("human_talked", case_id=case.id if case else None)]


def _case(turn: Turn, case_id: Any) -> Case | None:
    if case_id is None:
        return None
    return turn.session.scalar(
        select(Case).where(Case.id == case_id, Case.handset_id == turn.handset.id, Case.status != "closed")
    )


def being_put_through(turn: Turn, hotline: str) -> int:
    """How many other calls ring at this hotline or talk to it now."""
    if not hotline:
        return 0
    return (
        turn.session.scalar(
            select(func.count())
            .select_from(Call)
            .where(
                Call.ended_at.is_(None),
                Call.last_at > turn.now - LONGEST_TALK,
                Call.put_through_to == hotline,
                Call.handset_id != turn.handset.id,
            )
        )
        or 0
    )


def place_of(turn: Turn, case: Case) -> int:
    """Which one `case` is, from 1, among those at its station who wait for a person's voice and whom nobody has taken up."""
    regions = turn.deps.regions
    station = regions.station_for(case.region_code)["id"]
    waiting = turn.session.execute(
        select(Case.id, Case.region_code, Case.details).where(
            Case.kind.in_(WISHES), Case.status == "open", Case.id < case.id
        )
    ).all()
    before = [row for row in waiting if not (row.details or {}).get("talked_at")]
    return 1 + sum(regions.station_for(row.region_code)["id"] == station for row in before)
