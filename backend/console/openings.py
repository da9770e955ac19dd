"""Openings: what waits for review, its eight facts and what to look at; put right, publish or send back (P04–P07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import labels, ledger_history, ledgerwork_labels, table
from backend.console.conversations import ID
from backend.console.guard import conflict_sentence, form, me, too_long
from backend.console.i18n import gettext
from backend.console.opening_form import FORM_NAME, FREE, TEXTS, as_form, hidden_in, read_facts, sentence
from backend.console.text import Mask
from backend.domain import lexicon, review
from backend.domain.access import may, may_see
from backend.domain.case_rules import after_working_days
from backend.errors import Conflict, Invalid, NotFound
from backend.services import review_opening, review_transcript, staff_openings
from backend.services.post_opening import posting_of, usual_of
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Opening
from backend.store.queries import openings_review as queries
from backend.store.queries.ledger_history import Event, done_to
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

COLUMNS = (
    table.Column("title", labels.N_("岗位")),
    table.Column("place", labels.N_("务工地点")),
    table.Column("days", labels.N_("哪几天"), "starts"),
    table.Column("pay", labels.N_("工价")),
    table.Column("people", labels.N_("人数")),
    table.Column("employer", labels.N_("用工方")),
    table.Column("new", labels.N_("收到"), "new"),
    table.Column("updated", labels.N_("最近更新"), "updated"),
)
WAITS = table.Column("waits", labels.N_("该先看的在前"), "waits")  # no column tells of it
# What can be done to many of a state at once.
BULK_ON = {"in_review": ("publish", "reject", "extend"), "published": ("extend",), "filled": ("extend",)}


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/openings")
    def openings() -> str:
        status, flagged = request.args.get("status", "in_review"), request.args.get("flagged") == "yes"
        status = status if status in (*queries.TABS, queries.TO_LOOK_AT) else "in_review"
        sorts = queries.sorts_of(status)
        sort = table.sort_asked(sorts)
        sieve = table.sieve_asked(me().region_code, "words", "place", "trade", "day")
        with deps.db.read() as session:
            rows, after = queries.page(
                session,
                me().region_code,
                status=status,
                sort=sort,
                after=request.args.get("after", ""),
                flagged=flagged,
                sieve=sieve,
            )
            counts = queries.by_status(session, me().region_code)
        review_transcript.note_reading(
            deps, me(), "listed_openings", ids=[opening.id for opening in rows], **sieve.facts
        )
        rows = table.readable(rows, sieve, lambda opening: shown_of(deps, opening))
        return render_template(
            "console/openings.html",
            rows=rows,
            list=table.Table(
                "console.openings", COLUMNS, rows, sort=sort, next=after, sieve=sieve,
                sorts={name: queries.SORTS[name] for name in sorts}, orders=(WAITS,) if "waits" in sorts else (),
                args={"status": status, **({"flagged": "yes"} if flagged else {}), **sieve.args},
                pick="openings" if may(me().role, "review_opening") and status in BULK_ON else "",
            ),
            acts={act: words for act, words in ledgerwork_labels.BULK_OPENINGS.items() if act in BULK_ON.get(status, ())},
            status=status,
            flagged=flagged,
            places=deps.regions.villages_of(me().region_code),
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
        closing: str = "",
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
            waits = opening.status == "in_review"
            # What the rules see in it is looked up where it is told; the pay that is usual always is.
            posting = posting_of(session, deps.regions, opening) if waits or opening.review_flags else None
            usual = posting.usual if posting else usual_of(session, deps.regions, opening)
            done = done_to(session, "openings", opening.id)
            before, following = queries.beside(session, member.region_code, opening) if waits else (None, None)
            similar = queries.alike(session, member.region_code, opening)
            changes = ledger_history.lines(deps, session, member, "openings", opening.id, Mask(shown), changes_of=done)
        hidden = hidden_in(opening, Mask(shown))
        return render_template(
            "console/opening.html",
            opening=opening,
            mask=Mask(shown),
            reviewer=reviewer,
            problem=problem,
            reason=reason,
            closing=closing,
            facts={**(facts or as_form(opening)), **hidden},
            hidden=hidden,
            wrong=wrong or {},
            editing=facts is not None,
            places=_places(deps, member.region_code, opening.region_code),
            today=deps.clock().astimezone(TIMEZONE).date(),
            may_review=may(member.role, "review_opening"),
            seen=_seen(opening, posting) if posting else [],
            usual=usual and {
                "median_fen": round(usual.median_fen), "count": usual.count, "place": deps.regions.name(usual.region),
            },
            review_due=_review_due(deps, opening),
            events=told_history(done, opening.id),
            changes=changes,
            before=before,
            following=following,
            similar=similar,
        )  # fmt: skip

    def to_next(decided: Opening) -> ResponseReturnValue:
        """The one that stood behind it in the queue, else the one before it, else the empty queue."""
        with deps.db.read() as session:
            before, following = queries.beside(session, me().region_code, decided)
        if (other := following or before) is None:
            return redirect(url_for("console.openings"), 303)
        return redirect(url_for("console.opening", opening_id=other), 303)

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
        except Invalid as problem:
            sent_back = given["decision"] == "reject"
            told = too_long(problem) or (
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
        return to_next(found)

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
            wrong = {FORM_NAME.get(name, name): sentence(name) for name in problem.fields}
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
        except Invalid as problem:
            sent_back = given["decision"] == "reject"
            told = too_long(problem) or (
                gettext("下架要选个原因，或者写一句，好让用工方知道怎么改。")
                if sent_back
                else gettext("有要留心的地方：写一句怎么核实的。")
            )
            return show(opening_id, problem=told, reason=given.get("reason", "")), 422
        kept = given["decision"] == "publish"
        flash(gettext("复核过了。") if kept else gettext("已下架。会发短信告诉报过的人，夜里的早上发。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/close")
    def close_opening(opening_id: int) -> ResponseReturnValue:
        given = form("how", "reason")
        try:
            staff_openings.close(deps, me(), opening_id, given["how"], given["reason"])
        except Invalid as problem:
            return show(
                opening_id, problem=too_long(problem) or gettext("停招要写原因。"), closing=given["reason"]
            ), 422
        flash(gettext("停招了。会发短信告诉该知道的人，夜里的早上发。"), "done")
        return redirect(url_for("console.opening", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/reveal")
    def reveal_opening(opening_id: int) -> ResponseReturnValue:
        given = form("field", "reason")
        review_transcript.reveal(deps, me(), "openings", opening_id, given["field"], given["reason"])
        return redirect(url_for("console.opening", opening_id=opening_id), 303)


def shown_of(deps: Deps, opening: Opening) -> str:
    """What the list shows of an opening."""
    mask = Mask()
    place = f"{deps.regions.full_name(opening.region_code)} {mask.text(opening.place)}"
    work = f"{mask.text(opening.title)} {lexicon.job_name(opening.job_type)} {lexicon.job_name(opening.job_type, 'en')}"
    return f"{place} {work} {mask.employer(opening.employer)}"


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


def told_history(events: Sequence[Event], object_id: int) -> list[dict[str, Any]]:
    """What was done to this entry itself, by whom and why: `{at, verb, who, reason, flags}`, oldest first."""
    who = {"handset": gettext("老板自己"), "api": gettext("别的系统"), "scheduler": gettext("系统")}

    def actor(event: AuditEvent, name: str | None) -> str:
        first, _, _ = event.actor.partition(":")
        return name or "" if first == "staff" else str(who.get(first, first))

    return [
        {"at": event.at, "verb": event.verb, "who": actor(event, name), "reason": event.facts.get("reason"),
         "flags": event.facts.get("flags") or []}
        for event, name in reversed(events)
        if event.object_id == str(object_id)
    ]  # fmt: skip


def _places(deps: Deps, staff_region: str, chosen: str) -> list[tuple[str, str]]:
    """Villages of the opening's town that lie in the region of the member of staff, and the place as it is."""
    town = chosen[:9] if len(chosen) >= 9 else ""
    near = (
        [(code, name) for code, name in deps.regions.villages_of(town) if may_see(staff_region, code)] if town else []
    )
    known = {code for code, _ in near}
    head = [] if chosen in known else [(chosen, deps.regions.full_name(chosen) or chosen)]
    return head + near
