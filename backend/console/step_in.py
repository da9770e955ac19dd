"""Stepping in beside a conversation: hand it over, note, ring back, close (DESIGN §3.8, §3.12)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import masks, step_in_labels
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import label
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Invalid, NotFound
from backend.services import assign, close_conversation, hand_over, notes, review_transcript, staff_call, take_over
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Case, Conversation, Message
from backend.store.queries import cases as case_queries
from backend.store.queries import conversations, stepping_in
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

_ID = "<int(max=2147483647):conversation_id>"
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{8,40}", re.ASCII)


def context(
    deps: Deps,
    session: Session,
    member: Member,
    conversation: Conversation,
    *,
    mask: Mask,
    cases: Sequence[Case],
    turns: Sequence[Message] | None = None,
) -> dict[str, Any]:
    """What the `step_in_*.html` need beside a conversation the reader may see, under one name: `{"step": {...}}`.

    `mask` and `cases`: of the conversation; `turns`: all there are, from whoever has read them anyway. To whom it could be
    handed over is read for those who may do that.
    """
    region = conversation.region_code or HOME_REGION
    acts = may(member.role, "reply")
    deeds = stepping_in.deeds(session, conversation.id)
    written, closing, call = deeds.notes, deeds.closing, deeds.call
    people = names_of(
        session,
        {conversation.taken_by, conversation.assigned_to_staff}
        | {deed.staff_id for deed in (*written, closing, call) if deed is not None}
        | {note.to_staff for note in written},
    )
    teams = stepping_in.teams_by_id(session, {conversation.assigned_to_team, *(note.to_team for note in written)})
    reaching = stepping_in.teams_for(session, region) if acts else []
    colleagues = stepping_in.colleagues(session, region, member.id, deps.clock()) if acts else []
    may_undo = closing is not None and deps.clock() - closing.at <= TAKE_BACK_WITHIN
    return {
        "step": {
            "words": step_in_labels,
            "taken_by": people.get(conversation.taken_by or 0, ""),
            "staff": people,
            "team_names": {id_: team.name for id_, team in teams.items()},
            "of_a_team": stepping_in.is_at_work(session, conversation.assigned_to_team),
            "for_my_team": take_over.waits_for_my_team(session, member, conversation),
            "colleagues": colleagues,
            "teams": reaching,
            "there": stepping_in.at_their_desks(session, reaching, colleagues, deps.clock()),
            "suggested": assign.suggested(session, conversation, cases, reaching, turns),
            "holding": hand_over.holding(conversation),
            "notes": [note for note in written if note.body or note.kind == "handover"],
            "handover": next((note for note in written if note.kind == "handover"), None),
            "closing": closing,
            "may_undo": may_undo and conversation.closed_at is not None,
            "call": call,
            "own_phone": member.phone,
            "station_phone": deps.regions.station_for(member.region_code)["hotline"],
            "open_cases": [case for case in cases if case.status != "closed"],
            "longest_note": notes.LONGEST,
            "longest_reply": take_over.LONGEST_REPLY,
            # A note is written by staff about somebody whose name and number they know: masked like what was said.
            "note_mask": mask,
            "form_id": lambda: secrets.token_hex(8),
        }
    }


def register(bp: Blueprint, deps: Deps) -> None:
    def back(conversation_id: int, anchor: str = "step-in") -> ResponseReturnValue:
        return redirect(url_for("console.conversation", conversation_id=conversation_id, _anchor=anchor), 303)

    def again(conversation_id: int, where: str, problem: str, status: int) -> ResponseReturnValue:
        """The forms of stepping in on a page of their own, with what was typed in them and what stands in the way."""
        with deps.db.write() as session:
            conversation = conversations.one(session, me().region_code, HOME_REGION, conversation_id)
            if conversation is None:
                raise NotFound("no such conversation")
            review_transcript.note_opening(deps, session, me(), conversation)
            mask = masks.of_conversation(deps, session, me(), conversation)
            cases = case_queries.of_conversation(session, conversation.id)
            shown = context(deps, session, me(), conversation, mask=mask, cases=cases)
        typed = {name: request.form[name] for name in request.form if name != "csrf_token"}
        page = render_template(
            "console/step_in_page.html", **shown, conversation=conversation, mask=mask, typed=typed, where=where,
            wrong=problem,
        )  # fmt: skip
        return page, status

    @bp.post(f"/conversations/{_ID}/note")
    def note_conversation(conversation_id: int) -> ResponseReturnValue:
        given = form("body", "form_id")
        try:
            notes.add(deps, me(), conversation_id, given["body"], _form_id(given))
        except Invalid as problem:
            return again(conversation_id, "note", note_problem(problem, given["body"]), 422)
        flash(gettext("备注记下了。"), "done")
        return back(conversation_id, "notes")

    @bp.post(f"/conversations/{_ID}/hand-over")
    def hand_over_conversation(conversation_id: int) -> ResponseReturnValue:
        given = form("to", "comment", "seen", "form_id")
        try:
            name = hand_over.conversation(
                deps, me(), conversation_id, to=given["to"], comment=given["comment"], seen=given["seen"],
                form_id=_form_id(given),
            )  # fmt: skip
        except Invalid as problem:
            return again(conversation_id, "hand_over", handover_problem(problem, given["comment"]), 422)
        except Conflict as conflict:
            return again(conversation_id, "hand_over", moved(conflict), 409)
        flash(gettext("转给%(name)s了。", name=name), "done")
        return back(conversation_id)

    @bp.post(f"/conversations/{_ID}/ring")
    def ring_back(conversation_id: int) -> ResponseReturnValue:
        given = form("phone", "form_id", optional=("close_case",))
        try:
            staff_call.ring(
                deps, me(), conversation_id, phone=given["phone"], close_case="close_case" in given,
                form_id=_form_id(given),
            )  # fmt: skip
        except Invalid:
            words = gettext("没有可以响的电话。先到“我的账号”写下您的电话，再打。")
            return again(conversation_id, "ring", words, 422)
        except Conflict as conflict:
            return again(conversation_id, "ring", label(step_in_labels.RING_REFUSED, conflict.reason), 409)
        flash(gettext("热线马上响您的电话。接起来按1，就给您接通对方；对方看到的是热线的号码。"), "done")
        return back(conversation_id)

    @bp.post(f"/conversations/{_ID}/close")
    def close_the_conversation(conversation_id: int) -> ResponseReturnValue:
        named = tuple(name for name in request.form if re.fullmatch(r"case_[1-9][0-9]{0,8}", name, re.ASCII))
        given = form("reason", "words", optional=named[:100])
        cases = {int(name.removeprefix("case_")): given[name] for name in named if name in given}
        try:
            close_conversation.close(
                deps, me(), conversation_id, reason=given["reason"], words=given["words"], cases=cases
            )
        except Invalid as problem:
            return again(conversation_id, "close", closing_problem(problem), 422)
        except Conflict as conflict:
            words = (
                gettext("%(name)s已经把这段对话办结了。", name=conflict.facts.get("by") or gettext("同事"))
                if conflict.reason == "shut"
                else gettext("里面有一件事是同事在办，不能由您办结：请选“留着”，或者先和同事说好。")
            )
            return again(conversation_id, "close", words, 409)
        flash(gettext("这段对话办结了。一天以内可以撤回；对方再来短信、电话，会自己打开。"), "done")
        return back(conversation_id)

    @bp.post(f"/conversations/{_ID}/undo-close")
    def undo_closing(conversation_id: int) -> ResponseReturnValue:
        form()
        try:
            close_conversation.undo(deps, me(), conversation_id)
        except Conflict as conflict:
            words = {
                "late": gettext("办结超过一天了，不能撤回。对方再来短信、电话，会自己打开。"),
                "not_shut": gettext("这段对话已经是打开的。"),
            }
            return again(conversation_id, "close", words.get(conflict.reason, ""), 409)
        flash(gettext("撤回了，和办结以前一样。"), "done")
        return back(conversation_id)


def _form_id(given: dict[str, str]) -> str:
    """The form's one-use id; a form that carries none of ours counts as new."""
    return given["form_id"] if _FORM_ID.fullmatch(given["form_id"]) else secrets.token_hex(8)


