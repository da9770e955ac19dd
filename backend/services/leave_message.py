"""A spoken message becomes a case with its recording; so does the spoken name of somebody registered by keypad."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.domain.answers import Answer
from backend.domain.case_rules import RULES, due_at
from backend.services import assign, audit
from backend.services.acts import act
from backend.services.open_case import told
from backend.services.people import worker_of
from backend.services.turn import Turn
from backend.store.models import Case, Worker

ABOUT = {"posting": "要请人,留了话", "": "打电话留了话"}


@act("leave_message")
def leave_message(turn: Turn) -> list[Answer]:
    """`params`: recording_url, about (posting | ""), case_id (of the wish for a person that led here, or None).

    One wish is one case: the open `handoff` becomes the `voicemail`, any other case she was put through for or has just
    opened keeps its kind and gets the recording. A second recording is a second case, so that none replaces another.
    """
    params = turn.facts.params
    about = str(params.get("about") or "")
    case = _asked_for(turn, params.get("case_id"))
    if case is not None:
        case.recording_url = params["recording_url"]
        if case.kind == "handoff":
            case.kind, case.summary = "voicemail", ABOUT[""]
        case.details = {**case.details, "message_ids": [*case.details.get("message_ids", []), turn.message.id]}
    else:
        case = recorded_case(turn, "voicemail", ABOUT.get(about, ABOUT[""]), params["recording_url"],
                             details={"about": about} if about else {})  # fmt: skip
    return [told(turn, case)]


def _asked_for(turn: Turn, case_id: Any) -> Case | None:
    if case_id is None:
        return None
    return turn.session.scalar(
        select(Case).where(Case.id == case_id, Case.handset_id == turn.handset.id, Case.status != "closed",
                           Case.recording_url.is_(None))
    )  # fmt: skip


def recorded_case(
    turn: Turn, kind: str, summary: str, recording_url: str, *, details: dict[str, Any], worker: Worker | None = None
) -> Case:
    """A case of its own, never joined with another: each recording has to be heard."""
    station = turn.deps.regions.station_for(turn.conversation.region_code)
    worker = worker or worker_of(turn)
    case = Case(
        kind=kind,
        priority=RULES[kind].priority,
        summary=summary,
        details={**details, "message_ids": [turn.message.id]},
        conversation_id=turn.conversation.id,
        handset_id=turn.handset.id,
        worker_id=worker.id if worker else None,
        region_code=turn.conversation.region_code or station["region_code"],
        source_message_id=turn.message.id,
        recording_url=recording_url,
        opened_at=turn.now,
        due_at=due_at(kind, turn.now, station["opens_at"], station["closes_at"]),
    )
    turn.session.add(case)
    assign.to_team(turn.session, case, turn.now)
    audit.record(turn, "case_opened", case, kind=kind)
    return case
