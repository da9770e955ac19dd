"""A card's history as staff read it: who, when, from what to what, by which words; and the way back for a day (W15, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import labels, ledger_labels
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import job_name, label
from backend.console.text import Mask, day, yuan
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict
from backend.services import ledger_history as service
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.queries import ledger_history as queries
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.services.staff_login import Member

PAGES = {
    "workers": ("console.worker", "worker_id"),
    "employers": ("console.employer_page", "employer_id"),
    "openings": ("console.opening", "opening_id"),
    "stations": ("console.station", "station_id"),
}
_TABLES: dict[str, Any] = {
    "gender": labels.VALUES["gender"],
    "pay_unit": labels.UNITS,
    "settlement": labels.SETTLEMENTS,
    "day_parts": labels.DAY_PARTS,
    "term": labels.VALUES["term"],
    "benefits": labels.VALUES["benefit"],
    "skill_level": ledger_labels.SKILLS,
    "employment_status": ledger_labels.EMPLOYMENT,
    "job_willingness": ledger_labels.WILLINGNESS,
    "preferred_channel": ledger_labels.CHANNELS,
    "service_needs": ledger_labels.NEEDS,
    "status": ledger_labels.WORKER_STATUS,
    "kind": {**labels.EMPLOYER_KINDS, **words.STATION_KINDS},
}
_HIDDEN = {"title": "text", "place": "text", "requirements": "text", "address": "text"}


@dataclass(frozen=True)
class Line:
    """`changes`: (field, was, became) in words. `event_id`: what to take back, None where it cannot be."""

    at: datetime
    who: str
    what: str
    changes: Sequence[tuple[str, str, str]]
    turn: tuple[int, int] | None
    event_id: int | None
    undone: bool


def lines(
    deps: Deps,
    session: Session,
    member: Member,
    kind: str,
    object_id: int,
    mask: Mask,
    *,
    changes_of: Sequence[queries.Event] | None = None,
) -> list[Line]:
    """The latest of a card's history; values hidden as on the card itself. `changes_of`: what was done to it, where a page
    has that read already and shows of the latest only what they changed."""
    events = queries.done_to(session, kind, object_id, queries.SHOWN) if changes_of is None else changes_of
    entries = queries.entries(session, member.region_code, HOME_REGION, kind, events[: queries.SHOWN])
    officers = {
        int(value) for entry in entries for each in entry.changes if each.field == "officer_id"
        for value in (each.was, each.became) if value
    }  # fmt: skip
    names = names_of(session, officers)
    since = deps.clock() - TAKE_BACK_WITHIN
    told = []
    for entry in entries:
        if changes_of is not None and not entry.changes:
            continue
        undone = any(each.undone_at for each in entry.changes)
        back = bool(entry.changes) and not undone and entry.event.at >= since
        mine = all(each.object_id == object_id for each in entry.changes)
        told.append(
            Line(
                at=entry.event.at,
                who=entry.who or gettext("本人或系统"),
                what=label(words.EVENTS, entry.event.verb) if entry.event.verb in words.EVENTS
                else label(labels.OPENING_EVENTS, entry.event.verb),
                changes=[
                    (
                        label(words.FIELDS | words.FIELDS_OF.get(kind, {}), each.field),
                        value_told(deps, each.field, each.was, mask, names),
                        value_told(deps, each.field, each.became, mask, names),
                    )
                    for each in entry.changes
                ],
                turn=entry.turn,
                event_id=entry.event.id if back and mine else None,
                undone=undone,
            )
        )  # fmt: skip
    return told


def household(deps: Deps, session: Session, member: Member, household_id: int) -> list[Line]:
    """Who came into a household and who left it: by their number of the ledger, for a name is hidden."""
    told = []
    events = queries.done_to(session, "households", household_id, queries.SHOWN)
    for entry in queries.entries(session, member.region_code, HOME_REGION, "households", events):
        facts = entry.event.facts
        who = facts.get("worker") or facts.get("other")
        told.append(
            Line(
                at=entry.event.at,
                who=entry.who or gettext("本人或系统"),
                what=f"{label(words.EVENTS, entry.event.verb)} {who or ''}".strip(),
                changes=(),
                turn=None,
                event_id=None,
                undone=False,
            )
        )
    return told


def value_told(deps: Deps, field: str, value: Any, mask: Mask, names: dict[int, str]) -> str:
    """A stored value as the card shows it."""
    if value is None or value in ("", []):
        return gettext("没有")
    if field == "name":
        return mask.name(str(value))
    if field in ("phone", "hotline"):
        return mask.phone(str(value))
    if field in _HIDDEN:
        return mask.text(str(value))
    if field in ("village_code", "region_code"):
        return deps.regions.name(str(value)) or str(value)
    if field == "officer_id":
        return names.get(int(value), "")
    if field in ("job_types", "job_type"):
        return "、".join(job_name(code) for code in (value if isinstance(value, list) else [value]))
    if field in ("pay_min_fen", "pay_max_fen"):
        return gettext("%(amount)s元", amount=yuan(int(value)))
    if field in _TABLES:
        codes = value if isinstance(value, list) else [value]
        return "、".join(label(_TABLES[field], code) for code in codes)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if field == "waiting_since":
        return day(datetime.fromisoformat(str(value)).astimezone(TIMEZONE).date())
    if field.endswith(("_on", "available_from", "available_to")):
        return day(date.fromisoformat(str(value)))
    if isinstance(value, list):
        return "、".join(" – ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return str(value)


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.post(
        f"/<any(workers, employers, openings, stations):kind>/{ID.format('object_id')}/history/{ID.format('event_id')}"
    )
    def take_back(kind: str, object_id: int, event_id: int) -> ResponseReturnValue:
        form()
        try:
            service.take_back(deps, me(), kind, object_id, event_id)
        except Conflict as problem:
            flash(
                {
                    "changed_since": gettext("后来又有人改过这一项，撤不回去了。请直接改。"),
                    "too_late": gettext("过了一天，或者已经撤过，撤不回去了。请直接改。"),
                    "places_taken": gettext("已经有人要来，日子、钟点、村子、工种撤不回去。"),
                }.get(problem.reason, gettext("撤不回去，请直接改。")),
                "problem",
            )
        else:
            flash(gettext("撤回了。"), "done")
        endpoint, argument = PAGES[kind]
        return redirect(url_for(endpoint, _anchor="history", **{argument: object_id}), 303)  # type: ignore[arg-type]
