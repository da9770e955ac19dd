"""The authenticity review 真实性审查: what a person should look at before (or soon after) a posting goes out (P04–P06).

Every rule is one small function from a `Posting` to what it found. A finding never rejects by itself: `block` means that
nothing is published before a person has decided, `look` that a verified employer's posting may go out at once and is
read afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from backend.domain import review_words

Severity = Literal["block", "look"]
MEDIAN_FROM = 3  # fewer known wages say nothing about what is usual
LOW, HIGH = 0.5, 3.0  # times the local median of the same trade and basis
LONGEST_DAY_H = 12

# flag → severity, what the reviewer reads (Chinese, English).
FLAGS: dict[str, tuple[Severity, str, str]] = {
    "pay_low": ("block", "工价比本地同工种低一半还多", "pays less than half of the local median"),
    "pay_high": ("block", "工价是本地同工种的三倍以上", "pays more than three times the local median"),
    "pay_missing": ("look", "没写工钱", "no pay given"),
    "pay_impossible": ("block", "这个工价不像是真的，可能打错了", "this pay can hardly be meant"),
    "hours_long": ("look", "一天要做12个小时以上", "more than 12 hours a day"),
    "days_missing": ("look", "没说哪天开始，先写成明天", "no day was said; tomorrow was put"),
    "deposit_words": ("block", "提到押金或先交钱", "speaks of a deposit or a fee"),
    "papers_kept": ("block", "要扣证件", "wants to keep papers"),
    "wage_held_back": ("block", "要压工钱、扣工钱", "holds wages back"),
    "year_end_settlement": ("block", "说年底才结工钱", "settles wages at the end of the year"),
    "scam_words": ("block", "像骗人的话（刷单、轻松赚大钱、境外高薪）", "sounds like a fraud"),
    "child_words": ("block", "好像要未成年人做", "seems to want children"),
    "away_with_fee": ("block", "外地的活，还要交钱", "work far away that costs a fee"),
    "age_words": ("block", "有年龄条件", "sets a condition on age"),
    "sex_words": ("block", "有性别条件", "sets a condition on sex"),
    "looks_words": ("block", "有身高长相等条件", "sets a condition on looks"),
    "health_words": ("block", "有疾病或残疾的条件", "sets a condition on illness or disability"),
    "family_words": ("block", "有婚育条件", "sets a condition on marriage or children"),
    "ethnicity_words": ("block", "有民族或信仰条件", "sets a condition on ethnicity or belief"),
    "origin_words": ("block", "有户口籍贯条件", "sets a condition on where people are from"),
    # Written by earlier versions for the four above.
    "bias_words": ("block", "有身高长相等条件", "sets a condition on looks, origin or health"),
    "contact_inside": ("block", "文字里夹有网址或号码", "carries a link or a number in its text"),
    "name_inside": ("look", "上墙的字里像有人名", "seems to name somebody in words that hang on the wall"),
    "phone_many_names": (
        "look",
        "这个电话用过几个用工主体的名字",
        "this phone has been used under several employer names",
    ),
    "name_many_phones": ("look", "这个名字用过几个电话", "this name has been used with several phones"),
    "posted_already": ("block", "同样的活已经登过一条", "the same work has been posted already"),
}

# Why a posting is not let out, as its employer is told: of the work alone, never of who said so (M08). code → Chinese, English.
GROUNDS: dict[str, tuple[str, str]] = {
    "fee": ("不能先收钱、收押金", "no deposit and no fee may be asked for"),
    "papers": ("不能扣证件", "no papers may be kept"),
    "pay": ("工钱写得不对", "the pay as written is not right"),
    "people": ("不能挑岁数、挑男女", "no condition may be set on age or sex"),
    "unclear": ("没写清楚做啥子、在哪里", "it is not clear what the work is or where"),
    "unreached": ("打电话问不到人", "nobody could be reached by phone"),
}

# Yuan by the basis between which a wage can be meant at all; beyond lies a slip of the finger. Ours, wide on purpose: the
# least is a fifth of what a day pays here, the most ten times it.
CAN_BE_MEANT: dict[str, tuple[float, float]] = {
    "hour": (3, 300),
    "half_day": (12, 1_500),
    "day": (25, 3_000),
    "week": (150, 18_000),
    "month": (500, 60_000),
    "piece": (0.01, 2_000),
    "jin": (0.05, 300),
    "kg": (0.1, 600),
    "mu": (5, 5_000),
    "m2": (0.2, 2_000),
    "m3": (2, 3_000),
    "tonne": (3, 3_000),
    "trip": (1, 5_000),
    "load": (0.5, 500),
    "plant": (0.05, 2_000),
    "bag": (0.05, 300),
}


@dataclass(frozen=True)
class Usual:
    """What the trade pays by the same basis nearby: median in fen, from how many openings, of which division (county, city)."""

    median_fen: float
    count: int
    region: str


@dataclass(frozen=True)
class Posting:
    """A posting as the rules see it. `text`: title, place and requirements; money in fen; hours HH:MM."""

    text: str
    pay_min_fen: int | None = None
    pay_max_fen: int | None = None
    pay_unit: str | None = None
    negotiable: bool = False
    hours_from: str | None = None
    hours_to: str | None = None
    usual: Usual | None = None  # None: too few are known
    names_on_phone: tuple[str, ...] = ()  # other names under which the employer's phone has posted
    hires: str = ""  # the employer's name: where it stands in the text, the wall says 冉老板 by itself
    phones_of_name: int = 1  # with how many phones the same firm has posted in the county
    posted_already: bool = False  # by the same employer, and not over: the same trade, days and place


@dataclass(frozen=True)
class Finding:
    """One thing to look at, and the words that raised it (none where it is a figure)."""

    flag: str
    words: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        return FLAGS[self.flag][0] if self.flag in FLAGS else "block"


Rule = Callable[[Posting], Finding | None]


def pay_missing(posting: Posting) -> Finding | None:
    unknown = posting.pay_min_fen is None and posting.pay_max_fen is None
    return Finding("pay_missing") if unknown and not posting.negotiable else None


def pay_low(posting: Posting) -> Finding | None:
    low = posting.pay_min_fen if posting.pay_min_fen is not None else posting.pay_max_fen
    if posting.usual is None or low is None or low >= LOW * posting.usual.median_fen:
        return None
    return Finding("pay_low")


def pay_high(posting: Posting) -> Finding | None:
    high = posting.pay_max_fen if posting.pay_max_fen is not None else posting.pay_min_fen
    if posting.usual is None or high is None or high <= HIGH * posting.usual.median_fen:
        return None
    return Finding("pay_high")


def pay_impossible(posting: Posting) -> Finding | None:
    least, most = CAN_BE_MEANT.get(posting.pay_unit or "", (0.0, float("inf")))
    given = [fen / 100 for fen in (posting.pay_min_fen, posting.pay_max_fen) if fen is not None]
    return None if all(least <= yuan <= most for yuan in given) else Finding("pay_impossible")


def hours_long(posting: Posting) -> Finding | None:
    if not (posting.hours_from and posting.hours_to):
        return None
    start, end = _minutes(posting.hours_from), _minutes(posting.hours_to)
    # Work through the night ends on the next day.
    worked = (end - start) % (24 * 60) or 24 * 60
    return Finding("hours_long", (f"{posting.hours_from}-{posting.hours_to}",)) if worked > LONGEST_DAY_H * 60 else None


def away_with_fee(posting: Posting) -> Finding | None:
    words = review_words.away_with_fee(posting.text)
    return Finding("away_with_fee", words) if words else None


def name_inside(posting: Posting) -> Finding | None:
    """Numbers and a private employer's own name are taken out of what hangs on the wall; nobody else's name is."""
    words = tuple(name for name in review_words.people_named(posting.text) if name != posting.hires)
    return Finding("name_inside", words) if words else None


def phone_many_names(posting: Posting) -> Finding | None:
    return Finding("phone_many_names", posting.names_on_phone) if posting.names_on_phone else None


def name_many_phones(posting: Posting) -> Finding | None:
    return Finding("name_many_phones") if posting.phones_of_name > 1 else None


def posted_already(posting: Posting) -> Finding | None:
    return Finding("posted_already") if posting.posted_already else None


def _in_words(rule: review_words.WordRule) -> Rule:
    def look(posting: Posting) -> Finding | None:
        words = rule.found(posting.text)
        return Finding(rule.flag, words) if words else None

    return look


RULES: tuple[Rule, ...] = (
    pay_missing,
    pay_low,
    pay_high,
    pay_impossible,
    hours_long,
    *(_in_words(rule) for rule in review_words.RULES),
    away_with_fee,
    name_inside,
    phone_many_names,
    name_many_phones,
    posted_already,
)


def findings(posting: Posting) -> list[Finding]:
    """Everything the rules see in a posting, in their order."""
    return [found for rule in RULES if (found := rule(posting)) is not None]


def blocks(flags: Iterable[str]) -> bool:
    """Whether a person has to decide before anything is published; a flag nobody knows any more counts as one."""
    return any(Finding(flag).severity == "block" for flag in flags)


def sentence(flag: str, lang: str = "zh") -> str:
    """What a reviewer reads; an unknown flag is shown as it is rather than hidden."""
    return FLAGS[flag][1 if lang == "zh" else 2] if flag in FLAGS else flag


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
