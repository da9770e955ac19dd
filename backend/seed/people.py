"""Invented workers of the demo county: names, households and phones that belong to nobody (+86 100 01xx xxxx)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backend.domain.lexicon import job_name
from backend.domain.registration import NOTICE_VERSION
from backend.seed.places import QIANJIANG, WEINING, ZHONGTANG, divisions
from backend.seed.work import Planned, employers, plan
from backend.store.models import Consent, Handset, HandsetOwner, Hardship, Household, Person, Worker

if TYPE_CHECKING:
    from backend.services.deps import Deps

SEED = 20230707  # the date of Guizhou's two notices
WORKER_NUMBER = "+86100010{:05d}"  # 100 010x xxxx: invented, no carrier issues it
HOW_MANY = {QIANJIANG: 170, WEINING: 130}
# A few couples late in the list share a phone, so that the question "who is speaking" can be met (V21).
SHARED_FROM = 210
_FAMILY = {QIANJIANG: "冉谭田杨陈罗向龚李张庞何黄邓石", WEINING: "马李禄孔张陈王杨赵撒管安朱吴虎"}
_WOMEN = [
    "秀芳",
    "桂花",
    "玉兰",
    "春梅",
    "国珍",
    "素华",
    "光碧",
    "天秀",
    "兴菊",
    "永琼",
    "登碧",
    "世英",
    "昌群",
    "明翠",
    "太琴",
    "应芬",
    "朝会",
    "大香",
    "小琼",
    "凤仙",
]
_MEN = [
    "大华",
    "国富",
    "光明",
    "永发",
    "世平",
    "昌贵",
    "明友",
    "兴旺",
    "登科",
    "朝阳",
    "应强",
    "太安",
    "文才",
    "德林",
    "正江",
    "天福",
    "家和",
    "万全",
    "少军",
    "建国",
]
# Which claims people make, and how often (vocabulary §4.7). About half have been looked at by staff.
_LABELS = ("G01", "G02", "G03", "G04", "G05", "G06", "G08", "G10", "G11", "G12")
_BENEFITS: tuple[list[str], ...] = (["meals"], ["transport"], ["meals", "transport"], ["insurance"], [])


@dataclass(frozen=True)
class PlannedWorker:
    """An invented person. `shares_with`: index of the worker on whose phone she is reached; `yuan`: wished-for day pay."""

    index: int
    name: str
    gender: str
    age: int
    village: str
    job_types: tuple[str, ...]
    yuan: int | None
    household: int
    shares_with: int | None = None
    labels: tuple[tuple[str, bool], ...] = ()
    waiting_days: int = 0
    channel: str = "sms"
    day_parts: tuple[str, ...] = ()
    term: str | None = None
    proximity: str | None = None
    benefits: tuple[str, ...] = field(default=())

    @property
    def number(self) -> str:
        return WORKER_NUMBER.format(self.index + 1 if self.shares_with is None else self.shares_with + 1)


def plan_workers() -> list[PlannedWorker]:
    """Every invented worker, always the same. Each has a trade, a county and a wish that an opening of the plan meets."""
    rng = random.Random(SEED)
    openings = plan()
    villages = {
        QIANJIANG: [r["code"] for r in divisions() if r["level"] == "village" and r["code"].startswith(ZHONGTANG)],
        WEINING: [r["code"] for r in divisions() if r["level"] == "village" and r["code"].startswith(WEINING)][:40],
    }
    outer = [
        r["code"]
        for r in divisions()
        if r["level"] == "village" and r["code"].startswith(QIANJIANG) and not r["code"].startswith(ZHONGTANG)
    ]
    people: list[PlannedWorker] = []
    names: set[str] = set()
    household = 0
    for county, count in HOW_MANY.items():
        offered = [o for o in openings if o.region.startswith(county)]
        first = len(people)
        while len(people) < first + count:
            number = len(people)
            # Two in three of 黔江's people live in 中塘镇, where the demo's stations are.
            pool = outer if county == QIANJIANG and number % 3 == 2 else villages[county]
            village = pool[rng.randrange(len(pool))] if pool is outer else pool[number % len(pool)]
            household += 1
            couple = rng.random() < 0.3 and len(people) + 1 < first + count
            for seat in range(2 if couple else 1):
                index = len(people)
                gender = ("male", "female")[seat] if couple else rng.choice(("male", "female"))
                while True:
                    name = rng.choice(_FAMILY[county]) + rng.choice(_WOMEN if gender == "female" else _MEN)
                    if name not in names:
                        names.add(name)
                        break
                people.append(
                    _person(
                        rng,
                        index,
                        name,
                        gender,
                        village,
                        household,
                        offered,
                        shares_with=index - 1 if seat and index >= SHARED_FROM and rng.random() < 0.4 else None,
                    )
                )
    return people


def _person(
    rng: random.Random,
    index: int,
    name: str,
    gender: str,
    village: str,
    household: int,
    offered: list[Planned],
    shares_with: int | None,
) -> PlannedWorker:
    # Her trades are asked for in her county, so that a suitable opening is always published.
    main = offered[rng.randrange(len(offered))].trade
    trades = [main.code]
    if rng.random() < 0.6:
        trades.append(rng.choice(("A04", "A07", "A19", "A14", "B01", "S24", "S08")))
    labels = []
    age = min(max(round(rng.gauss(51, 9)), 21), 69)
    if rng.random() < 0.28:
        labels = [(code, rng.random() < 0.5) for code in sorted(rng.sample(_LABELS, k=1 if rng.random() < 0.8 else 2))]
    day_rate = main.low if main.unit == "day" else None
    return PlannedWorker(
        index=index,
        name=name,
        gender=gender,
        age=age,
        village=village,
        job_types=tuple(dict.fromkeys(trades)),
        yuan=int(day_rate // 10 * 10) if day_rate and rng.random() < 0.7 else None,
        household=household,
        shares_with=shares_with,
        labels=tuple(labels),
        waiting_days=rng.choice((2, 5, 9, 16, 25, 40, 75)),
        channel="voice" if age > 58 or rng.random() < 0.15 else "sms",
        day_parts=("daytime",) if rng.random() < 0.3 else (),
        term=None,
        proximity="county" if rng.random() < 0.4 else None,
        benefits=tuple(rng.choice(_BENEFITS)) if rng.random() < 0.4 else (),
    )


def seed_workers(session: Session, now: datetime) -> list[Worker]:
    """Put all of them in; the caller has made sure that none is there yet. Returns them in the order of the plan."""
    planned = plan_workers()
    households: dict[int, Household] = {}
    for p in planned:
        households.setdefault(p.household, Household(village_code=p.village, created_at=now))
    session.add_all(households.values())
    session.flush()
    persons, handsets = [], {}
    for p in planned:
        since = now - timedelta(days=p.waiting_days + 3)
        persons.append(
            Person(
                name=p.name,
                gender=p.gender,
                birth_year=now.year - p.age,
                village_code=p.village,
                household_id=households[p.household].id,
                created_at=since,
                updated_at=since,
            )
        )
        if p.shares_with is None:
            handsets[p.number] = Handset(
                number=p.number,
                first_seen_at=since,
                last_seen_at=now - timedelta(days=2),
                speech_rate=65 if p.age >= 62 else 80,
            )
    session.add_all([*persons, *handsets.values()])
    session.flush()
    workers = []
    for p, person in zip(planned, persons, strict=True):
        since = person.created_at
        workers.append(
            Worker(
                person_id=person.id,
                person=person,
                job_types=list(p.job_types),
                pay_min_fen=p.yuan * 100 if p.yuan else None,
                pay_unit="day" if p.yuan else None,
                unavailable=[],
                day_parts=list(p.day_parts),
                term=p.term,
                proximity=p.proximity,
                benefits=list(p.benefits),
                preferred_channel=p.channel,
                waiting_since=now - timedelta(days=p.waiting_days),
                created_at=since,
                updated_at=since,
            )
        )
        session.add(
            HandsetOwner(
                handset_id=handsets[p.number].id,
                person_id=person.id,
                since=since,
                relation="self" if p.shares_with is None else "spouse",
            )
        )
        session.add(
            Consent(
                person_id=person.id, notice_version=NOTICE_VERSION, channel=p.channel, given_by="self", given_at=since
            )
        )
    session.add_all(workers)
    session.flush()
    for p, worker in zip(planned, workers, strict=True):
        for code, verified in p.labels:
            session.add(
                Hardship(
                    worker_id=worker.id,
                    code=code,
                    claimed_at=worker.created_at,
                    verified_at=worker.created_at + timedelta(days=1) if verified else None,
                )
            )
    session.flush()
    return workers


def demo_people(deps: Deps) -> list[dict[str, object]]:
    """The people one can pick on the handset page: `{name, number, village, age, note}`, all invented.

    Workers of both counties first, some of whom share a phone, then employers who may want to hire.
    """
    planned = [p for p in plan_workers() if p.shares_with is None]
    shared = {p.shares_with for p in plan_workers() if p.shares_with is not None}
    in_town = [p for p in planned if p.village.startswith(ZHONGTANG)][:16]
    elsewhere = [p for p in planned if p.village.startswith(WEINING)][:6]
    sharing = [p for p in planned if p.index in shared][:2]
    people: list[dict[str, object]] = [
        {
            "name": p.name,
            "number": p.number,
            "village": deps.regions.name(p.village),
            "age": p.age,
            "note": "两口子共用一个电话" if p.index in shared else "、".join(job_name(code) for code in p.job_types),
        }
        for p in (*in_town, *elsewhere, *sharing)
    ]
    for name, kind, number in employers():
        if kind in ("grower", "cooperative") and len(people) < 28:
            people.append({"name": name, "number": number, "village": "", "age": None, "note": "用工主体"})
    return people
