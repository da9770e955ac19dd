"""What follows in the ledgers when words are put right, and the way back where it still stands (L22, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from backend.domain import put_right
from backend.domain.access import may_see
from backend.domain.put_right import Change
from backend.errors import Conflict, Invalid, NotFound
from backend.services import audit
from backend.services.change_opening import change_opening
from backend.services.change_worker import change_worker
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Conversation, Correction, Message, Opening, Worker

if TYPE_CHECKING:
    from backend.services.deps import Deps


@dataclass(frozen=True)
class Effect:
    """One ledger value that follows. `sure`: the trail tells that these words were written there."""

    key: str  # "workers-3-birth_year": what a form ticks
    table: str
    id: int
    change: Change
    sure: bool = True


def ours(member: Member, change: Change) -> bool:
    """Nobody moves an entry out of their own region."""
    if change.column in ("village", "region_code"):
        return change.after is not None and may_see(member.region_code, change.after)
    return True


def write(
    deps: Deps, session: Session, member: Member, effects: Sequence[Effect], turn: Message
) -> list[dict[str, Any]]:
    """Write what follows; returns it as the correction keeps it, with where the conversation belonged before it moved."""
    conversation = session.get_one(Conversation, turn.conversation_id)
    was = conversation.region_code
    for worker, columns in _written(deps, session, member, effects, turn, "after"):
        # Her conversation belongs to the staff of the village she really lives in.
        if columns.get("village") and conversation.person_id == worker.person_id:
            conversation.region_code = columns["village"]
    moved = {"talk": was} if conversation.region_code != was else {}
    return [_kept(one) | (moved if one.change.column == "village" else {}) for one in effects]


def _written(
    deps: Deps, session: Session, member: Member, effects: Sequence[Effect], turn: Message, which: str
) -> list[tuple[Worker, dict[str, Any]]]:
    """Write the changes' `which` (before | after) as whoever edits cards and openings does; returns the workers."""
    workers = []
    entries: dict[tuple[str, int], dict[str, Any]] = {}
    for one in effects:
        entries.setdefault((one.table, one.id), {})[one.change.column] = getattr(one.change, which)
    now = deps.clock()
    for (table, id_), columns in sorted(entries.items()):
        if table == "workers":
            worker = change_worker(session, now, deps.regions, id_, put_right.worker_facts(columns), actor=member.actor)
            workers.append((worker, columns))
            audit.write(session, now, member.actor, "corrected", worker, message_id=turn.id, fields=sorted(columns))
        else:
            opening = change_opening(session, deps, now, id_, put_right.opening_facts(columns), actor=member.actor)
            audit.write(session, now, member.actor, "corrected", opening, message_id=turn.id, fields=sorted(columns))
    return workers


def put_back(deps: Deps, session: Session, member: Member, correction: Correction, turn: Message) -> list[str]:
    """Restore what the correction changed where it still stands; returns the columns that were left."""
    left: list[str] = []
    back: dict[tuple[str, int], list[Effect]] = {}
    for kept in correction.ledger:
        change = Change(kept["entity"], kept["column"], kept["before"], kept["after"])
        table, id_ = kept["table"], kept["id"]
        stands = _line(session, table, id_).get(change.column)
        moves = change.column in ("village", "region_code")
        away = moves and not may_see(member.region_code, change.before or HOME_REGION)
        if stands != change.after or away:
            left.append(change.column)
            continue
        back.setdefault((table, id_), []).append(Effect("", table, id_, change))
    for effects in back.values():
        try:
            _written(deps, session, member, effects, turn, "before")
        except (Conflict, Invalid, NotFound):  # raised before anything is written
            left += [one.change.column for one in effects]
    conversation = session.get_one(Conversation, turn.conversation_id)
    for kept in correction.ledger:
        if "talk" in kept and "village" not in left and conversation.region_code == kept["after"]:
            conversation.region_code = kept["talk"]
    return sorted(set(left))


def _line(session: Session, table: str, id_: int) -> dict[str, Any]:
    if table == "workers":
        worker = session.get(Worker, id_, with_for_update=True)
        return put_right.worker_line(worker, worker.person) if worker and worker.status != "erased" else {}
    opening = session.get(Opening, id_, with_for_update=True)
    return put_right.opening_line(opening) if opening else {}


def _kept(one: Effect) -> dict[str, Any]:
    return {
        "table": one.table, "id": one.id, "entity": one.change.entity, "column": one.change.column,
        "before": one.change.before, "after": one.change.after,
    }  # fmt: skip
