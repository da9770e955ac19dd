"""Conversations as CSV: one row each as the inbox lists them, or one row per turn of one (Chatwoot #15243).

Masked as on the page. A file leaves the house, so a reason is asked and written down with what was taken.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backend.console import inbox, masks
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import CASES, ENTITIES, HANDLED_BY, INTENTS, MESSAGE_STATUS, label
from backend.console.review_labels import EXPORT_REASONS
from backend.console.text import Mask
from backend.domain import search_words
from backend.domain.access import may
from backend.domain.ledger_cells import guarded
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import audit, review_transcript
from backend.services.correct_turn import reading_of
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Message
from backend.store.queries import conversations as conversation_queries
from backend.store.queries import corrections as queries
from backend.store.queries import inbox as inbox_queries
from backend.store.queries.inbox_asked import Asked, Row
from backend.store.queries.stepping_in import teams_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

MOST_ROWS = 5000  # conversations of one file, MOST_TURNS of one conversation
MOST_TURNS = 2000
ID = "<int(max=2147483647):conversation_id>"


def register(bp: Blueprint, deps: Deps) -> None:
    def allowed() -> Member:
        member = me()
        if not may(member.role, "reveal"):
            raise Forbidden("this role takes no transcripts out")
        return member

    def ask(problem: str = "", conversation_id: int | None = None, status: int = 200) -> ResponseReturnValue:
        filters = request.query_string.decode("ascii", "replace")
        action, back = (
            (url_for(f"console.{page}", conversation_id=conversation_id) for page in ("turns_file", "conversation"))
            if conversation_id
            else (f"{url_for(f'console.{page}')}?{filters}" for page in ("conversations_file", "conversations"))
        )
        page = render_template(
            "console/export.html", action=action, reasons=EXPORT_REASONS, problem=problem, most=MOST_ROWS,
            conversation_id=conversation_id, back=back,
        )  # fmt: skip
        return page, status

    def reason() -> str:
        given = form("reason")["reason"]
        if given not in EXPORT_REASONS:
            raise Invalid("a reason is needed", {"reason": "needed"})
        return given

    @bp.get("/conversations.csv")
    def ask_conversations_file() -> ResponseReturnValue:
        allowed()
        return ask()

    @bp.post("/conversations.csv")
    def conversations_file() -> ResponseReturnValue:
        """One row per conversation, with the filters of the inbox's address."""
        member = allowed()
        try:
            why = reason()
        except Invalid:
            return ask(gettext("请选原因。"), status=422)
        choice = inbox._choice(member.region_code)
        search = search_words.read(choice.words)
        with deps.db.read() as session:
            hands = (f"staff:{member.id}", *(f"team:{team}" for team in teams_of(session, member.id)))
        asked = Asked.of(
            choice.area or member.region_code,
            search=search,
            shows=inbox._marks(choice),
            hands=hands if "mine" in choice.shows else (),
            unread_by=member.id if "unread" in choice.shows else None,
            last4=choice.last4,
            sees=review_transcript.findable(member.role),
        )
        review_transcript.note_reading(
            deps, member, "exported_conversations", reason=why, area=asked.area, shows=sorted(asked.shows)
        )
        return _file("conversations.csv", _conversations(deps, member, asked))

    @bp.get(f"/conversations/{ID}/turns.csv")
    def ask_turns_file(conversation_id: int) -> ResponseReturnValue:
        _readable(deps, allowed(), conversation_id)
        return ask(conversation_id=conversation_id)

    @bp.post(f"/conversations/{ID}/turns.csv")
    def turns_file(conversation_id: int) -> ResponseReturnValue:
        """One row per turn of one conversation."""
        member = allowed()
        _readable(deps, member, conversation_id)
        try:
            why = reason()
        except Invalid:
            return ask(gettext("请选原因。"), conversation_id, 422)
        with deps.db.write() as session:
            conversation = conversation_queries.one(session, member.region_code, HOME_REGION, conversation_id)
            if conversation is None:
                raise NotFound("no such conversation")
            audit.write(session, deps.clock(), member.actor, "exported", conversation, reason=why)
            turns = queries.turns(session, conversation_id, limit=MOST_TURNS).shown
            mask = masks.of_conversation(deps, session, member, conversation)
            rows = [_turn_row(turn, mask) for turn in turns]
        return _file(f"conversation-{conversation_id}.csv", [_turn_head(), *rows])


