"""Write a ledger of one's own region to an Excel file; who drew what out, and why, is kept (L03, P01, H04)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.access import may
from backend.domain.ledger_cells import HIDDEN, labels_told
from backend.domain.ledger_told import told
from backend.domain.ledgers import LEDGERS
from backend.domain.masking import mask_name
from backend.errors import Forbidden, Invalid, LinggongError
from backend.services import export_rows, opening_ledger, worker_ledger
from backend.services.export_rows import employer_told, phone_told, place_told
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.staff_login import Member
from backend.services.write_workbook import write_ledger
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Opening, Staff
from backend.store.queries import ledgers as queries
from backend.store.queries.scope import within
from backend.store.queries.staff import names_of
from backend.store.queries.workers import numbers_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

# A file of more takes longer to draw up than anybody waits; a county draws its towns out one by one.
MOST_ROWS = 50_000
REASONS = ("report", "visit", "meeting", "check")
_REASONS = {"report": "按规定上报", "visit": "上门走访要用", "meeting": "开会研究", "check": "核对数据"}
FULL_A_DAY = 3  # files in the clear; a list of everybody is what somebody who leaves would take along (T12)
_DAYS = frozenset({"available_from", "available_to", "waiting_since", "starts_on", "ends_on"})
_STATUS = {
    "draft": "草稿",
    "in_review": "待审",
    "published": "已发布",
    "filled": "已招满",
    "expired": "已过期",
    "withdrawn": "已撤回",
    "rejected": "已退回",
}


class TooManyExports(LinggongError):
    """The day's files in the clear are used up; masked ones can still be drawn."""


def export(
    deps: Deps,
    member: Member,
    kind: str,
    reason: str,
    to: BinaryIO,
    *,
    full: bool = False,
    asked: queries.Filter | None = None,
    tab: str = "",
    words: export_rows.Words | None = None,
) -> int:
    """Write the ledger `kind` (one of `LEDGERS`) of one's own region to `to` and return how many rows.

    `words`: what the codes of offers and cases are called. `full`: names, numbers and hardship in the clear, for whoever may reveal them; else they are masked. `asked` narrows
    the workers, `tab` is one of the priority ledger's. Rows are read and written batch by batch. Raises `Forbidden`,
    `Invalid` without one of `REASONS`, `TooManyExports`.
    """
    if not may(member.role, "export_ledger") or (full and not may(member.role, "reveal")):
        raise Forbidden("this role only looks")
    if reason not in REASONS or kind not in LEDGERS or (kind == "priority" and tab not in queries.TABS):
        raise Invalid("a reason is needed", {"reason": "needed"})
    asked = asked or queries.Filter()
    now = deps.clock()
    day = now.astimezone(TIMEZONE).date()
    drawn = f"{member.name}（{member.login}）{day.year}年{day.month}月{day.day}日导出：{_REASONS[reason]}"
    said = [
        f"{deps.regions.full_name(member.region_code)}，{drawn}",
        "姓名、电话、困难情况都在表里，用完请收好，不要外传。"
        if full
        else "姓名、电话、困难情况是遮住的；这样的表存不回来。",
    ]
    with deps.db.read() as session:
        query = _query(deps, member, kind, asked, tab)
        if (rows := session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0) > MOST_ROWS:
            raise Invalid("too many rows", {"rows": str(rows)})
        facts = {"kind": kind, "rows": rows, "full": full, "reason": reason, **asked.facts()}
        # Before the file is written: whoever gets it is in the trail.
        _note(deps, member, now, facts | ({"tab": tab} if tab else {}))
        lines = _rows(session, deps, member, kind, query, full, words or {})
        return write_ledger(kind, lines, to, told=said, footer=drawn)


def _note(deps: Deps, member: Member, now: datetime, facts: dict[str, Any]) -> None:
    with deps.db.write() as session:
        if facts["full"]:
            # One member's files are counted one after the other, also when asked for side by side.
            session.get(Staff, member.id, with_for_update=True)
            drawn = session.scalars(
                select(AuditEvent.facts).where(
                    AuditEvent.actor == member.actor,
                    AuditEvent.verb == "exported_ledger",
                    AuditEvent.at > now - timedelta(days=1),
                )
            )
            if sum(1 for one in drawn if one.get("full")) >= FULL_A_DAY:
                raise TooManyExports("no more files in the clear today")
        session.add(
            AuditEvent(
                at=now, actor=member.actor, verb="exported_ledger", object_kind="list", object_id="exported_ledger",
                message_id=None, facts=facts,
            )
        )  # fmt: skip


