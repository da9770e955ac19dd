"""Stored rows as the JSON of the contract: yuan, E.164, ISO times in UTC, division codes with their names beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.lexicon import job_name
from backend.services.regions import RegionBook
from backend.store.models import Case, Consent, Conversation, Handset, Message, Offer, Opening, Worker
from backend.store.queries.workers import numbers_of

Json = dict[str, Any]
VILLAGE_DIGITS = 12


def instant(at: datetime | None) -> str | None:
    """`2026-11-23T01:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def yuan(fen: int | None) -> int | float | None:
    """12000 → 120, 35 → 0.35."""
    if fen is None:
        return None
    return fen // 100 if fen % 100 == 0 else fen / 100


def pay(low: int | None, high: int | None, unit: str | None, settlement: str | None, negotiable: bool | None) -> Json:
    return {"min": yuan(low), "max": yuan(high), "unit": unit, "settlement": settlement, "negotiable": negotiable}


def messages(rows: list[Message], numbers: dict[int, str]) -> list[Json]:
    """`numbers`: handset id → E.164."""
    return [
        {
            "id": row.id,
            "direction": row.direction,
            "channel": row.channel,
            "body": row.body,
            "status": row.status,
            "phone": numbers.get(row.handset_id),
            "conversation_id": row.conversation_id,
            "in_reply_to": row.in_reply_to,
            "created_at": instant(row.created_at),
        }
        for row in rows
    ]


def workers(session: Session, rows: list[Worker], regions: RegionBook) -> list[Json]:
    """Each worker with the number she is reached on and whether consent stands."""
    people = [row.person_id for row in rows]
    phones = numbers_of(session, people)
    consents: dict[int, Consent] = {}
    for consent in session.scalars(
        select(Consent).where(Consent.person_id.in_(people), Consent.withdrawn_at.is_(None)).order_by(Consent.id)
    ):
        consents[consent.person_id] = consent
    return [_worker(row, phones.get(row.person_id), consents.get(row.person_id), regions) for row in rows]


def _worker(row: Worker, handset: Handset | None, consent: Consent | None, regions: RegionBook) -> Json:
    person, code = row.person, row.person.village_code
    village = code if code and len(code) == VILLAGE_DIGITS else None
    return {
        "id": row.id,
        "name": person.name,
        "phone": handset.number if handset else None,
        "gender": person.gender,
        "birth_year": person.birth_year,
        "region": code,
        "region_name": regions.name(code) or None,
        "village": village,
        "village_name": regions.name(village) or person.place_as_said,
        "job_types": list(row.job_types or ()),
        "pay_expectation": pay(row.pay_min_fen, row.pay_max_fen, row.pay_unit, None, None),
        "availability": {
            "from": day(row.available_from),
            "to": day(row.available_to),
            "day_parts": list(row.day_parts or ()),
            "term": row.term,
            "unavailable": [{"from": first, "to": last} for first, last in row.unavailable or ()],
        },
        "hardship": [
            {"code": h.code, "verified": h.verified_at is not None} for h in sorted(row.hardships, key=lambda h: h.code)
        ],
        "household_id": person.household_id,
        "consent": consent is not None,
        "consent_version": consent.notice_version if consent else None,
        "consent_at": instant(consent.given_at) if consent else None,
        "preferred_channel": row.preferred_channel,
        "speech_rate": handset.speech_rate if handset else None,
        "waiting_since": instant(row.waiting_since),
        "confirmed_at": instant(row.confirmed_at or row.updated_at),
        "status": row.status,
    }


def openings(rows: Iterable[Opening], regions: RegionBook) -> list[Json]:
    return [opening(row, regions) for row in rows]


def opening(row: Opening, regions: RegionBook) -> Json:
    """The employer's phone is not in it: it is told to those who took a place, and to staff (V13)."""
    return {
        "id": row.id,
        "job_type": row.job_type,
        "job_name": job_name(row.job_type),
        "title": row.title,
        "employer": {"id": row.employer_id, "name": row.employer.name},
        "headcount": row.headcount,
        "filled": row.filled,
        "region": row.region_code,
        "region_name": regions.name(row.region_code),
        "place": row.place,
        "starts_on": day(row.starts_on),
        "ends_on": day(row.ends_on),
        "hours": {"from": row.hours_from, "to": row.hours_to, "day_part": row.day_part},
        "pay": pay(row.pay_min_fen, row.pay_max_fen, row.pay_unit, row.settlement, row.negotiable),
        "requirements": row.requirements,
        "meals": row.meals,
        "lodging": row.lodging,
        "transport": row.transport,
        "insured": row.insured,
        "status": row.status,
        "published_at": instant(row.published_at),
        "confirmed_at": instant(row.confirmed_at or row.updated_at),
        "review": {
            "flags": list(row.review_flags or ()),
            "decision": {"rejected": "reject"}.get(row.status, "publish") if row.reviewed_at else None,
            "reason": row.review_reason,
            "reviewed_at": instant(row.reviewed_at),
        },
    }


def offers(rows: list[Offer]) -> list[Json]:
    return [
        {
            "id": row.id,
            "opening_id": row.opening_id,
            "worker_id": row.worker_id,
            "status": row.status,
            "channel": row.channel,
            "code": row.code,
            "offered_at": instant(row.offered_at),
            "expires_at": instant(row.expires_at),
            "answered_at": instant(row.answered_at),
        }
        for row in rows
    ]


def cases(rows: list[Case], regions: RegionBook, numbers: dict[int, str]) -> list[Json]:
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "worker_id": row.worker_id,
            "status": row.status,
            "priority": row.priority,
            "summary": row.summary,
            "opened_at": instant(row.opened_at),
            "due_at": instant(row.due_at),
            "closed_at": instant(row.closed_at),
            "source_message_id": row.source_message_id,
            "conversation_id": row.conversation_id,
            "phone": numbers.get(row.handset_id) if row.handset_id else None,
            "region": row.region_code,
            "region_name": regions.name(row.region_code) or None,
        }
        for row in rows
    ]


def conversations(rows: list[Conversation], regions: RegionBook) -> list[Json]:
    """Each with all its turns in order, SMS and call alike."""
    return [
        {
            "id": row.id,
            "phone": row.handset.number,
            "region": row.region_code,
            "region_name": regions.name(row.region_code) or None,
            "started_at": instant(row.started_at),
            "last_at": instant(row.last_at),
            "taken_over": row.taken_by is not None,
            "turns": [
                {
                    "message_id": turn.id,
                    "text": turn.body,
                    "channel": turn.channel,
                    "direction": turn.direction,
                    "intent": turn.intent,
                    "confidence": turn.confidence,
                    "entities": list(turn.entities or ()),
                    "corrected": turn.corrected,
                    "handled_by": turn.handled_by,
                    "at": instant(turn.created_at),
                }
                for turn in row.messages
            ],
        }
        for row in rows
    ]
