"""What was read and changed, by whom: the trail as sentences, to look through and to take along; nothing here changes it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import audit_labels
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.review_labels import EXPORT_REASONS
from backend.domain.access import may
from backend.errors import Forbidden
from backend.services import audit_chain
from backend.services.receive_message import storable
from backend.services.review_transcript import note_reading
from backend.settings import TIMEZONE
from backend.store.queries import audit as queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.services.deps import Deps
    from backend.store.models import AuditEvent

_LONGEST = 60
_CODE = re.compile(r"[a-z_]*")
_HIGHEST = 2_147_483_647
_FILTERS = ("who", "verb", "kind", "number", "day", "worker")


def register(bp: Blueprint, deps: Deps) -> None:
    def check() -> None:
        if not may(me().role, "read_audit"):
            raise Forbidden("this role does not read the trail")

    def show(problem: str = "", given: Mapping[str, str] | None = None) -> str:
        given = request.args if given is None else given
        member, asked = me(), _asked(given)
        before = _number(request.args.get("before", ""))
        note_reading(deps, member, "read_audit", asked=asked.facts())
        with deps.db.read() as session:
            rows = queries.events(session, member.region_code, asked, before=before)
            names = queries.staff_named(session, member.region_code, rows)
            seal, looked = queries.newest_seal(session), audit_chain.last_check(session)
        page = rows[: queries.PAGE]
        return render_template(
            "console/audit_log.html",
            rows=[
                (each, audit_labels.actor(each, names), audit_labels.sentence(each, names), _page_of(each))
                for each in page
            ],
            next_before=page[-1].id if len(rows) > queries.PAGE else None,
            asked=asked,
            groups=audit_labels.groups(),
            kinds=audit_labels.kinds(),
            args={name: text for name, text in given.items() if name in _FILTERS and text},
            seal=seal,
            looked=looked,
            reasons=EXPORT_REASONS,
            problem=problem,
        )

    @bp.get("/audit")
    def audit_log() -> str:
        check()
        return show()

    @bp.post("/audit/export")
    def export_audit() -> ResponseReturnValue:
        """The newest events the list shows, as CSV; taking it along is an event itself, and needs a reason."""
        check()
        given = form("reason", optional=_FILTERS)
        if given["reason"] not in EXPORT_REASONS:
            return show(gettext("请选一个原因。"), given), 422
        member, asked = me(), _asked(given)
        with deps.db.read() as session:
            rows = queries.events(session, member.region_code, asked, limit=queries.MOST_EXPORTED)[
                : queries.MOST_EXPORTED
            ]
            text = _csv(session, member.region_code, rows)
        note_reading(deps, member, "exported_audit", count=len(rows), reason=given["reason"], asked=asked.facts())
        response = Response("\ufeff" + text, mimetype="text/csv")
        stamp = deps.clock().astimezone(TIMEZONE).strftime("%Y%m%d-%H%M")
        response.headers["Content-Disposition"] = f'attachment; filename="audit-{stamp}.csv"'
        return response


def _asked(given: object) -> queries.Asked:
    get = getattr(given, "get")  # noqa: B009  form fields and query words alike
    words = {name: storable(str(get(name) or "")).strip()[:_LONGEST] for name in ("who", "verb", "kind", "number")}
    day = None
    try:
        day = date.fromisoformat(str(get("day") or ""))
    except ValueError:
        day = None
    if day and not 2000 <= day.year <= 2200:
        day = None
    for name in ("verb", "kind"):
        words[name] = words[name] if _CODE.fullmatch(words[name]) else ""
    return queries.Asked(**words, day=day, worker=_number(str(get("worker") or "")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _HIGHEST else None


def _page_of(event: AuditEvent) -> tuple[str, dict[str, int]] | None:
    found = audit_labels.PAGES.get(event.object_kind)
    if found is None or not event.object_id.isdigit():
        return None
    return found[0], {found[1]: int(event.object_id)}


def _csv(session: Session, region: str, rows: Sequence[AuditEvent]) -> str:
    names = queries.staff_named(session, region, rows)
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(["编号", "时间", "谁", "账号或来处", "做了什么", "动作", "对象", "对象编号", "地方"])
    for each in rows:
        sheet.writerow(
            _harmless(cell)
            for cell in (
                each.id, each.at.astimezone(TIMEZONE).isoformat(sep=" ", timespec="seconds"), audit_labels.actor(each, names),
                each.actor, audit_labels.sentence(each, names), each.verb, each.object_kind, each.object_id, each.region_code,
            )
        )  # fmt: skip
    return out.getvalue()


def _harmless(cell: object) -> str:
    """No cell is a formula to a table program (I9)."""
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@\t\r＝＋－＠" else text
