"""The English of a line the service has texted or said, for readers without Chinese; the same answer rendered again."""

from __future__ import annotations

from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Call, Message


def gloss_of(deps: Deps, kind: str, key: str, said: str = "") -> str | None:
    """`kind` sms: `key` is the carrier's message id. `kind` call: `key` is the CallSid and `said` the spoken words."""
    with deps.db.read() as session:
        if kind == "sms":
            found = session.scalar(
                select(Message.gloss).where(Message.carrier_id == key, Message.direction == "outbound")
            )
            return found or None
        call = session.scalar(select(Call).where(Call.call_sid == key))
        if call is None:
            return None
        lines = session.execute(
            select(Message.body, Message.gloss)
            .where(
                Message.conversation_id == call.conversation_id,
                Message.channel == "voice",
                Message.direction == "outbound",
                Message.created_at >= call.started_at,
            )
            .order_by(Message.id.desc())
            .limit(40)
        ).all()
    wanted = said.strip()
    for body, gloss in lines:
        for zh, en in zip(body.split("\n"), gloss.split("\n"), strict=False):
            if wanted and (wanted == zh.strip() or wanted in zh):
                return en or None
    return next((gloss for body, gloss in lines if wanted and wanted in body and gloss), None)
