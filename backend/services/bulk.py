"""Do with many rows what can be done with one: each by itself, so that what fails for one is told and stops no other."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.take_back import TAKE_BACK_WITHIN
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
# For so long nobody else takes up an act that somebody is at: many times what one row takes.
IN_HAND = timedelta(minutes=1)
_TOLD = frozenset({"days_gone", "not_in_review", "places_taken", "too_late", "changed_since"})

log = structlog.get_logger()


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
    """Do the next hundred. While somebody else is at it, nothing: also for a minute after a process that died."""
    _walk(deps, member, act_id, _Forward())


def undo(deps: Deps, member: Member, act_id: int) -> list[list[Any]] | None:
    """Take back what an act changed, row by row, a hundred at once; None while there are more.

    At the end `[[id, reason]]` of those that stay as they are. Raises `Conflict` `too_late` after a day, a second time, or
    where it cannot be taken back at all.
    """
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        late = row.at < deps.clock() - TAKE_BACK_WITHIN
        if late or row.undone_at or row.waiting or row.kind not in CAN_BE_UNDONE:
            raise Conflict("not to be taken back", reason="too_late")
        if not row.undo:
            row.undo = {"left": list(row.done), "stays": []}
            audit.write(session, deps.clock(), member.actor, "bulk_undone", row, rows=len(row.done))
    _walk(deps, member, act_id, _Back())
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        if row.undo.get("left"):
            return None
        if row.undone_at is None:
            row.undone_at, row.failed, row.undo = deps.clock(), row.undo["stays"], {}
        return row.failed


class _Forward:
    """Rows of `waiting` become rows of `done` or of `failed`."""

    def next(self, row: LedgerAct) -> list[Any] | None:
        return [row.waiting[0], None] if row.waiting else None

    def work(self, deps: Deps, member: Member, row: LedgerAct, object_id: int, event_id: int | None) -> None:
        _do(deps, member, row.object_kind, row.kind, object_id, dict(row.args))

    def settle(self, row: LedgerAct, object_id: int, event_id: int | None, reason: str | None) -> None:
        row.waiting = [one for one in row.waiting if one != object_id]
        if reason is None:
            row.done = [*row.done, [object_id, event_id]]
        else:
            row.failed = [*row.failed, [object_id, reason]]


class _Back:
    """Rows of `undo["left"]` go, those that stay as they are into `undo["stays"]`."""

    def next(self, row: LedgerAct) -> list[Any] | None:
        left = row.undo.get("left")
        return list(left[0]) if left else None

    def work(self, deps: Deps, member: Member, row: LedgerAct, object_id: int, event_id: int | None) -> None:
        if event_id is None:
            return
        with suppress(NotFound):  # it was as it was asked to be
            ledger_history.take_back(deps, member, row.object_kind, object_id, event_id)

    def settle(self, row: LedgerAct, object_id: int, event_id: int | None, reason: str | None) -> None:
        stays = row.undo["stays"] if reason is None else [*row.undo["stays"], [object_id, reason]]
        row.undo = {"left": [one for one in row.undo["left"] if one[0] != object_id], "stays": stays}


def _walk(deps: Deps, member: Member, act_id: int, way: _Forward | _Back) -> None:
    """Row by row: each is in hand before it is worked on and written down right after, so that a crash loses none."""
    mine, ended, reason = secrets.token_hex(8), False, None
    for count in range(AT_ONCE + 1):
        row = _in_hand(deps, member, act_id, way, mine, ended=ended, reason=reason, more=count < AT_ONCE)
        if row is None:
            return
        ended, reason = True, None
        object_id, event_id = row.doing["row"]
        try:
            way.work(deps, member, row, object_id, event_id)
        except (NotFound, Forbidden, Conflict, Invalid) as problem:
            reason = _reason(row.kind, problem)
        except Exception:
            # One that cannot be done at all must not keep the rest waiting behind it for ever.
            log.exception("bulk_row_failed", act_id=act_id, row_id=object_id)
            reason = "broken"


def _in_hand(
    deps: Deps,
    member: Member,
    act_id: int,
    way: _Forward | _Back,
    mine: str,
    *,
    ended: bool,
    reason: str | None,
    more: bool,
) -> LedgerAct | None:
    """Write down how the row in hand ended and take up the next; None: there is none, or somebody else is at it.

    Of a row whose worker died the trail tells whether it was done: it is not done twice.
    """
    with deps.db.write() as session:
        row = own(session, member, act_id, lock=True)
        now, held = deps.clock(), row.doing
        if held is not None:
            others = held["by"] != mine
            if others and (ended or datetime.fromisoformat(held["until"]) > now):
                return None
            object_id, event_id = held["row"]
            after = _last_event(session, member, row.object_kind, object_id)
            left_a_trace = after != held["before"]
            if left_a_trace or not others:
                wrote = after if left_a_trace else None
                way.settle(row, object_id, wrote if isinstance(way, _Forward) else event_id,
                           None if left_a_trace else reason)  # fmt: skip
        elif ended:
            return None  # it took so long that somebody else has done it meanwhile
        following = way.next(row) if more else None
        row.doing = following and {
            "row": following,
            "before": _last_event(session, member, row.object_kind, following[0]),
            "by": mine,
            "until": (now + IN_HAND).isoformat(),
        }
        return row if following else None


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


def _last_event(session: Session, member: Member, kind: str, object_id: int) -> int | None:
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
        return problem.reason if problem.reason in _TOLD else "conflict"
    return "flags" if act == "publish" else "invalid"