def _readable(deps: Deps, member: Member, conversation_id: int) -> None:
    with deps.db.read() as session:
        if conversation_queries.one(session, member.region_code, HOME_REGION, conversation_id) is None:
            raise NotFound("no such conversation")


def _conversations(deps: Deps, member: Member, asked: Asked) -> Iterator[list[str]]:
    yield [
        gettext("编号"), gettext("号码"), gettext("哪里人"), gettext("开始"), gettext("最后"), gettext("渠道"),
        gettext("来的句数"), gettext("回的句数"), gettext("想做什么"), gettext("最拿不准"), gettext("改过几句"), gettext("没核对几句"),
        gettext("待办"), gettext("谁在回话"), gettext("最后一句"),
    ]  # fmt: skip
    written = 0
    while written < MOST_ROWS:
        # A page at a time, each read by itself: nothing is held open while a slow line takes the file.
        with deps.db.read() as session:
            page = inbox_queries.page(session, asked, member.id)
            facts = queries.sums(session, [row.id for row in page.rows])
            rows = [_row(deps, session, row, facts[row.id]) for row in page.rows]
        yield from rows
        written += len(rows)
        if not page.next:
            return
        asked = replace(asked, after=page.next)


def _row(deps: Deps, session: Session, row: Row, facts: queries.Sums) -> list[str]:
    mask = inbox.list_mask(row)
    return [
        str(row.id),
        mask.phone(row.number),
        deps.regions.full_name(row.region_code) if row.region_code else "",
        _time(facts.first_at),
        _time(row.last_at),
        " ".join(gettext("电话") if one == "voice" else gettext("短信") for one in sorted(facts.channels)),
        str(facts.inbound),
        str(facts.outbound),
        " ".join(label(INTENTS, one) for one in facts.intents),
        "" if facts.lowest is None else f"{facts.lowest:.2f}",
        str(facts.corrected),
        str(facts.unreviewed),
        " ".join(label(CASES, one) for one in facts.cases),
        row.taken_by_name or "",
        mask.said(row.last) if row.last else "",
    ]


def _turn_head() -> list[str]:
    return [
        gettext("编号"), gettext("时间"), gettext("渠道"), gettext("谁说的"), gettext("原话"), gettext("收拾成"), gettext("意思"),
        gettext("把握"), gettext("改成"), gettext("听出的"), gettext("按键"), gettext("状态"), gettext("怎么办的"),
    ]  # fmt: skip


def _turn_row(turn: Message, mask: Mask) -> list[str]:
    mine = turn.direction == "outbound"
    reading = reading_of(turn)
    who = gettext("对方") if not mine else gettext("工作人员") if turn.handled_by == "staff" else gettext("机器")
    values = [f"{label(ENTITIES, one['entity'])}={mask.entity(one['entity'], one.get('value', one.get('text')))}"
              for one in ([] if mine else reading.entities)]  # fmt: skip
    return [
        str(turn.id),
        _time(turn.created_at),
        gettext("电话") if turn.channel == "voice" else gettext("短信"),
        who,
        mask.said(turn),
        "" if mine or turn.normalized_text is None else mask.text(reading.text, reading.entities),
        label(INTENTS, turn.intent),
        "" if turn.confidence is None else f"{turn.confidence:.2f}",
        label(INTENTS, (turn.corrected or {}).get("intent")),
        " ".join(values),
        # Keys may be a birth year, an age or a number.
        "" if not turn.keys else turn.keys if len(turn.keys) <= 2 or "phone" in mask.shown else "*" * len(turn.keys),
        label(MESSAGE_STATUS, turn.status),
        label(HANDLED_BY, turn.handled_by),
    ]


def _time(moment: Any) -> str:
    return moment.astimezone(TIMEZONE).strftime("%Y-%m-%d %H:%M") if moment else ""


def _file(name: str, rows: Iterable[list[str]]) -> Response:
    """Rows as RFC 4180, no cell a formula (I9); a mark in front so that Excel reads it as UTF-8."""
    given = iter(rows)
    head = next(given)  # words are translated here, while the request lasts

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        yield "\ufeff"
        for row in chain([head], given):
            writer.writerow([guarded(cell.replace("\x00", "")) for cell in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    answer = Response(stream_with_context(lines()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
