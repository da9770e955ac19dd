"""An opening: its states, its pay on one scale, kindred trades, and what a reviewer should look at (P04–P06)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from backend.domain.offers import Stretch

# status → what may follow. `filled` goes back to `published` when a place is freed.
NEXT: dict[str, frozenset[str]] = {
    "draft": frozenset({"in_review", "withdrawn"}),
    "in_review": frozenset({"published", "rejected", "withdrawn", "expired"}),
    "published": frozenset({"filled", "expired", "withdrawn"}),
    "filled": frozenset({"published", "expired", "withdrawn"}),
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


# -- review ----------------------------------------------------------------------------------------------------------
# flag → what the reviewer reads (Chinese, English). A flag never rejects by itself: a person decides (P04).
FLAGS: dict[str, tuple[str, str]] = {
    "pay_low": ("工价比本地同工种低一半还多", "pays less than half of the local median"),
    "pay_high": ("工价是本地同工种的三倍以上", "pays more than three times the local median"),
    "pay_missing": ("没写工钱", "no pay given"),
    "days_missing": ("没说哪天开始，先写成明天", "no day was said; tomorrow was put"),
    "deposit_words": ("提到押金或先交钱", "speaks of a deposit or a fee"),
    "age_words": ("有年龄条件", "sets a condition on age"),
    "sex_words": ("有性别条件", "sets a condition on sex"),
    "bias_words": ("有身高长相等条件", "sets a condition on looks, origin or health"),
    "contact_inside": ("文字里夹有网址或号码", "carries a link or a number in its text"),
    "phone_many_names": ("这个电话用过几个用工主体的名字", "this phone has been used under several employer names"),
}
_DEPOSIT = re.compile(
    r"押金|保证金|先交钱|交钱才|先交\d|服装费|体检费|培训费|介绍费|中介费|办卡费|报名费|手续费|建档费|扣身份证|押身份证"
)
_NO_DEPOSIT = re.compile(
    r"(?:不收|不要|没有|没得|无需|无|免)(?:任何)?(?:押金|保证金|服装费|体检费|培训费|介绍费|中介费|报名费|手续费|建档费)"
)
_AGE = re.compile(r"\d{2}\s*岁|[一二三四五六七八九十]{2,3}岁|年龄|岁以[上下内]|年轻|嫌老|年纪")
_SEX = re.compile(
    r"[男女](?!不限|女不限|女都|女均|女皆)(?:工|的|性|士|同志|生|人)|限[男女]|只[要招][男女]|[男女]优先|妇女|小伙|[男女][一二三四五六七八九十\d]+[人名个]"
)
_BIAS = re.compile(
    r"身高|长相|形象|五官|属相|未婚|已婚|已育|未育|籍贯|乙肝|残疾[^人]*不要|不要残疾|本地人优先|外地人不要"
)
_CONTACT = re.compile(r"https?://|www\.|\.(?:com|cn|top|xyz)\b|微信|加[vV]|QQ|扫码|(?<!\d)1\d{10}(?!\d)")
MEDIAN_FROM = 3  # fewer known wages say nothing about what is usual


def review_flags(
    *,
    text: str,
    pay_min_fen: int | None,
    pay_max_fen: int | None,
    negotiable: bool,
    usual_fen: float | None,
    employer_names: int,
) -> list[str]:
    """What staff should look at before publishing.

    `text`: title, place and requirements together. `usual_fen`: median pay of the same trade, unit and county, None when
    too few are known. `employer_names`: under how many names the employer's phone has posted.
    """
    flags = []
    if pay_min_fen is None and pay_max_fen is None:
        if not negotiable:
            flags.append("pay_missing")
    elif usual_fen:
        low = pay_min_fen if pay_min_fen is not None else pay_max_fen
        high = pay_max_fen if pay_max_fen is not None else pay_min_fen
        if low is not None and low < 0.5 * usual_fen:
            flags.append("pay_low")
        if high is not None and high > 3 * usual_fen:
            flags.append("pay_high")
    if _DEPOSIT.search(_NO_DEPOSIT.sub("", text)):
        flags.append("deposit_words")
    for name, pattern in (
        ("age_words", _AGE),
        ("sex_words", _SEX),
        ("bias_words", _BIAS),
        ("contact_inside", _CONTACT),
    ):
        if pattern.search(text):
            flags.append(name)
    if employer_names > 1:
        flags.append("phone_many_names")
    return flags
