"""Openings: what waits for review, its eight facts and what to look at; put right, publish or send back (P04–P07)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import labels, ledger_history, ledgerwork_labels, table
from backend.console.conversations import ID
from backend.console.guard import conflict_sentence, form, me
from backend.console.i18n import gettext
from backend.console.text import Mask, yuan
from backend.domain import review
from backend.domain.access import may, may_see
from backend.domain.case_rules import after_working_days
from backend.domain.ledgers import LONGEST_TEXT, MOST_PEOPLE
from backend.errors import Conflict, Invalid, NotFound
from backend.services import review_opening, review_transcript, staff_openings
from backend.services.post_opening import posting_of
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Opening
from backend.store.queries import employers as employer_queries
from backend.store.queries import openings_review as queries
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

TRI = {"yes": True, "no": False, "": None}
TEXTS = (
    "title",
    "job_type",
    "headcount",
    "region_code",
    "place",
    "starts_on",
    "ends_on",
    "hours_from",
    "hours_to",
    "pay_min",
    "pay_max",
    "pay_unit",
    "settlement",
    "requirements",
    "meals",
    "lodging",
    "transport",
    "insured",
)
COLUMNS = (
    table.Column("title", labels.N_("岗位"), "waits"),
    table.Column("place", labels.N_("务工地点")),
    table.Column("days", labels.N_("哪几天"), "starts"),
    table.Column("pay", labels.N_("工价")),
    table.Column("people", labels.N_("人数")),
    table.Column("employer", labels.N_("用工方")),
    table.Column("new", labels.N_("收到"), "new"),
    table.Column("updated", labels.N_("最近更新"), "updated"),
)
# What can be done to many of a state at once.
BULK_ON = {"in_review": ("publish", "reject", "extend"), "published": ("extend",), "filled": ("extend",)}
FREE = ("title", "place", "requirements")  # of these, what people wrote in their own words


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/openings")
    def openings() -> str:
        status, flagged = request.args.get("status", "in_review"), request.args.get("flagged") == "yes"
        status = status if status in (*queries.TABS, queries.TO_LOOK_AT) else "in_review"
        sort = table.sort_asked(queries.sorts_of(status))
        with deps.db.read() as session:
            rows, after = queries.page(
                session,
                me().region_code,
                status=status,
                sort=sort,
                after=request.args.get("after", ""),
                flagged=flagged,
            )
            counts = queries.by_status(session, me().region_code)
        review_transcript.note_reading(deps, me(), "listed_openings", ids=[opening.id for opening in rows])
        return render_template(
            "console/openings.html",
            rows=rows,
            list=table.Table(
                "console.openings", COLUMNS, rows, sort=sort, next=after,
                args={"status": status, **({"flagged": "yes"} if flagged else {})},
                pick="openings" if may(me().role, "review_opening") and status in BULK_ON else "",
            ),
            acts={act: words for act, words in ledgerwork_labels.BULK_OPENINGS.items() if act in BULK_ON.get(status, ())},
            status=status,
            flagged=flagged,
            counts={code: table.capped(count) for code, count in counts.items()},
            mask=Mask(),
            tabs=queries.TABS,
            may_post=may(me().role, "post_opening"),
        )  # fmt: skip

    def show(
        opening_id: int,
        *,
        problem: str = "",
        reason: str = "",
        facts: dict[str, str] | None = None,
        wrong: dict[str, str] | None = None,
    ) -> str:
        member = me()
        with deps.db.write() as session:
            opening = queries.one(session, member.region_code, opening_id)
            if opening is None:
                raise NotFound("no such opening")
            review_transcript.note_opening(deps, session, member, opening)
            shown = review_transcript.revealed(deps, session, member, opening)
            reviewer = names_of(session, [opening.reviewed_by]).get(opening.reviewed_by or 0)
            posting = posting_of(session, deps.regions, opening)
            events = told_history(session, "openings", opening.id)
            before, following = queries.beside(session, member.region_code, opening)
            similar = queries.alike(session, member.region_code, opening)
            changes = ledger_history.lines(
                deps, session, member, "openings", opening.id, Mask(shown), only_changes=True
            )
        hidden = hidden_in(opening, Mask(shown))
        return render_template(
            "console/opening.html",
            opening=opening,
            mask=Mask(shown),
            reviewer=reviewer,
            problem=problem,
            reason=reason,
            facts={**(facts or as_form(opening)), **hidden},
            hidden=hidden,
            wrong=wrong or {},
            editing=facts is not None,
            places=_places(deps, member.region_code, opening.region_code),
            today=deps.clock().astimezone(TIMEZONE).date(),
            may_review=may(member.role, "review_opening"),
            seen=_seen(opening, posting),
            usual=posting.usual and {
                "median_fen": round(posting.usual.median_fen), "count": posting.usual.count,
                "place": deps.regions.name(posting.usual.region),
            },
            review_due=_review_due(deps, opening),
            events=events,
            changes=changes,
            before=before if opening.status == "in_review" else None,
            following=following if opening.status == "in_review" else None,
            similar=similar,
        )  # fmt: skip

    @bp.get(f"/openings/{ID.format('opening_id')}")
    def opening(opening_id: int) -> str:
        return show(opening_id)

    @bp.post(f"/openings/{ID.format('opening_id')}/review")
    def review(opening_id: int) -> ResponseReturnValue:
        given = form("decision", optional=("reason", "ground", "checked"))
        if given["decision"] not in review_opening.DECISIONS:
            abort(400)
        reason = given.get("reason", "")
        with deps.db.read() as session:
            found = queries.one(session, me().region_code, opening_id)
        if found is None:
            raise NotFound("no such opening")
        if given["decision"] == "publish" and found.review_flags and given.get("checked") != "yes":
            return show(opening_id, problem=gettext("有要留心的地方：核实过，打上勾，再发布。"), reason=reason), 422
        try:
            review_opening.review(deps, me(), opening_id, given["decision"], reason, ground=given.get("ground", ""))
        except Invalid:
            sent_back = given["decision"] == "reject"
            told = (
                gettext("退回要选个原因，或者写一句，好让用工方知道怎么改。")
                if sent_back
                else gettext("有要留心的地方：写一句怎么核实的。")
            )
            return show(opening_id, problem=told, reason=reason), 422
        except Conflict as problem:
            if problem.reason != "days_gone":
                raise
            return show(opening_id, problem=conflict_sentence(problem), reason=reason), 409
        published = given["decision"] == "publish"
        flash(gettext("已发布，找活的人能听到了。") if published else gettext("已退回。"), "done")
        return redirect(url_for("console.openings"), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/edit")
    def edit_opening(opening_id: int) -> ResponseReturnValue:
        given = form("version", *(name for name in TEXTS if name not in FREE), optional=("negotiable", *FREE))
        version = given.pop("version")
        with deps.db.read() as session:
            found = queries.one(session, me().region_code, opening_id)
        if found is not None:
            given = {**{name: as_form(found)[name] for name in FREE}, **given}
        out = found is not None and found.status in ("published", "filled")
        try:
            if out:
                staff_openings.change(deps, me(), opening_id, version, read_facts(given))
            else:
                review_opening.edit(deps, me(), opening_id, version, read_facts(given))
        except Conflict as problem:
            if problem.reason not in ("places_taken", "changed"):
                raise
            return show(opening_id, problem=conflict_sentence(problem), facts=given), 409
        except Invalid as problem:
            wrong = {_FORM_NAME.get(name, name): sentence(name) for name in problem.fields}
            return show(opening_id, problem=gettext("有几处填得不对，请改一改。"), facts=given, wrong=wrong), 422
        flash(gettext("改好了。") if out else gettext("改好了。看过没问题就可以发布。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/review-after")
    def review_after(opening_id: int) -> ResponseReturnValue:
        given = form("decision", optional=("reason", "ground"))
        if given["decision"] not in review_opening.DECISIONS:
            abort(400)
        try:
            review_opening.review_after(
                deps,
                me(),
                opening_id,
                given["decision"],
                given.get("reason", ""),
                ground=given.get("ground", ""),
            )
        except Invalid:
            sent_back = given["decision"] == "reject"
            told = (
                gettext("下架要选个原因，或者写一句，好让用工方知道怎么改。")
                if sent_back
                else gettext("有要留心的地方：写一句怎么核实的。")
            )
            return show(opening_id, problem=told), 422
        kept = given["decision"] == "publish"
        flash(gettext("复核过了。") if kept else gettext("已下架。会发短信告诉报过的人，夜里的早上发。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/close")
    def close_opening(opening_id: int) -> ResponseReturnValue:
        given = form("how", "reason")
        try:
            staff_openings.close(deps, me(), opening_id, given["how"], given["reason"])
        except Invalid:
            return show(opening_id, problem=gettext("停招要写原因。")), 422
        flash(gettext("停招了。会发短信告诉该知道的人，夜里的早上发。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/reveal")
    def reveal_opening(opening_id: int) -> ResponseReturnValue:
        given = form("field", "reason")
        review_transcript.reveal(deps, me(), "openings", opening_id, given["field"], given["reason"])
        return redirect(url_for("console.opening", opening_id=opening_id), 303)


def _seen(opening: Opening, posting: review.Posting) -> list[review.Finding]:
    """What was written down for the reviewer and what the rules see now, with the words that raise it."""
    now = {found.flag: found for found in review.findings(posting)}
    flags = dict.fromkeys((*(opening.review_flags or ()), *(now if opening.status == "in_review" else ())))
    return [now.get(flag) or review.Finding(flag) for flag in flags]


def _review_due(deps: Deps, opening: Opening) -> datetime | None:
    """By when what is out already has to be looked at: within a working day (P04)."""
    if opening.published_at is None:
        return None
    return after_working_days(opening.published_at, 1, deps.regions.station_for(opening.region_code)["closes_at"])


def told_history(session: Session, kind: str, object_id: int) -> list[dict[str, Any]]:
    """What was done, by whom and why: `{at, verb, who, reason, flags}`, oldest first."""
    events = employer_queries.history(session, kind, object_id)
    ids = {int(event.actor.removeprefix("staff:")) for event in events if event.actor.startswith("staff:")}
    names = names_of(session, ids)
    who = {"handset": gettext("老板自己"), "api": gettext("别的系统"), "scheduler": gettext("系统")}

    def actor(event: AuditEvent) -> str:
        first, _, number = event.actor.partition(":")
        return names.get(int(number), "") if first == "staff" else str(who.get(first, first))

    return [
        {"at": event.at, "verb": event.verb, "who": actor(event), "reason": event.facts.get("reason"),
         "flags": event.facts.get("flags") or []}
        for event in events
    ]  # fmt: skip


def as_form(opening: Opening) -> dict[str, str]:
    """An opening's facts as the texts of its form; money in yuan."""
    facts = {name: getattr(opening, name, None) for name in TEXTS}
    texts = {name: "" if value is None else str(value) for name, value in facts.items()}
    texts.update({name: {True: "yes", False: "no", None: ""}[facts[name]] for name in _TRIPLE})
    texts |= {"pay_min": yuan(opening.pay_min_fen), "pay_max": yuan(opening.pay_max_fen)}
    return texts | ({"negotiable": "yes"} if opening.negotiable else {})


