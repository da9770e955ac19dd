"""What the authenticity review compares a posting with: the pay usual nearby, the names on a phone, a name's phones (P04, P05)."""

from __future__ import annotations

import statistics
from collections import Counter

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.domain.employers import is_firm
from backend.domain.review import MEDIAN_FROM, Usual
from backend.store.models import Employer, Opening
from backend.store.queries.employers import LIVE
from backend.store.queries.scope import within

LATEST = 200
# Of one employer no more than this many count: who posts every week must not set by itself what is usual.
OF_ONE_EMPLOYER = 3
COUNTY, CITY = 6, 4  # digits of a division code


def usual_pay(
    session: Session, job_type: str, unit: str | None, county: str, *, without: Employer | None = None
) -> Usual | None:
    """The median pay of the trade by the same unit in the county, else in its city; None where too few are known.

    From the latest reviewed openings of others than `without` (its phone counts as itself under every name).
    """
    if unit is None:
        return None
    for region in (county[:COUNTY], county[:CITY]):
        known = _known(session, job_type, unit, region, without)
        if len(known) >= MEDIAN_FROM:
            return Usual(statistics.median(known), len(known), region)
    return None


def _known(session: Session, job_type: str, unit: str, region: str, without: Employer | None) -> list[float]:
    query = (
        select(Opening.employer_id, Opening.pay_min_fen, Opening.pay_max_fen)
        .join(Employer, Employer.id == Opening.employer_id)
        .where(
            Opening.status.in_(("published", "filled", "expired")),
            Opening.job_type == job_type,
            Opening.pay_unit == unit,
            within(Opening.region_code, region),
            or_(Opening.pay_min_fen.is_not(None), Opening.pay_max_fen.is_not(None)),
        )
        .order_by(Opening.id.desc())
        .limit(LATEST)
    )
    if without is not None:
        query = query.where(Employer.id != without.id)
        if without.phone:
            query = query.where(or_(Employer.phone.is_(None), Employer.phone != without.phone))
    counted: Counter[int] = Counter()
    known = []
    for employer_id, low, high in session.execute(query):
        counted[employer_id] += 1
        if counted[employer_id] <= OF_ONE_EMPLOYER:
            pay = [fen for fen in (low, high) if fen is not None]
            known.append(sum(pay) / len(pay))
    return known


def other_names(session: Session, employer: Employer) -> list[str]:
    """The other names under which this employer's phone has posted, oldest first (P05)."""
    if not employer.phone:
        return []
    rows = session.execute(
        select(Employer.name, func.min(Employer.id))
        .where(Employer.phone == employer.phone, Employer.name != employer.name)
        .group_by(Employer.name)
        .order_by(func.min(Employer.id))
    )
    return [name for name, _ in rows]


def posted_already(session: Session, opening: Opening) -> bool:
    """Whether the same employer, by the phone where there is one, has the same work on the same days posted and hires for it."""
    employer = opening.employer
    whose = Employer.phone == employer.phone if employer.phone else Employer.id == employer.id
    same = ("job_type", "title", "region_code", "place", "starts_on", "ends_on")
    found = (
        select(Opening.id)
        .join(Employer, Employer.id == Opening.employer_id)
        .where(
            whose,
            Opening.status.in_(LIVE),
            Opening.closed_at.is_(None),
            *(getattr(Opening, name) == getattr(opening, name) for name in same),
        )
    )
    return session.scalar(found.where(Opening.id != (opening.id or 0)).limit(1)) is not None


def phones_of_name(session: Session, employer: Employer, county: str) -> int:
    """With how many phones a firm of this name has posted in the county; people share names, so only firms count."""
    if not is_firm(employer.name):
        return 1
    return (
        session.scalar(
            select(func.count(Employer.phone.distinct())).where(
                Employer.name == employer.name, Employer.phone.is_not(None), within(Employer.region_code, county)
            )
        )
        or 1
    )
