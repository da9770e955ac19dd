"""Stored rows as the plain shapes others read: OpeningView and OfferView in answers, facts for the ranking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from backend.domain.lexicon import job_name
from backend.domain.offers import Stretch
from backend.domain.openings import OpeningFacts
from backend.domain.people import WorkerFacts
from backend.domain.skills import skill_asked
from backend.services.regions import RegionBook
from backend.store.models import Hardship, Offer, Opening, Worker

OpeningView = dict[str, Any]
OfferView = dict[str, Any]


def opening_view(opening: Opening, regions: RegionBook) -> OpeningView:
    """An opening as it stands inside an answer (plain JSON; money in fen, ISO days, HH:MM).

    The employer's phone is not in it: it is told only after a place is taken, and only by text (V13).
    """
    return {
        "id": opening.id,
        "title": opening.title,
        "job_type": opening.job_type,
        "job_name": job_name(opening.job_type),
        "job_name_en": job_name(opening.job_type, "en"),
        "employer_name": opening.employer.name,
        "headcount": opening.headcount,
        "left": max(opening.headcount - opening.filled, 0),
        "region": opening.region_code,
        "region_name": regions.name(opening.region_code),
        "place": opening.place,
        "starts_on": opening.starts_on.isoformat(),
        "ends_on": opening.ends_on.isoformat(),
        "hours": {"from": opening.hours_from, "to": opening.hours_to, "day_part": opening.day_part},
        "pay": {
            "min_fen": opening.pay_min_fen,
            "max_fen": opening.pay_max_fen,
            "unit": opening.pay_unit,
            "settlement": opening.settlement,
            "negotiable": opening.negotiable,
        },
        "requirements": opening.requirements,
        "meals": opening.meals,
        "lodging": opening.lodging,
        "transport": opening.transport,
        "insured": opening.insured,
        "status": opening.status,
        "published_at": opening.published_at.isoformat() if opening.published_at else None,
    }


def offer_view(offer: Offer, regions: RegionBook) -> OfferView:
    """One row of "my list": `{offer_id, code, status, opening}`."""
    return {
        "offer_id": offer.id,
        "code": offer.code,
        "status": offer.status,
        "opening": opening_view(offer.opening, regions),
    }


def opening_facts(opening: Opening) -> OpeningFacts:
    return OpeningFacts(
        id=opening.id,
        job_type=opening.job_type,
        region_code=opening.region_code,
        starts_on=opening.starts_on,
        ends_on=opening.ends_on,
        hours_from=opening.hours_from,
        hours_to=opening.hours_to,
        day_part=opening.day_part,
        pay_min_fen=opening.pay_min_fen,
        pay_max_fen=opening.pay_max_fen,
        pay_unit=opening.pay_unit,
        settlement=opening.settlement,
        negotiable=opening.negotiable,
        meals=opening.meals,
        lodging=opening.lodging,
        transport=opening.transport,
        insured=opening.insured,
        headcount=opening.headcount,
        filled=opening.filled,
        published_at=opening.published_at,
        skill=skill_asked(opening.requirements),
    )


def worker_facts(
    worker: Worker,
    *,
    hardships: Iterable[Hardship] | None = None,
    taken: Iterable[Stretch] = (),
    household_without_earner: bool = False,
) -> WorkerFacts:
    """A worker as the ranking sees her; only verified labels go in (vocabulary §4.7)."""
    labels = worker.hardships if hardships is None else hardships
    return WorkerFacts(
        id=worker.id,
        job_types=tuple(worker.job_types or ()),
        region_code=worker.person.village_code,
        pay_min_fen=worker.pay_min_fen,
        pay_unit=worker.pay_unit,
        available_from=worker.available_from,
        available_to=worker.available_to,
        unavailable=tuple(_days(stretch) for stretch in worker.unavailable or ()),
        day_parts=frozenset(worker.day_parts or ()),
        term=worker.term,
        proximity=worker.proximity,
        benefits=frozenset(worker.benefits or ()),
        verified_labels=frozenset(label.code for label in labels if label.verified_at is not None),
        household_without_earner=household_without_earner,
        waiting_since=worker.waiting_since,
        taken=tuple(taken),
        travel=worker.travel,
        within_km=worker.within_km,
        skill_level=worker.skill_level,
    )


def _days(stretch: list[str]) -> tuple[date, date]:
    first, last = stretch
    return date.fromisoformat(first), date.fromisoformat(last)