def _query(deps: Deps, member: Member, kind: str, asked: queries.Filter, tab: str) -> Select[Any]:
    if kind in export_rows.DRAWN:
        return export_rows.query(member, kind)
    if kind == "openings":
        return (
            select(Opening)
            .options(joinedload(Opening.employer))
            .where(within(Opening.region_code, member.region_code), Opening.status.not_in(("withdrawn", "rejected")))
            .order_by(Opening.id)
        )
    if kind == "priority":
        return queries.priority(member.region_code, HOME_REGION, tab, deps.clock())
    return queries.filtered(member.region_code, HOME_REGION, asked, deps.clock())


def _rows(
    session: Session, deps: Deps, member: Member, kind: str, query: Select[Any], full: bool, words: export_rows.Words
) -> Iterator[dict[str, Any]]:
    if kind in export_rows.DRAWN:
        found = export_rows.rows(session, deps, member, kind, query, full, words)
    elif kind == "openings":
        found = _openings(session, deps.regions, query, full)
    elif kind == "priority":
        found = _priority(session, deps, query, full)
    else:
        found = (row for rows in queries.batches(session, query) for row in _workers(session, deps.regions, rows, full))
    return ({"row": number, **row} for number, row in enumerate(found, start=1))


def _workers(session: Session, regions: RegionBook, rows: Any, full: bool) -> Iterator[dict[str, Any]]:
    phones = numbers_of(session, [worker.person_id for worker in rows])
    for worker in rows:
        person = worker.person
        handset = phones.get(worker.person_id)
        stands = worker_ledger.line(worker, person)
        row = {key: _day(value) if key in _DAYS else told(key, value) for key, value in stands.items()}
        row |= {
            "village": place_told(regions, person.village_code),
            "updated": worker.updated_at.astimezone(TIMEZONE).date(),
            "name": (person.name or "") if full else mask_name(person.name or ""),
            "phone": phone_told(handset.number if handset else None, full),
            "hardships": labels_told({label.code: label.verified_at is not None for label in worker.hardships}),
        }
        if not full and row["hardships"]:
            row["hardships"] = HIDDEN
        yield row


def _priority(session: Session, deps: Deps, query: Any, full: bool) -> Iterator[dict[str, Any]]:
    now = deps.clock()
    for rows in queries.batches(session, query):
        lines = queries.with_contact(session, rows)
        names = names_of(session, (worker.officer_id for worker in rows))
        for line, row in zip(lines, _workers(session, deps.regions, rows, full), strict=True):
            since = line.worker.waiting_since
            yield row | {
                "waiting_days": (now - since).days if since else None,
                "last_contact": line.last_contact.astimezone(TIMEZONE).date() if line.last_contact else None,
                "officer": names.get(line.worker.officer_id or 0, ""),
                "next_on": line.visit.next_on if line.visit else None,
            }


def _openings(session: Session, regions: RegionBook, query: Select[Any], full: bool) -> Iterator[dict[str, Any]]:
    after = 0
    while rows := session.scalars(query.where(Opening.id > after).limit(queries.BATCH)).all():
        for opening in rows:
            stands = opening_ledger.line(opening)
            row = {key: _day(value) if key in _DAYS else told(key, value) for key, value in stands.items()}
            yield row | {
                "employer": employer_told(opening.employer, full),
                "phone": phone_told(opening.employer.phone, full),
                "region_code": place_told(regions, opening.region_code),
                "pay": "面议" if stands["pay"] == [None, None, None] else row["pay"],
                "status": _STATUS.get(opening.status, opening.status),
                "filled": opening.filled,
                "updated": opening.updated_at.astimezone(TIMEZONE).date(),
            }
        after = rows[-1].id
        session.expunge_all()


def _day(iso: str | None) -> Any:
    return date.fromisoformat(iso) if iso else None