def note_problem(problem: Invalid, typed: str) -> str:
    if problem.fields.get("body") == "too_long":
        return gettext(
            "太长了：一条备注最多%(most)s个字，现在有%(count)s个字。写的都还在下面，分成几条或者写短一点再存。",
            most=notes.LONGEST,
            count=len(typed.strip()),
        )
    return gettext("还没有写内容。")


def handover_problem(problem: Invalid, comment: str) -> str:
    if "body" in problem.fields:
        return note_problem(problem, comment)
    if problem.fields.get("to") == "same":
        return gettext("已经是这个人在管了。请另选一个。")
    return gettext("请选转给哪个同事或者哪个班组。")


def moved(conflict: Conflict) -> str:
    """Somebody was quicker: who has it now; what was typed is still there."""
    if conflict.reason == "closed":
        return gettext("这件事已经办结了。")
    by = conflict.facts.get("by")
    if by:
        return gettext("您看的时候，%(name)s已经接过去了。您写的还在下面；要是还想转，再点一次。", name=by)
    return gettext("您看的时候，同事把它放回去了，现在没有人在管。您写的还在下面；要是还想转，再点一次。")


def closing_problem(problem: Invalid) -> str:
    if "cases" in problem.fields:
        return gettext("里面还有没办完的事：每一件都要选，一起办结，还是留着。")
    if problem.fields.get("words") == "too_long":
        return gettext("太长了，最多%(count)s个字。", count=close_conversation.LONGEST_WORDS)
    if "words" in problem.fields:
        return gettext("选了“别的”，请写一句是为什么。")
    return gettext("请选一个办结的原因。")
