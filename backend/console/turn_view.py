"""Turns as the conversation page shows them: words cut at what is marked and hidden, days, calls, how a text arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from backend.console.i18n import gettext
from backend.console.labels import MESSAGE_STATUS, label
from backend.console.review_labels import CALL_ENDS, NOT_ARRIVED, NOT_SENT
from backend.console.text import Mask, when
from backend.domain import marked
from backend.domain.inbox import has_words
from backend.domain.marked import Piece
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.services.correct_turn import Reading, reading_of, version_of
from backend.settings import TIMEZONE
from backend.store.models import Call, Correction, Message, OutboxRow, Receipt


@dataclass
class Shown:
    """One turn. `said`: what came; `understood`: the words it was put right to, where they are others.

    The marks stand in `understood` where there is one, else in `said`.
    """

    message: Message
    said: list[Piece]
    understood: list[Piece] = field(default_factory=list)
    reading: Reading | None = None
    version: int = 0
    correction: Correction | None = None
    corrected_by: str = ""
    undo: bool = False
    to_review: bool = False
    arrived: str = ""
    late: bool = False  # did not arrive
    prompts: list[tuple[str, str]] = field(default_factory=list)  # (id, what it says)
    day: date | None = None  # a new day begins with it
    call: Call | None = None  # a call begins with it
    call_words: str = ""
    call_over: str = ""  # the call ends after it: how

    @property
    def unlooked(self) -> bool:
        """It counts as still to be looked at: a pressed key can be put right, but was hardly misheard."""
        return self.to_review and self.message.reviewed_at is None and has_words(self.message.body or "")


def shown(
    turns: list[Message],
    mask: Mask,
    corrections: dict[int, tuple[Correction, str]],
    deliveries: dict[int, tuple[OutboxRow, Receipt | None]],
    calls: dict[int, Call],
    now: datetime,
) -> list[Shown]:
    """The turns in order, each with what stands above and below it."""
    found: list[Shown] = []
    for turn in turns:
        one = _turn(turn, mask)
        if turn.id in corrections:
            one.correction, one.corrected_by = corrections[turn.id]
            one.version = version_of(one.correction)
            one.undo = one.correction.at > now - TAKE_BACK_WITHIN
        if turn.id in deliveries:
            one.arrived, one.late = _arrived(turn, *deliveries[turn.id], now)
        on = turn.created_at.astimezone(TIMEZONE).date()
        if not found or found[-1].message.created_at.astimezone(TIMEZONE).date() != on:
            one.day = on
        if (
            turn.call_id in calls
            and (not found or found[-1].message.call_id != turn.call_id)
            and turn.channel == "voice"
        ):
            one.call = calls[turn.call_id]
            one.call_words = _begun(one.call)
        found.append(one)
    for one, following in zip(found, [*found[1:], None], strict=False):
        call = calls.get(one.message.call_id or 0)
        if call is None or one.message.channel != "voice":
            continue
        if following is None or following.message.call_id != call.id or following.message.channel != "voice":
            one.call_over = _ended(call)
    return found


def _turn(turn: Message, mask: Mask) -> Shown:
    body = turn.body or ""
    if turn.direction == "outbound":
        lines = body.split("\n")
        amounts = marked.hides_amounts(turn)
        prompts = [
            (str(id_), marked.masked(lines[at], mask.hidden(lines[at], amounts=amounts)))
            for at, id_ in enumerate(turn.prompts or [])
            if id_ and at < len(lines)
        ]
        return Shown(turn, _cut(body, mask, [], amounts=amounts), prompts=prompts)
    reading, (said, entities) = reading_of(turn), marked.as_shown(turn)
    words = bool(turn.intent or turn.entities or turn.corrected) and not turn.keys
    if said == reading.text or not words:
        return Shown(turn, _cut(said, mask, entities), reading=reading, to_review=words)
    return Shown(turn, _cut(said, mask, entities, mark=False), _cut(reading.text, mask, reading.entities), reading, to_review=words)  # fmt: skip


def _cut(
    text: str, mask: Mask, entities: list[dict[str, Any]], *, mark: bool = True, amounts: bool = True
) -> list[Piece]:
    return marked.pieces(text, mask.hidden(text, entities, amounts=amounts), entities if mark else [])


def _arrived(turn: Message, row: OutboxRow, receipt: Receipt | None, now: datetime) -> tuple[str, bool]:
    """已送达 昨天 09:05 · 没送到：手机关机或者没信号 …, and whether it did not arrive."""
    if row.status == "suppressed":
        return gettext("没有发：%(why)s", why=label(NOT_SENT, row.suppressed_reason)), True
    late = turn.status in ("permanent-failure", "temporary-failure", "unknown")
    words = label(MESSAGE_STATUS, turn.status)
    at = receipt.at if receipt is not None else row.sent_at
    if at is not None:
        words += " " + when(at, now)
    code = row.error_code or (receipt.error_code if receipt else None)
    if late and code:
        words += gettext("：") + (
            label(NOT_ARRIVED, code) if code in NOT_ARRIVED else gettext("电话公司说 %(code)s", code=code)
        )
    return words, late


def _begun(call: Call) -> str:
    return gettext("热线打去的电话") if call.direction == "outbound" else gettext("打来电话")


def _ended(call: Call) -> str:
    ended = call.ended_at
    if ended is None:
        return gettext("还在通话")
    words = label(CALL_ENDS, call.status) if call.status in CALL_ENDS else gettext("挂断了")
    return gettext("%(how)s · 一共%(long)s", how=words, long=_long(ended - call.started_at))


def _long(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return gettext("%(seconds)s秒", seconds=seconds)
    return gettext("%(minutes)s分%(seconds)s秒", minutes=seconds // 60, seconds=seconds % 60)