def hidden_in(opening: Opening, mask: Mask) -> dict[str, str]:
    """What people wrote freely and the reader does not see in full, as it is seen; such a field is left as it is stored."""
    texts = {name: str(getattr(opening, name) or "") for name in FREE}
    return {name: mask.text(text) for name, text in texts.items() if mask.text(text) != text}


def read_facts(texts: dict[str, str]) -> dict[str, Any]:
    """The form's texts as column values; raises `Invalid` with the columns that cannot be read."""
    wrong: dict[str, str] = {}

    def read(name: str, parse: Any) -> Any:
        try:
            return parse(texts[name].strip())
        except (ValueError, KeyError):
            wrong[_COLUMN.get(name, name)] = "unreadable"
            return None

    facts = {
        "title": read("title", lambda text: _short(text, 60)),
        "job_type": read("job_type", lambda text: _one_of(text, labels.job_types())),
        "headcount": read("headcount", lambda text: _between(int(text), 1, MOST_PEOPLE)),
        "region_code": read("region_code", lambda text: _matching(text, r"[0-9]{6,12}")),
        "place": read("place", lambda text: _short(text, 100)),
        "starts_on": read("starts_on", date.fromisoformat),
        "ends_on": read("ends_on", date.fromisoformat),
        "hours_from": read("hours_from", _clock),
        "hours_to": read("hours_to", _clock),
        "pay_min_fen": read("pay_min", _fen),
        "pay_max_fen": read("pay_max", _fen),
        "pay_unit": read("pay_unit", lambda text: _one_of(text, labels.UNITS) if text else None),
        "settlement": read("settlement", lambda text: _one_of(text, labels.SETTLEMENTS) if text else None),
        "requirements": read("requirements", lambda text: _short(text, LONGEST_TEXT)),
        **{name: read(name, TRI.__getitem__) for name in _TRIPLE},
        "negotiable": texts.get("negotiable") == "yes",
    }
    if wrong:
        raise Invalid("some facts cannot be read", wrong)
    return facts


