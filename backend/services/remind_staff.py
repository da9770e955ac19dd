"""The weekly word to village staff whose ledger was not brought up to date (周更新, L01)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from backend.services.deps import Deps
from backend.services.each import each
from backend.settings import TIMEZONE
from backend.store.models import OutboxRow, Staff

# From Friday on: the week's own days are for doing it, the end of the week for being reminded.
FIRST_REMINDER_WEEKDAY = 4
REMIND_FROM, REMIND_TO = time(9), time(18)


def remind_staff(deps: Deps) -> int:
    """Queue one text to each village officer who has not updated the ledger since Monday; return how many were queued.

    Once per person and week, whoever calls it how often: the week is part of the text's unique reference.
    """
    local = deps.clock().astimezone(TIMEZONE)
    if local.weekday() < FIRST_REMINDER_WEEKDAY or not REMIND_FROM <= local.time() < REMIND_TO:
        return 0
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(0), TIMEZONE)
    with deps.db.read() as session:
        rows = session.execute(
            select(Staff.id, Staff.phone, Staff.name, Staff.region_code).where(
                Staff.role == "village",
                Staff.active.is_(True),
                Staff.phone.is_not(None),
                or_(Staff.ledger_updated_at.is_(None), Staff.ledger_updated_at < monday),
            )
        ).all()
    late = {row.id: row for row in rows}
    year, week, _ = local.isocalendar()

    def one(staff_id: int) -> bool:
        row = late[staff_id]
        words = _words(deps, row.name, row.region_code)
        return _queue(deps, f"ledger-{year}-{week:02}-{staff_id}", row.phone, words, local)

    return each("remind_staff", late, one)


def _words(deps: Deps, name: str, region: str) -> str:
    return (
        f"【{deps.regions.station_for(region)['short_name']}】{name}，{deps.regions.name(region)}这周的零工台账还没有更新。"
        "请今天登录后台核对：谁在找活，哪里要人。"
    )


def _queue(deps: Deps, reference: str, phone: str, body: str, now: datetime) -> bool:
    try:
        with deps.db.write() as session:
            if session.scalar(select(OutboxRow.id).where(OutboxRow.reference == reference)):
                return False
            session.add(
                OutboxRow(to_number=phone, body=body, kind="notice", reference=reference, due_at=now, created_at=now,
                          # Next week has its own.
                          expires_at=now + timedelta(days=3))
            )  # fmt: skip
    except IntegrityError:
        return False  # another scheduler queued it at the same moment
    return True
