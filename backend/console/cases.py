"""Cases: what a person has to answer, with the words or the recording; take, reply, write a name, close."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import labels, masks, step_in, step_in_labels
from backend.console.conversations import ID, reply_problem, wav
from backend.console.guard import conflict_sentence, form, me, too_long
from backend.console.i18n import gettext
from backend.domain.access import may, may_see
from backend.errors import Conflict, Invalid, NotFound
from backend.services import hand_over, handle_case, review_transcript, take_over
from backend.services.regions import HOME_REGION
from backend.store.queries import cases as queries
from backend.store.queries import cases_room, stepping_in
from backend.store.queries import conversations as conversation_queries
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

LAST_TURNS = 12


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/cases")
    def cases() -> str:
        member, now = me(), deps.clock()
        asked = _filters(member.region_code, deps)
        after = request.args.get("after", "")
        with deps.db.read() as session:
            mine = stepping_in.teams_of(session, member.id)
            about: dict[str, Any] = {"me": member.id, "teams": mine, "now": now}
            rows, following = cases_room.page(session, member.region_code, HOME_REGION, asked, after=after, **about)
            counts = {
                status: cases_room.count(
                    session, member.region_code, HOME_REGION, replace(asked, status=status), **about
                )
                for status in labels.CASE_STATUS
            }
            masks_of = masks.of_listed_cases(session, [row.case for row in rows])
        review_transcript.note_reading(deps, member, "listed_cases", ids=[row.case.id for row in rows])
        return render_template(
            "console/cases.html",
            rows=rows,
            following=following,
            first=not after,
            asked=asked,
            args=_args(asked),
            places=_places(member.region_code, deps),
            counts={status: str(many) if many < cases_room.COUNTED else "99+" for status, many in counts.items()},
            masks=masks_of,
        )

    def show(
        case_id: int, *, draft: str = "", problem: str = "", resolution: str = "", name: str = "", passing: str = ""
    ) -> str:
        member = me()
        with deps.db.write() as session:
            case = queries.one(session, member.region_code, HOME_REGION, case_id)
            if case is None:
                raise NotFound("no such case")
            review_transcript.note_opening(deps, session, member, case)
            # The conversation may lie elsewhere by now (the person has moved): then the case stands alone.
            conversation = (
                conversation_queries.one(session, member.region_code, HOME_REGION, case.conversation_id)
                if case.conversation_id
                else None
            )
            turns = conversation_queries.turns(session, conversation.id, LAST_TURNS) if conversation else []
            words = queries.words(session, case)
            person = queries.person_of(session, case)
            handset = queries.handset_of(session, case)
            mask = masks.of_case(deps, session, member, case, conversation)
            staff = names_of(session, {case.taken_by, case.closed_by})
            region = case.region_code or HOME_REGION
            passes_on = may(member.role, "take_case") and case.status != "closed"
            team = stepping_in.teams_by_id(session, {case.assigned_to_team}).get(case.assigned_to_team or 0)
            teams = stepping_in.teams_for(session, region) if passes_on else []
            colleagues = stepping_in.colleagues(session, region, member.id, deps.clock()) if passes_on else []
            passing_on = {
                "teams": teams,
                "there": stepping_in.at_their_desks(session, teams, colleagues, deps.clock()),
                "colleagues": colleagues,
                "holding": hand_over.holding(case),
                "team": team.name if team else None,
            }
        return render_template(
            "console/case.html",
            case=case,
            conversation=conversation,
            turns=turns,
            mask=mask,
            words=words,
            person=person,
            handset=handset,
            staff=staff,
            draft=draft,
            problem=problem,
            resolution=resolution,
            name=name,
            passing_on=passing_on,
            passing=passing,
            typed=request.form if passing else {},
            words_of=step_in_labels,
            form_id=secrets.token_hex(8),
            longest=take_over.LONGEST_REPLY,
        )

    def go_on(case_id: int) -> ResponseReturnValue:
        return redirect(url_for("console.case", case_id=case_id), 303)

    @bp.get(f"/cases/{ID.format('case_id')}")
    def case(case_id: int) -> str:
        return show(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/take")
    def take_case(case_id: int) -> ResponseReturnValue:
        form()
        handle_case.take(deps, me(), case_id)
        flash(gettext("这件事归您办了。"), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/release")
    def release_case(case_id: int) -> ResponseReturnValue:
        form()
        handle_case.release(deps, me(), case_id)
        flash(gettext("已放回待办。"), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/reply")
    def reply_to_case(case_id: int) -> ResponseReturnValue:
        """Text the person: the case is taken, the line goes silent in that conversation and says so."""
        given = form("text", "form_id")
        with deps.db.read() as session:
            found = queries.one(session, me().region_code, HOME_REGION, case_id)
        if found is None or found.conversation_id is None:
            raise NotFound("no conversation to reply in")
        try:
            handle_case.take(deps, me(), case_id)
            take_over.reply(deps, me(), found.conversation_id, given["text"], given["form_id"][:40])
        except Invalid as problem:
            return show(case_id, draft=given["text"], problem=reply_problem(problem)), 422
        except Conflict as conflict:
            return show(case_id, draft=given["text"], problem=conflict_sentence(conflict)), 409
        flash(gettext("短信已排队发出。机器不再回话，等您交还。"), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/close")
    def close_case(case_id: int) -> ResponseReturnValue:
        given = form("resolution")
        try:
            handle_case.close(deps, me(), case_id, given["resolution"])
        except Invalid as problem:
            told = too_long(problem) or gettext("请写一句：这件事是怎么办的。")
            return show(case_id, problem=told, resolution=given["resolution"]), 422
        except Conflict as conflict:
            # A colleague was quicker: what was written is still there.
            return show(case_id, problem=conflict_sentence(conflict), resolution=given["resolution"]), 409
        flash(gettext("已办结。"), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/pass-on")
    def pass_on_case(case_id: int) -> ResponseReturnValue:
        given = form("to", "comment", "seen")
        try:
            name = handle_case.pass_on(
                deps, me(), case_id, to=given["to"], comment=given["comment"], seen=given["seen"]
            )
        except Invalid as problem:
            return show(case_id, passing=step_in.handover_problem(problem, given["comment"])), 422
        except Conflict as conflict:
            return show(case_id, passing=step_in.moved(conflict)), 409
        flash(gettext("转给%(name)s了。", name=name), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/name")
    def write_name(case_id: int) -> ResponseReturnValue:
        given = form("name")
        try:
            handle_case.write_name(deps, me(), case_id, given["name"])
        except Invalid:
            words = gettext("名字要两个字以上，只能写字。听不清就先打回去问。")
            return show(case_id, name=given["name"], problem=words), 422
        flash(gettext("名字已写下，这件事办结了。"), "done")
        return go_on(case_id)

    @bp.post(f"/cases/{ID.format('case_id')}/reveal")
    def reveal_case(case_id: int) -> ResponseReturnValue:
        given = form("field", "reason")
        review_transcript.reveal(deps, me(), "cases", case_id, given["field"], given["reason"])
        return go_on(case_id)

    @bp.get(f"/cases/{ID.format('case_id')}/recording")
    def case_recording(case_id: int) -> ResponseReturnValue:
        return wav(review_transcript.recording(deps, me(), "cases", case_id))


def _filters(region: str, deps: Deps) -> cases_room.Filters:
    """What the address asks for; nonsense, and a place that is not the reader's, counts as not asked."""
    status, kind = request.args.get("status", "open"), request.args.get("kind", "")
    priority, place = request.args.get("priority", ""), request.args.get("place", "")
    return cases_room.Filters(
        status=status if status in labels.CASE_STATUS else "open",
        kind=kind if kind in labels.CASES else "",
        priority=int(priority) if priority in ("1", "2", "3") else 0,
        place=place if deps.regions.knows(place) and may_see(region, place) else "",
        mine=request.args.get("who") == "mine",
        late=request.args.get("late") == "yes",
    )


def _args(asked: cases_room.Filters) -> dict[str, str]:
    """The same filters as an address carries them."""
    found = {
        "kind": asked.kind,
        "priority": str(asked.priority or ""),
        "place": asked.place,
        "who": "mine" if asked.mine else "",
        "late": "yes" if asked.late else "",
    }
    return {name: value for name, value in found.items() if value}


def _places(region: str, deps: Deps) -> list[tuple[str, str]]:
    """The divisions right below the reader's own, to look at one of them alone."""
    return deps.regions.villages_of(region) if deps.regions.level(region) != "village" else []
