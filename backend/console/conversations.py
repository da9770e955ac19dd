"""Conversations: the list, one of them across SMS and calls, taking over and replying (L22, DESIGN §3.9, §3.12)."""

from __future__ import annotations

import re
import secrets
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import correcting, ledger_labels, masks, step_in, turn_view
from backend.console.guard import conflict_sentence, form, me
from backend.console.i18n import gettext
from backend.errors import Conflict, Invalid, NotFound
from backend.services import audit, inbox_reads, review_transcript, take_over
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Conversation
from backend.store.queries import cases as case_queries
from backend.store.queries import conversations as queries
from backend.store.queries import corrections

if TYPE_CHECKING:
    from backend.services.deps import Deps

_ID = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
ID = "<int(max=2147483647):{}>"  # a larger number is no id of ours; the databases would refuse it with an error


def register(bp: Blueprint, deps: Deps) -> None:
    def show(conversation_id: int, *, draft: str = "", problem: str = "") -> str:
        member, now = me(), deps.clock()
        before, printing = request.args.get("before", ""), "print" in request.args
        with deps.db.write() as session:
            conversation = queries.one(session, member.region_code, HOME_REGION, conversation_id)
            if conversation is None:
                raise NotFound("no such conversation")
            review_transcript.note_opening(deps, session, member, conversation)
            inbox_reads.seen(session, member, conversation_id)
            if printing:
                audit.write(session, now, member.actor, "printed", conversation)
            page = read_page(deps, session, member, conversation, int(before) if _ID.fullmatch(before) else None)
            notes = corrections.notes_of(session, conversation_id) if printing else []
        return render_template(
            "console/conversation.html",
            **page,
            **correcting.offered(page["mask"]),
            labels_of_offers=ledger_labels.OFFER_STATUS,
            notes=notes,
            draft=draft,
            problem=problem,
            form_id=secrets.token_hex(8),
            longest=take_over.LONGEST_REPLY,
            printing=printing,
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
        except Conflict as conflict:
            # A colleague was quicker: who it is stands on the page, and what was written is still there (C5).
            return show(conversation_id, draft=given["text"], problem=conflict_sentence(conflict)), 409
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

    @bp.get(f"/turns/{ID.format('message_id')}/recording")
    def turn_recording(message_id: int) -> ResponseReturnValue:
        return wav(review_transcript.recording(deps, me(), "messages", message_id))


def wav(sound: bytes) -> ResponseReturnValue:
    """A recording, streamed by us: the carrier's address and its login never reach a browser (T7)."""
    return send_file(BytesIO(sound), mimetype="audio/wav", download_name="recording.wav", conditional=True, etag=False)


def read_page(
    deps: Deps, session: Session, member: Member, conversation: Conversation, before: int | None
) -> dict[str, Any]:
    """What stands on the page of one conversation: its latest turns, older than `before`, and what lies beside them."""
    turns = corrections.turns(session, conversation.id, before=before)
    ids = [turn.id for turn in turns.shown]
    all_turns = turns.shown if turns.is_all else None
    mask = masks.of_conversation(deps, session, member, conversation, all_turns)
    linked = case_queries.of_conversation(session, conversation.id)
    known = corrections.on_number(session, member.region_code, HOME_REGION, conversation)
    others = corrections.others_of_number(session, member.region_code, HOME_REGION, conversation)
    return {
        "conversation": conversation,
        "turns": turn_view.shown(
            turns.shown,
            mask,
            corrections.of_turns(session, turns.shown),
            corrections.deliveries(session, ids),
            corrections.calls_of(session, turns.shown),
            deps.clock(),
        ),
        "earlier": ids[0] if turns.earlier else None,
        "newest": before is None,
        "unreviewed": turns.unreviewed,
        "mask": mask,
        "known": known,
        "offers": corrections.offers_of(session, [worker.id for worker in known.cards]),
        "linked": linked,
        "others": others,
        **step_in.context(deps, session, member, conversation, mask=mask, cases=linked, turns=all_turns),
    }


def reply_problem(problem: Invalid) -> str:
    return {
        "empty": gettext("还没有写内容。"),
        "too_long": gettext("太长了。最多两条短信，请写短一点。"),
        "link": gettext("短信里不能放网址。"),
    }.get(problem.fields.get("text", ""), gettext("这段文字发不了，请改一改。"))
