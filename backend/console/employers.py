"""Employers: who posts, whether somebody has looked at them, what was reported; and openings posted for them (E01, E02, P04)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_history, table
from backend.console.conversations import ID
from backend.console.guard import form, me, too_long
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.opening_form import TEXTS, as_form, hidden_in, read_facts, sentence
from backend.console.openings import told_history
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.posting import next_such_days
from backend.errors import Invalid, NotFound
from backend.services import review_transcript, staff_openings
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.models import Employer, Opening, Staff
from backend.store.queries import employers as queries
from backend.store.queries import openings_review
from backend.store.queries import review as review_queries
from backend.store.queries.ledger_history import done_to
from backend.store.queries.ledgers import merged_into

if TYPE_CHECKING:
    from backend.services.deps import Deps

OWN = ("employer_name", "employer_phone", "employer_kind", "source_kind", "employment_kind")
TICKS = ("urgent", "consent", "at_once", "negotiable")
FORM_NUMBER = "form_number"
MOST_PLACES = 400
COLUMNS = (
    table.Column("name", N_("用工方")),
    table.Column("kind", N_("哪一类")),
    table.Column("phone", N_("电话")),
    table.Column("place", N_("地方")),
    table.Column("openings", N_("岗位")),
    table.Column("new", N_("登记"), "new"),
)


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/employers")
    def employers() -> str:
        verified, sort = request.args.get("verified", ""), table.sort_asked(tuple(queries.SORTS))
        verified = verified if verified in ("yes", "no") else ""
        sieve = table.sieve_asked(me().region_code, "words", "place")
        wanted = {"yes": True, "no": False}.get(verified)
        with deps.db.read() as session:
            rows, after = queries.page(
                session, me().region_code, verified=wanted, sort=sort, after=request.args.get("after", ""), sieve=sieve
            )
        ids = [employer.id for employer, _, _ in rows]
        review_transcript.note_reading(deps, me(), "listed_employers", ids=ids, **sieve.facts)
        mask = Mask()
        rows = table.readable(
            rows, sieve,
            lambda row: f"{mask.employer(row[0])} {mask.phone(row[0].phone)} {deps.regions.full_name(row[0].region_code or '')}",
        )  # fmt: skip
        return render_template(
            "console/employers.html",
            list=table.Table(
                "console.employers",
                COLUMNS,
                rows,
                sorts=queries.SORTS,
                sort=sort,
                next=after,
                sieve=sieve,
                args={**({"verified": verified} if verified else {}), **sieve.args},
            ),
            verified=verified,
            places=deps.regions.villages_of(me().region_code),
            mask=mask,
            may_merge=may(me().role, "merge_entries"),
        )

    def show(employer_id: int, *, problem: str = "", reason: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            employer = queries.one(session, member.region_code, employer_id)
            if employer is None:
                raise NotFound("no such employer")
            openings = queries.openings_of(session, member.region_code, employer_id)
            complaints = queries.complaints(session, member.region_code, HOME_REGION, employer.name)
            others = review_queries.other_names(session, employer)
            done = done_to(session, "employers", employer_id)
            changes = ledger_history.lines(deps, session, member, "employers", employer_id, Mask(), changes_of=done)
            verifier = session.get(Staff, employer.verified_by) if employer.verified_by else None
        review_transcript.note_reading(deps, member, "read_employer", ids=[employer_id])
        return render_template(
            "console/employer.html",
            employer=employer,
            openings=openings,
            complaints=complaints,
            other_names=others,
            events=told_history(done, employer_id),
            changes=changes,
            verifier=verifier,
            mask=Mask(),
            problem=problem,
            reason=reason,
            may_post=may(member.role, "post_opening"),
            may_judge=may(member.role, "post_opening") and staff_openings.judges(member, employer),
            may_verify=may(member.role, "verify_employer") and staff_openings.judges(member, employer),
        )

    @bp.get(f"/employers/{ID.format('employer_id')}")
    def employer_page(employer_id: int) -> ResponseReturnValue:
        try:
            return show(employer_id)
        except NotFound:
            with deps.db.read() as session:
                leads_to = merged_into(session, "employers", employer_id)
                if leads_to is None or queries.one(session, me().region_code, leads_to) is None:
                    raise
            return redirect(url_for("console.employer_page", employer_id=leads_to), 303)

    @bp.post(f"/employers/{ID.format('employer_id')}/verify")
    def verify_employer(employer_id: int) -> ResponseReturnValue:
        given = form("reason", "verified")
        try:
            staff_openings.verify(deps, me(), employer_id, given["verified"] == "yes", given["reason"])
        except Invalid as problem:
            told = too_long(problem) or gettext("写明怎么核实的，或者为什么收回。")
            return show(employer_id, problem=told, reason=given["reason"]), 422
        flash(gettext("记下了。"), "done")
        return redirect(url_for("console.employer_page", employer_id=employer_id), 303)

    @bp.post(f"/employers/{ID.format('employer_id')}/kind")
    def set_employer_kind(employer_id: int) -> ResponseReturnValue:
        given = form("kind")
        staff_openings.set_kind(deps, me(), employer_id, given["kind"])
        flash(gettext("记下了。"), "done")
        return redirect(url_for("console.employer_page", employer_id=employer_id), 303)

    @bp.post(f"/employers/{ID.format('employer_id')}/number")
    def set_employer_number(employer_id: int) -> ResponseReturnValue:
        given = form("employer_phone")
        try:
            staff_openings.set_number(deps, me(), employer_id, given["employer_phone"])
        except Invalid:
            return show(employer_id, problem=_sentence("employer_phone")), 422
        flash(gettext("记下了。"), "done")
        return redirect(url_for("console.employer_page", employer_id=employer_id), 303)

    # -- posting for an employer ---------------------------------------------------------------------------------------
    def blank(facts: dict[str, str], employer: Employer | None, *, problem: str = "", wrong: dict[str, str] | None = None,
              repeats: int | None = None) -> str:  # fmt: skip
        return render_template(
            "console/opening_new.html",
            facts=facts,
            employer=employer,
            repeats=repeats,
            problem=problem,
            wrong=wrong or {},
            places=places_within(deps, me().region_code, facts.get("region_code", "")),
            mask=Mask(),
        )

    @bp.get("/openings/new")
    def new_opening() -> str:
        """An empty form, or the last posting once more (`?like=`), or for a known employer (`?employer=`)."""
        today = deps.clock().astimezone(TIMEZONE).date()
        facts: dict[str, str] = {"starts_on": "", "ends_on": "", "headcount": ""}
        with deps.db.read() as session:
            like = _number(request.args.get("like"))
            before = openings_review.one(session, me().region_code, like) if like else None
            chosen = _number(request.args.get("employer"))
            employer = before.employer if before else queries.one(session, me().region_code, chosen) if chosen else None
        if before is not None:
            first, last = next_such_days(before.starts_on, before.ends_on, today)
            unseen = dict.fromkeys(hidden_in(before, Mask()), "")
            facts = {**as_form(before), **unseen, "starts_on": first.isoformat(), "ends_on": last.isoformat(),
                     "source_kind": before.source_kind, "employment_kind": before.employment_kind}  # fmt: skip
        if employer is not None:
            review_transcript.note_reading(deps, me(), "read_employer", ids=[employer.id])
        return blank(facts, employer, repeats=before.id if before else None)

    @bp.post("/openings/new")
    def post_opening() -> ResponseReturnValue:
        given = form("repeats", "employer", *OWN, *TEXTS, optional=(*TICKS, FORM_NUMBER))
        member, chosen, like = me(), _number(given["employer"]), _number(given["repeats"])
        with deps.db.read() as session:
            employer = queries.standing(session, member.region_code, chosen) if chosen else None
            before = openings_review.one(session, member.region_code, like) if like else None
        try:
            opening = staff_openings.post(
                deps,
                member,
                read_facts(given),
                {"id": employer.id} if employer else {"name": given["employer_name"], "phone": given["employer_phone"],
                                                     "kind": given["employer_kind"]},
                consent=given.get("consent") == "yes",
                at_once=given.get("at_once") == "yes",
                more=_more(given, before),
                form_number=given.get(FORM_NUMBER, ""),
            )  # fmt: skip
        except Invalid as problem:
            wrong = {_FORM_NAME.get(name, name): _sentence(name) for name in problem.fields}
            page = blank(given, employer, problem=gettext("有几处填得不对，请改一改。"), wrong=wrong, repeats=like)
            return page, 422
        out = opening.status == "published"
        flash(gettext("发布了，一个工作日内复核。") if out else gettext("登记好了，在等审核。"), "done")
        return redirect(url_for("console.opening", opening_id=opening.id), 303)


def _more(given: dict[str, str], before: Opening | None) -> dict[str, Any]:
    if given["source_kind"] not in staff_openings.SOURCES or given["employment_kind"] not in staff_openings.EMPLOYMENT:
        raise Invalid("unknown kind", {"source_kind": "unknown"})
    return {
        "urgent": given.get("urgent") == "yes",
        "source_kind": given["source_kind"],
        "employment_kind": given["employment_kind"],
        "repeats_id": before.id if before else None,
    }


_FORM_NAME = {"pay_min_fen": "pay_min", "pay_max_fen": "pay_max", "pay": "pay_min", "region": "region_code",
              "hours.from": "hours_from", "hours.to": "hours_to", "employer.name": "employer_name"}  # fmt: skip


def _sentence(name: str) -> str:
    return {
        "employer_name": gettext("写明用工方叫什么，两个字以上。"),
        "employer.name": gettext("写明用工方叫什么，两个字以上。"),
        "employer_phone": gettext("电话要写全，比如13开头的11位手机号，或者带区号的座机。"),
        "employer_kind": gettext("请选一类。"),
        "consent": gettext("要用工方同意才能登记。"),
        "pay": gettext("工价要大于0，最多一百万元，上限不能低于下限。"),
        "headcount": gettext("人数要在1到500之间。"),
        "ends_on": gettext("最后一天不能早于第一天，不能已经过了，也不能太远。"),
        "region": gettext("这个地方不在您的辖区。"),
    }.get(name) or sentence(_FORM_NAME.get(name, name))


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else None


def places_within(deps: Deps, staff_region: str, chosen: str) -> list[tuple[str, str]]:
    """The villages of the own region, town by town; the chosen place first where it is none of them."""
    towns = (
        [staff_region[:9]] if len(staff_region) >= 9 else [code for code, _ in deps.regions.towns_of(staff_region[:6])]
    )
    places = [
        (code, f"{deps.regions.name(town)} {name}" if len(towns) > 1 else name)
        for town in towns
        for code, name in deps.regions.villages_of(town)
        if may_see(staff_region, code)
    ][:MOST_PLACES]
    if chosen and chosen not in {code for code, _ in places} and may_see(staff_region, chosen):
        places.insert(0, (chosen, deps.regions.full_name(chosen) or chosen))
    if staff_region not in {code for code, _ in places}:
        places.append((staff_region, deps.regions.name(staff_region)))
    return places
