"""An opening: its states, its pay on one scale, kindred trades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.domain.offers import Stretch

# status → what may follow. `filled` goes back to `published` when a place is freed.
NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"in_review", "withdrawn"}),
    "in_review": frozenset({"published", "rejected", "withdrawn", "expired"}),
    # Sent back after a verified employer's posting was out already: its review came afterwards (P04).
    # In review again after a change that a person has to decide about; who has a place keeps it.
    "published": frozenset({"filled", "expired", "withdrawn", "rejected", "in_review"}),
    "filled": frozenset({"published", "expired", "withdrawn", "rejected", "in_review"}),
    "rejected": frozenset({"in_review"}),
    "expired": frozenset(),
    "withdrawn": frozenset(),
}

# Contract "Entities and their normal forms".
PAY_UNITS = (
    "hour",
    "half_day",
    "day",
    "week",
    "month",
    "piece",
    "jin",
    "kg",
    "mu",
    "m2",
    "m3",
    "tonne",
    "trip",
    "load",
    "plant",
    "bag",
)
SETTLEMENTS = ("daily", "weekly", "half_monthly", "monthly", "on_completion")
DAY_PARTS = ("morning", "noon", "afternoon", "evening", "night", "daytime")


@dataclass(frozen=True)
class OpeningFacts:
    """An opening as the ranking sees it. Money in fen, days in Asia/Shanghai, hours HH:MM."""

    id: int
    job_type: str
    region_code: str
    starts_on: date
    ends_on: date
    hours_from: str | None = None
    hours_to: str | None = None
    day_part: str | None = None
    pay_min_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: str | None = None
    settlement: str | None = None
    negotiable: bool = False
    meals: bool | None = None
    lodging: bool | None = None
    transport: bool | None = None
    insured: bool | None = None
    headcount: int = 1
    filled: int = 0
    published_at: datetime | None = None
    skill: str | None = None  # asked for: skilled | certified; None: anybody can do it

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.starts_on, self.ends_on, self.hours_from, self.hours_to)

    def gives(self, benefit: str) -> bool:
        """Whether `meals`, `lodging`, `transport` or `insurance` is promised; not said is not promised."""
        return bool(getattr(self, "insured" if benefit == "insurance" else benefit, None))


def may_become(status: str, wanted: str) -> bool:
    return wanted in NEXT[status]


# -- pay on one scale ------------------------------------------------------------------------------------------------
# Eight hours a day, six days a week, 26 days a month: what the trades here reckon with. Piece rates have no such factor.
PER_DAY = {"hour": 8.0, "half_day": 2.0, "day": 1.0, "week": 1 / 6, "month": 1 / 26}


def fen_per_day(fen: int | None, unit: str | None) -> float | None:
    """Pay by the day in fen, or None where the basis (piece, jin, mu …) cannot be turned into days."""
    if fen is None or unit not in PER_DAY:
        return None
    return fen * PER_DAY[unit]


def pays_at_least(opening: OpeningFacts, wanted_fen: int, wanted_unit: str | None) -> bool | None:
    """Whether the best pay offered reaches what is wanted; None when the two cannot be compared or no pay was said."""
    offered_fen = opening.pay_max_fen if opening.pay_max_fen is not None else opening.pay_min_fen
    if offered_fen is None:
        return None
    wanted_unit = wanted_unit or "day"  # an amount alone is meant by the day (vocabulary §4.2)
    if opening.pay_unit == wanted_unit:
        return offered_fen >= wanted_fen
    offered, wanted = fen_per_day(offered_fen, opening.pay_unit), fen_per_day(wanted_fen, wanted_unit)
    return None if offered is None or wanted is None else offered >= wanted


# -- kindred trades --------------------------------------------------------------------------------------------------
# Who does one of these can do the others after a word of explanation (vocabulary §4.1).
FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(codes.split())
    for codes in (
        "A02 A03 A04 A05 A06 A07 A09 A27 A28",  # picking
        "A01 A03 A06 A27",  # picking small things
        "A10 A11 A19 A25 A07",  # planting and weeding
        "A12 A13 A14 A15 A16 A29 A17",  # harvest
        "A20 A22 A24 A23 A28",  # tending
        "A26 B18",  # machines
        "B01 B20 B23 S24 T01 B22",  # building helpers
        "B02 B03 B04 B05 B25 B21",  # masons
        "B06 B16 B17 F12",  # wood
        "B07 B08 B09",  # frame
        "B10 B11 B12 S14 F08",  # wires and pipes
        "B13 B14 B15",  # coats
        "B18 B19 F09",
        "B24 A28 S02",
        "F01 F02 F04 F05 F06 F07",  # factory without a trade
        "T01 T02 F05 T08",  # carrying
        "T03 T04",
        "T05 T06 T07",
        "S01 S02 S17 S18 S04",  # cleaning
        "S04 S05 S06 S07 S08 S19",  # kitchen and table
        "S09 S10 S11",
        "S03 S23 S22",
        "S12 S20 S07",
    )
)
# A general word asked for covers these finer ones: who asks for fruit also means kiwi, rosa roxburghii and berries.
COVERS: dict[str, frozenset[str]] = {
    "A04": frozenset({"A05", "A06", "A09"}),
    "A07": frozenset({"A02", "A27"}),
    "B02": frozenset({"B03", "B06", "B07"}),
    "F01": frozenset({"F02", "F05", "F07"}),
}


def kindred(one: str, other: str) -> bool:
    return one == other or any(one in family and other in family for family in FAMILIES)


def kindred_of(codes: tuple[str, ...] | list[str]) -> frozenset[str]:
    """`codes` and every trade of their families."""
    found = set(codes)
    for family in FAMILIES:
        if family & set(codes):
            found |= family
    return frozenset(found)


def covered_by(codes: list[str]) -> list[str]:
    """`codes` with the finer trades that their general words cover."""
    return sorted(set(codes).union(*(COVERS.get(code, frozenset()) for code in codes)))
