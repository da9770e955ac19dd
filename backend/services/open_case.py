"""Put something before a person of flesh and blood: one case, its words, who answers and by when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.domain.answers import Answer, make
from backend.domain.case_rules import HOTLINES, RULES, due_at
from backend.services import assign, audit, read_back
from backend.services.people import worker_of
from backend.services.turn import Facts, Turn
from backend.store.models import Case

# A second message about the same thing within this time belongs to the case that is already open.
SAME_MATTER = timedelta(hours=6)


def open_case(turn: Turn, kind: str, summary: str, details: dict[str, Any] | None = None) -> Case:
    """Open a case of `kind`, or add these words to the one this conversation has open on the same matter.

    `details`: what was said, as entity name → values, plus `message_ids`: every message that speaks of it.
    """
    turn.session.flush()
    said = {**(details or {}), "message_ids": [message.id for message in (turn.about, turn.message) if message]}
    running = turn.session.scalar(
        select(Case)
        .where(
            Case.conversation_id == turn.conversation.id,
            Case.kind == kind,
            Case.status != "closed",
            Case.opened_at > turn.now - SAME_MATTER,
        )
        .order_by(Case.id.desc())
        .limit(1)
    )
    if running is not None:
        running.details = _joined(running.details or {}, said)
        running.summary = summary if len(summary) > len(running.summary) else running.summary
        audit.record(turn, "case_added_to", running)
        return running
    station = turn.deps.regions.station_for(turn.conversation.region_code)
    worker = worker_of(turn)
    case = Case(
        kind=kind,
        priority=RULES[kind].priority,
        summary=summary,
        details=said,
        conversation_id=turn.conversation.id,
        handset_id=turn.handset.id,
        worker_id=worker.id if worker else None,
        # Without any region no member of staff would see it: then the home county does.
        region_code=turn.conversation.region_code or station["region_code"],
        source_message_id=(turn.about or turn.message).id,
        recording_url=turn.message.media_url,
        opened_at=turn.now,
        due_at=due_at(kind, turn.now, station["opens_at"], station["closes_at"]),
    )
    turn.session.add(case)
    assign.to_team(turn.session, case, turn.now)
    audit.record(turn, "case_opened", case, kind=kind)
    return case


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    joined = dict(one)
    for key, values in other.items():
        joined[key] = list(dict.fromkeys([*joined.get(key, []), *values]))
    return joined


def told(turn: Turn, case: Case, said: dict[str, Any] | None = None) -> Answer:
    """The answer that says who will call back and by when; `said` holds nothing personal (M08)."""
    rule = RULES[case.kind]
    return make(
        "case_opened",
        case_kind=case.kind,
        case_id=case.id,
        who=_who(turn, case) if rule.office else _station(turn, case)["name"],
        due_at=case.due_at.isoformat(),
        emergency=rule.emergency,
        hotlines=[{"name": HOTLINES[number], "number": number} for number in rule.hotlines],
        said=said or {},
    )


def _station(turn: Turn, case: Case) -> dict[str, Any]:
    return turn.deps.regions.station_for(case.region_code)


def _who(turn: Turn, case: Case) -> str:
    """镇社保所 where the town is known (S0), else the station that answers for the county."""
    regions = turn.deps.regions
    for code in [case.region_code, *regions.ancestors(case.region_code)]:
        if code and regions.level(code) == "town":
            return regions.name(code) + "社保所"
    return str(_station(turn, case)["name"])


def details_of(turn: Turn, *entities: str) -> dict[str, list[Any]]:
    """What was said of `entities`, by name, for the people who answer."""
    return {name: values for name in entities if (values := turn.facts.all(name))}


def noted(turn: Turn, name: str, kind: str, summary: Callable[[Facts], str], entities: tuple[str, ...], said: dict[str, Any] | None = None) -> list[Answer]:  # fmt: skip
    """Open the case of the act `name` and tell who answers; by phone the amounts and days heard are read back.

    The case is there before they are: whoever hangs up instead of saying yes has still been heard. What is urgent is not
    held up by a question.
    """
    facts = turn.facts
    urgent = RULES[kind].emergency is not None
    if facts.params.get("heard_right"):
        open_case(turn, kind, summary(facts), details_of(turn, *entities))
        return [make("noted")]
    question = None if urgent else read_back.question(turn, name)
    if question is not None:
        turn.facts = read_back.without_amounts(facts)
    case = open_case(turn, kind, summary(turn.facts), details_of(turn, *entities))
    return [told(turn, case, said), *([question] if question else [])]
