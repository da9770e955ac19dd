"""Do with many rows what can be done with one: each by itself, so that what fails for one is told and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import (
    audit,
    edit_worker,
    ledger_history,
    review_opening,
    speak_for,
    staff_openings,
    worker_ledger,
)
from backend.services.staff_login import Member
from backend.store.models import AuditEvent, LedgerAct, Opening

if TYPE_CHECKING:
    from backend.services.deps import Deps

AT_ONCE = 100  # then the page shows how far it is
MOST = 1_000
LONGEST_EXTENSION = 30  # days
ACTS = {
    "workers": ("confirm", "at_home", "away", "officer", "village"),
    "openings": ("publish", "reject", "extend"),
}
VERBS = {"workers": "edit_worker", "openings": "review_opening"}
# What has gone out to people as a text cannot be taken back.
CAN_BE_UNDONE = frozenset({"at_home", "away", "officer", "village", "confirm", "extend"})


def begin(deps: Deps, member: Member, kind: str, act: str, ids: list[int], args: dict[str, Any]) -> int:
    """Write down what is to be done with which rows; nothing is done yet. Returns the number of the act.

    `args`: `{"officer": id}`, `{"village": code}`, `{"ground": code}`, `{"days": n}` as the act asks.
    Raises `Forbidden`; `Invalid` for an act there is not, without rows or with unusable `args`.
    """
    if kind not in ACTS or act not in ACTS[kind] or not 0 < len(ids) <= MOST:
        raise Invalid("what with which rows?", {"act": "unknown"})
    if not may(member.role, VERBS[kind]):
        raise Forbidden("this role only looks")
    if act == "extend" and not 1 <= int(args.get("days") or 0) <= LONGEST_EXTENSION:
        raise Invalid("by how many days", {"days": "1 to 30"})
    if act == "village" and not deps.regions.knows(str(args.get("village"))):
        raise Invalid("which village", {"village": "needed"})
    if act == "reject" and not args.get("ground"):
        raise Invalid("why", {"ground": "needed"})
    with deps.db.write() as session:
        row = LedgerAct(
            kind=act, object_kind=kind, object_id=None, staff_id=member.id, at=deps.clock(), args=args,
            waiting=list(dict.fromkeys(ids)), done=[], failed=[], undo={},
        )  # fmt: skip
        session.add(row)
        session.flush()
        audit.write(session, row.at, member.actor, "bulk_began", row, act=act, rows=len(row.waiting))
        return row.id


def own(session: Session, member: Member, act_id: int, *, lock: bool = False) -> LedgerAct:
    """An act of many, for whoever began it alone. Raises `NotFound`."""
    row = session.get(LedgerAct, act_id, with_for_update=lock, populate_existing=lock)
    if row is None or row.staff_id != member.id or row.kind not in ACTS.get(row.object_kind, ()):
        raise NotFound("no such act")
    return row


def go_on(deps: Deps, member: Member, act_id: int) -> None:
    """Do the next hundred; two who press at once do different ones."""
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        mine, row.waiting = row.waiting[:AT_ONCE], row.waiting[AT_ONCE:]
        kind, act, args = row.object_kind, row.kind, dict(row.args)
    done, failed = [], []
    for object_id in mine:
        before = _last_event(deps, member, kind, object_id)
        try:
            _do(deps, member, kind, act, object_id, args)
        except (NotFound, Forbidden, Conflict, Invalid) as problem:
            failed.append([object_id, _reason(act, problem)])
        else:
            after = _last_event(deps, member, kind, object_id)
            done.append([object_id, after if after != before else None])
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        row.done, row.failed = [*row.done, *done], [*row.failed, *failed]


def undo(deps: Deps, member: Member, act_id: int) -> list[list[Any]]:
    """Take back what an act changed, row by row; returns `[[id, reason]]` of those that stay as they are.

    Raises `Conflict` `too_late` after a day, a second time, or where it cannot be taken back at all.
    """
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        late = row.at < deps.clock() - ledger_history.KEPT_FOR
        if late or row.undone_at or row.waiting or row.kind not in CAN_BE_UNDONE:
            raise Conflict("not to be taken back", reason="too_late")
        row.undone_at = deps.clock()
        kind, done = row.object_kind, list(row.done)
        audit.write(session, row.undone_at, member.actor, "bulk_undone", row, rows=len(done))
    stays: list[list[Any]] = []
    for object_id, event_id in done:
        if event_id is None:
            continue
        try:
            ledger_history.take_back(deps, member, kind, object_id, event_id)
        except NotFound:
            continue  # it was as it was asked to be
        except (Conflict, Invalid, Forbidden) as problem:
            stays.append([object_id, getattr(problem, "reason", "") or "invalid"])
    with deps.db.write() as session:
        own(session, member, act_id, lock=True).failed = stays
    return stays


def _do(deps: Deps, member: Member, kind: str, act: str, object_id: int, args: dict[str, Any]) -> None:
    for_workers: dict[str, Callable[[], object]] = {
        "confirm": lambda: speak_for.worker_says(deps, member, object_id, "looking"),
        "at_home": lambda: _put(deps, member, object_id, {"at_home": True}),
        "away": lambda: _put(deps, member, object_id, {"at_home": False}),
        "officer": lambda: edit_worker.set_officer(deps, member, object_id, args.get("officer")),
        "village": lambda: _put(deps, member, object_id, {"village": args["village"]}),
    }
    for_openings: dict[str, Callable[[], object]] = {
        "publish": lambda: review_opening.review(deps, member, object_id, "publish", ""),
        "reject": lambda: review_opening.review(deps, member, object_id, "reject", "", ground=args["ground"]),
        "extend": lambda: _extend(deps, member, object_id, int(args["days"])),
    }
    (for_workers if kind == "workers" else for_openings)[act]()


def _put(deps: Deps, member: Member, worker_id: int, facts: dict[str, Any]) -> None:
    with deps.db.read() as session:
        worker = edit_worker.seen(session, member, worker_id)
        version = worker_ledger.version(worker, worker.person)
    edit_worker.edit(deps, member, worker_id, version, facts)


def _extend(deps: Deps, member: Member, opening_id: int, days: int) -> None:
    with deps.db.read() as session:
        opening: Opening = review_opening.mine(session, member, opening_id)
        ends_on: date = opening.ends_on + timedelta(days=days)
        version, status = opening.updated_at.isoformat(), opening.status
    change = review_opening.edit if status == "in_review" else staff_openings.change
    change(deps, member, opening_id, version, {"ends_on": ends_on})


def _last_event(deps: Deps, member: Member, kind: str, object_id: int) -> int | None:
    with deps.db.read() as session:
        return session.scalar(
            select(func.max(AuditEvent.id)).where(
                AuditEvent.object_kind == kind, AuditEvent.object_id == str(object_id),
                AuditEvent.actor == member.actor, AuditEvent.verb.not_in(("read", "revealed")),
            )
        )  # fmt: skip


def _reason(act: str, problem: Exception) -> str:
    if isinstance(problem, NotFound):
        return "gone"
    if isinstance(problem, Forbidden):
        return "forbidden"
    if isinstance(problem, Conflict):
        return problem.reason if problem.reason in ("days_gone", "not_in_review", "places_taken") else "conflict"
    return "flags" if act == "publish" else "invalid"
