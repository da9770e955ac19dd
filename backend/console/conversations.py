"""Conversations: the list, one of them across SMS and calls, taking over and replying (L22, DESIGN §3.9, §3.12)."""

from __future__ import annotations

import re
import secrets
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import labels
from backend.console.guard import form, me, page_number
from backend.console.i18n import gettext
from backend.console.text import Mask, names_in
from backend.errors import Invalid, NotFound
from backend.services import review_transcript, take_over
from backend.services.regions import HOME_REGION
from backend.store.models import Conversation, Message, Staff
from backend.store.queries import cases as case_queries
from backend.store.queries import conversations as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

ID = "<int(max=2147483647):{}>"  # a larger number is no id of ours; the databases would refuse it with an error


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/conversations")
    def conversations() -> str:
        number, waiting = page_number(), request.args.get("show") == "waiting"
        asked = request.args.get("number", "")
        last4 = asked if re.fullmatch(r"[0-9]{4}", asked) else ""
        with deps.db.read() as session:
            rows, more = queries.page(
                session, me().region_code, HOME_REGION, last4=last4, waiting=waiting, number=number
            )
            masks = {row.id: _list_mask(session, row.id, row.last) for row in rows}
            waiting_count = queries.count_waiting(session, me().region_code, HOME_REGION)
        review_transcript.note_reading(
            deps, me(), "searched_conversations" if last4 else "listed_conversations", ids=[row.id for row in rows]
        )
        return render_template(
            "console/conversations.html",
            rows=rows,
            more=more,
            number=number,
            waiting=waiting,
            asked=asked,
            last4=last4,
            masks=masks,
            waiting_count=waiting_count,
        )

    def show(conversation_id: int, *, draft: str = "", problem: str = "") -> str:
        member = me()
        with deps.db.write() as session:
            conversation = queries.one(session, member.region_code, HOME_REGION, conversation_id)
            if conversation is None:
                raise NotFound("no such conversation")
            review_transcript.note_opening(deps, session, member, conversation)
            turns = queries.turns(session, conversation_id)
            mask = mask_for(deps, session, conversation, turns)
            taken_by_name = _name_of(session, conversation.taken_by)
            linked = case_queries.of_conversation(session, conversation_id)
            people = queries.people(session, conversation)
        return render_template(
            "console/conversation.html",
            conversation=conversation,
            turns=turns,
            mask=mask,
            people=people,
            taken_by_name=taken_by_name,
            linked=linked,
            draft=draft,
            problem=problem,
            form_id=secrets.token_hex(8),
            longest=take_over.LONGEST_REPLY,
        )

    @bp.get(f"/conversations/{ID.format('conversation_id')}")
    def conversation(conversation_id: int) -> str:
        return show(conversation_id)

    @bp.post(f"/conversations/{ID.format('conversation_id')}/take")
    def take_conversation(conversation_id: int) -> ResponseReturnValue:
        form()
        take_over.take_over(deps, me(), conversation_id)
        flash(gettext("您接手了。机器不再回话，对方已收到短信告知。"), "done")
        return redirect(url_for("console.conversation", conversation_id=conversation_id, _anchor="reply"), 303)

    @bp.post(f"/conversations/{ID.format('conversation_id')}/reply")
    def reply(conversation_id: int) -> ResponseReturnValue:
        given = form("text", "form_id")
        try:
            take_over.reply(deps, me(), conversation_id, given["text"], given["form_id"][:40])
        except Invalid as problem:
            return show(conversation_id, draft=given["text"], problem=reply_problem(problem)), 422
        flash(gettext("短信已排队发出。"), "done")
        return redirect(url_for("console.conversation", conversation_id=conversation_id, _anchor="reply"), 303)

    @bp.post(f"/conversations/{ID.format('conversation_id')}/hand-back")
    def hand_back(conversation_id: int) -> ResponseReturnValue:
        form()
        take_over.hand_back(deps, me(), conversation_id)
        flash(gettext("已交还给机器，对方已收到短信告知。"), "done")
        return redirect(url_for("console.conversation", conversation_id=conversation_id), 303)

    @bp.post(f"/conversations/{ID.format('conversation_id')}/reveal")
    def reveal(conversation_id: int) -> ResponseReturnValue:
        given = form("field", "reason")
        review_transcript.reveal(deps, me(), "conversations", conversation_id, given["field"], given["reason"])
        return redirect(url_for("console.conversation", conversation_id=conversation_id), 303)

    @bp.post(f"/turns/{ID.format('message_id')}/correct")
    def correct(message_id: int) -> ResponseReturnValue:
        given = form("intent")
        conversation_id = review_transcript.correct_intent(
            deps, me(), message_id, given["intent"], frozenset(labels.INTENTS) - {"nlu_fallback"}
        )
        flash(gettext("改正已记下。"), "done")
        return redirect(
            url_for("console.conversation", conversation_id=conversation_id, _anchor=f"turn-{message_id}"), 303
        )

    @bp.get(f"/turns/{ID.format('message_id')}/recording")
    def turn_recording(message_id: int) -> ResponseReturnValue:
        return wav(review_transcript.recording(deps, me(), "messages", message_id))


def wav(sound: bytes) -> ResponseReturnValue:
    """A recording, streamed by us: the carrier's address and its login never reach a browser (T7)."""
    return send_file(BytesIO(sound), mimetype="audio/wav", download_name="recording.wav", conditional=True, etag=False)


def mask_for(deps: Deps, session: Session, conversation: Conversation, turns: list[Message]) -> Mask:
    """What this reader sees of a conversation: what they revealed in the last ten minutes, and the rest hidden."""
    names = names_in(turns, queries.people(session, conversation))
    return Mask(review_transcript.revealed(deps, session, me(), conversation), names)


def reply_problem(problem: Invalid) -> str:
    return {
        "empty": gettext("还没有写内容。"),
        "too_long": gettext("太长了。最多两条短信，请写短一点。"),
        "link": gettext("短信里不能放网址。"),
    }.get(problem.fields.get("text", ""), gettext("这段文字发不了，请改一改。"))


def _list_mask(session: Session, conversation_id: int, last: Message | None) -> Mask:
    """Hide the names known on the number in the one line of the list; a list reveals nothing."""
    conversation = session.get(Conversation, conversation_id)
    people = queries.people(session, conversation) if conversation else []
    return Mask(frozenset(), names_in([last] if last else [], people))


def _name_of(session: Session, staff_id: int | None) -> str:
    staff = session.get(Staff, staff_id) if staff_id else None
    return staff.name if staff else ""
