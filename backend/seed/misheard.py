"""A registration in which the line took a year of birth for an age: something to put right in the demo county (invented)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.domain import clean_text
from backend.domain.lexicon import job_name
from backend.seed.carried import delivered
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Conversation, Handset, Message, Worker

HOURS_AGO = 3


def seed_misheard(session: Session, who: tuple[Worker, Handset], now: datetime) -> None:
    """Of a worker whose age is N: she wrote "N年的" and was understood as N years old. Her card holds what was understood."""
    worker, handset = who
    person, at = worker.person, now - timedelta(hours=HOURS_AGO)
    age = now.astimezone(TIMEZONE).year - (person.birth_year or 1968)
    trade = worker.job_types[0] if worker.job_types else "A01"
    conversation = Conversation(
        handset_id=handset.id,
        person_id=person.id,
        region_code=person.village_code,
        started_at=at,
        last_at=at,
        context={},
    )
    session.add(conversation)
    session.flush()
    words = f"我来登个记，{age}年的，会{job_name(trade)}"
    entities = [
        {"entity": "age", "text": f"{age}年的", "value": age},
        {"entity": "job_type", "text": job_name(trade), "value": trade},
    ]
    for minute, body, reading, answer, gloss in (
        (
            0,
            words,
            ("register_worker", 0.52, entities),
            "听到了，都记对没有？对就回1。",
            "Is all of it right? Reply 1.",
        ),
        (1, "1", ("affirm", 0.99, []), "登记好了，有合适的活就告诉您。", "You are registered."),
    ):
        at += timedelta(minutes=minute)
        said = Message(
            conversation_id=conversation.id, handset_id=handset.id, direction="inbound", channel="sms", body=body,
            normalized_text=clean_text.clean(body).text, status="answered", created_at=at, intent=reading[0], confidence=reading[1],
            entities=reading[2], handled_by="menu" if body == "1" else "rasa",
        )  # fmt: skip
        session.add(said)
        session.flush()
        told = Message(
            conversation_id=conversation.id, handset_id=handset.id, direction="outbound", channel="sms",
            body=f"【兴泉零工】{answer}", gloss=gloss, status="delivered", in_reply_to=said.id,
            created_at=at + timedelta(seconds=3),
        )  # fmt: skip
        session.add(told)
        delivered(session, told, handset)
    conversation.last_at = at + timedelta(seconds=3)
    session.add(
        AuditEvent(
            at=at, actor=f"handset:{handset.id}", verb="registered", object_kind="workers", object_id=str(worker.id),
            message_id=said.id, facts={"fields": ["age", "job_type"]},
        )
    )  # fmt: skip
    session.flush()