_TRIPLE = ("meals", "lodging", "transport", "insured")
_COLUMN = {"pay_min": "pay_min_fen", "pay_max": "pay_max_fen"}
_FORM_NAME = {"pay_min_fen": "pay_min", "pay_max_fen": "pay_max", "pay": "pay_min", "region": "region_code",
              "hours.from": "hours_from", "hours.to": "hours_to"}  # fmt: skip


def sentence(name: str) -> str:
    return {
        "title": gettext("写明是什么活。"),
        "headcount": gettext("人数要在1到500之间，不能少于已经要来的人。"),
        "region_code": gettext("这个地方不在您的辖区。"),
        "starts_on": gettext("请选开始的日子，不能早过一年。"),
        "ends_on": gettext("最后一天不能早于第一天，不能已经过了，也不能太远。"),
        "hours_from": gettext("钟点写成07:30这样。"),
        "hours_to": gettext("钟点写成07:30这样。"),
        "pay": gettext("工价要大于0，最多一百万元，上限不能低于下限。"),
        "requirements": gettext("务工要求最多200个字。"),
        "pay_min_fen": gettext("工价写成元，比如120。"),
        "pay_max_fen": gettext("工价写成元，上限不能低于下限。"),
        "pay_max": gettext("工价写成元，上限不能低于下限。"),
    }.get(name, gettext("请看看这一项。"))


def _places(deps: Deps, staff_region: str, chosen: str) -> list[tuple[str, str]]:
    """Villages of the opening's town that lie in the region of the member of staff, and the place as it is."""
    town = chosen[:9] if len(chosen) >= 9 else ""
    near = (
        [(code, name) for code, name in deps.regions.villages_of(town) if may_see(staff_region, code)] if town else []
    )
    known = {code for code, _ in near}
    head = [] if chosen in known else [(chosen, deps.regions.full_name(chosen) or chosen)]
    return head + near


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError("too long")
    return text


def _between(number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise ValueError("out of range")
    return number


def _one_of(text: str, known: Any) -> str:
    if text not in known:
        raise ValueError("unknown")
    return text


def _matching(text: str, pattern: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError("does not match")
    return text


def _clock(text: str) -> str | None:
    return _matching(text, r"(?:[01][0-9]|2[0-3]):[0-5][0-9]") if text else None


def _fen(text: str) -> int | None:
    """Yuan as typed, with at most two decimals → fen."""
    if not text:
        return None
    whole, _, part = _matching(text, r"[0-9]{1,6}(?:\.[0-9]{1,2})?").partition(".")
    return int(whole) * 100 + int((part + "00")[:2])
