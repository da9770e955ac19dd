"""The demo county's employers and openings: a plan that is always the same, laid on the days from today on."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import review
from backend.seed.places import CAOHAI, QIANJIANG, WEINING, XINGQUAN, ZHONGTANG, divisions
from backend.seed.trades import FRUIT, ONLY_QIANJIANG, TRADES, Trade
from backend.settings import TIMEZONE
from backend.store.models import Employer, Offer, Opening

SEED = 20240408  # the date of the town's plan 中塘府发〔2024〕31号
EMPLOYER_NUMBER = "+86100020{:05d}"  # 100 020x xxxx: invented, no carrier issues it
FRUIT_VILLAGES = (XINGQUAN, "500114121001", XINGQUAN, "500114121202", "500114121203")

_NAMES = {
    "grower": [
        "田家果园",
        "冉家茶园",
        "谭家柑子园",
        "陈老板的花椒地",
        "罗家药材地",
        "马家苹果园",
        "孔家洋芋地",
        "禄家刺梨园",
    ],
    "cooperative": [
        "兴泉红李专业合作社",
        "中塘蔬菜专业合作社",
        "双石猕猴桃专业合作社",
        "迎新药材专业合作社",
        "胜利油菜专业合作社",
        "草海苹果专业合作社",
        "么站蔬菜专业合作社",
        "盐仓荞麦专业合作社",
    ],
    "enterprise": [
        "渝东顺达建筑队",
        "武陵山货食品厂",
        "正阳园区服装厂",
        "黔江安康物业",
        "阿蓬江木业",
        "濯水客栈",
        "渝湘物流站",
        "乌蒙建筑劳务队",
        "草海食品厂",
        "威宁六桥物业",
        "雄山砖厂",
        "乌撒物流站",
    ],
    "work_relief": ["中塘镇通组路以工代赈项目", "兴泉社区人居环境项目", "草海镇水利以工代赈项目", "威宁县护林项目"],
    "person": [
        "街上冉师傅",
        "镇上杨大姐",
        "谢家农家乐",
        "龙家馆子",
        "海边马师傅",
        "草海张大姐",
        "禄家农家乐",
        "六桥李师傅",
    ],
}


@dataclass(frozen=True)
class Planned:
    """An opening of the plan. `starts_in`: days from today until the work begins; `key` finds its rows again."""

    key: tuple[str, str, str]  # employer name, title, place
    trade: Trade
    employer: str
    region: str
    place: str
    starts_in: int


def employers() -> list[tuple[str, str, str]]:
    """(name, kind, number) of every invented employer."""
    flat = [(name, kind) for kind, names in _NAMES.items() for name in names]
    return [(name, kind, EMPLOYER_NUMBER.format(n)) for n, (name, kind) in enumerate(flat, start=1)]


def plan() -> list[Planned]:
    """Every opening of the demo county, always in the same order and at the same place."""
    rng = random.Random(SEED)
    in_caohai = [row["code"] for row in divisions() if row["level"] == "village" and row["code"].startswith(CAOHAI)]
    villages = {
        QIANJIANG: [
            row["code"] for row in divisions() if row["level"] == "village" and row["code"].startswith(ZHONGTANG)
        ],
        WEINING: [*in_caohai[:6], "520526003001", "520526001002", "520526002002"],
    }
    outside = [
        row["code"]
        for row in divisions()
        if row["level"] == "town" and row["code"].startswith(QIANJIANG) and row["code"] != ZHONGTANG
    ]
    names = {row["code"]: row["name"] for row in divisions()}
    planned: list[Planned] = []

    def add(trade: Trade, region: str, starts_in: int) -> None:
        county_names = _of_county(_NAMES[trade.employer_kind], region.startswith(QIANJIANG))
        employer = county_names[rng.randrange(len(county_names))]
        team = rng.choice("一二三四五六")
        place = f"{names[region]}{team}组" if len(region) == 12 else f"{names[region]}街上"
        planned.append(Planned((employer, trade.title, place), trade, employer, region, place, starts_in))

    for number, trade in enumerate(TRADES):
        # Farm and relief work is in the town's villages; every third of the other trades in another town.
        in_town = trade.code.startswith("A") or trade.employer_kind == "work_relief" or number % 3
        region = villages[QIANJIANG][number % 5] if in_town else outside[number % len(outside)]
        add(trade, region, 1 + number % 5)
    for number, trade in enumerate(FRUIT):
        add(trade, FRUIT_VILLAGES[number], 1 + number % 3)
    for number, trade in enumerate(trade for trade in TRADES if trade.code not in ONLY_QIANJIANG):
        if number % 2 == 0 or trade.code.startswith("A"):
            add(trade, villages[WEINING][number % len(villages[WEINING])], 1 + number % 4)
    for number, trade in enumerate((FRUIT[4], FRUIT[0])):
        add(trade, villages[WEINING][number], 1 + number)
    return planned


def _of_county(names: list[str], qianjiang: bool) -> list[str]:
    weining_words = ("草海", "么站", "盐仓", "乌蒙", "威宁", "雄山", "乌撒", "海边", "禄家", "六桥", "马家", "孔家")
    return [name for name in names if any(word in name for word in weining_words) != qianjiang]


def seed_employers(session: Session, now: datetime) -> dict[str, Employer]:
    """Put in the employers that are missing; return all by name."""
    found = {
        row.name: row for row in session.scalars(select(Employer).where(Employer.phone.like(EMPLOYER_NUMBER[:9] + "%")))
    }
    for name, kind, number in employers():
        if name not in found:
            found[name] = Employer(
                name=name,
                kind=kind,
                phone=number,
                created_at=now,
                region_code=QIANJIANG if name in _of_county([name], True) else WEINING,
            )
            session.add(found[name])
    session.flush()
    return found


def make_opening(planned: Planned, employer: Employer, today: date, now: datetime) -> Opening:
    """The opening as it is published today."""
    trade = planned.trade
    starts_on = today + timedelta(days=planned.starts_in)
    published_at = now - timedelta(hours=1 + planned.starts_in * 5)
    return Opening(
        employer_id=employer.id,
        employer=employer,
        job_type=trade.code,
        title=trade.title,
        headcount=trade.headcount,
        filled=0,
        region_code=planned.region,
        place=planned.place,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=trade.days - 1),
        hours_from=trade.hours_from,
        hours_to=trade.hours_to,
        day_part="night" if trade.hours_from >= "18:00" else "daytime",
        pay_min_fen=round(trade.low * 100),
        pay_max_fen=round(trade.high * 100),
        pay_unit=trade.unit,
        settlement="monthly" if trade.unit == "month" else "daily" if trade.days <= 5 else "on_completion",
        negotiable=False,
        requirements=trade.requirements,
        meals="meals" in trade.gives,
        lodging="lodging" in trade.gives,
        transport="transport" in trade.gives,
        insured="insured" in trade.gives,
        status="published",
        review_flags=[],
        reviewed_at=published_at,
        published_at=published_at,
        collected_at=published_at - timedelta(hours=3),
        updated_at=published_at,
    )


def renew_openings(session: Session, now: datetime) -> int:
    """Give every opening of the plan a live round: published, a free place, its work still ahead. Returns how many.

    A round nobody has answered is moved on; one that binds somebody is left as it is and a new one is posted beside it.
    """
    today = now.astimezone(TIMEZONE).date()
    by_name = seed_employers(session, now)
    rounds: dict[tuple[str, str, str], list[Opening]] = {}
    for row in session.scalars(
        select(Opening)
        .where(Opening.employer_id.in_([e.id for e in by_name.values()]), Opening.source_message_id.is_(None))
        .order_by(Opening.id)
    ):
        rounds.setdefault((row.employer.name, row.title, row.place), []).append(row)
    answered = set(session.scalars(select(Offer.opening_id).distinct()))
    renewed = 0
    for planned in plan():
        rows = [row for row in rounds.get(planned.key, []) if row.status in ("published", "filled", "expired")]
        if any(r.status == "published" and r.starts_on > today and r.filled < r.headcount for r in rows):
            continue
        fresh = make_opening(planned, by_name[planned.employer], today, now)
        movable = next((row for row in reversed(rows) if row.id not in answered and row.starts_on <= today), None)
        if movable is not None:
            for name in ("starts_on", "ends_on", "published_at", "reviewed_at", "updated_at", "collected_at", "status"):
                setattr(movable, name, getattr(fresh, name))
        else:
            for row in rows:
                if row.status == "published":
                    row.status = "expired"  # not offered any more; the places taken in it stand
            session.add(fresh)
        renewed += 1
    session.flush()
    return renewed


def seed_reviews(session: Session, now: datetime) -> None:
    """Openings that wait for a reviewer, some with something to look at, and past ones that show what is usual."""
    today = now.astimezone(TIMEZONE).date()
    by_name = seed_employers(session, now)
    by_code = {trade.code: trade for trade in (*TRADES, *FRUIT[:1])}
    for code in ("A04", "A02", "A07", "A14", "A19", "B01", "B03", "S24", "S08", "F05"):
        trade = by_code[code]
        for back in (21, 14, 7):
            planned = Planned(("", "", ""), trade, "中塘蔬菜专业合作社", "500114121001", "中塘社区", -back)
            past = make_opening(planned, by_name["中塘蔬菜专业合作社"], today, now - timedelta(days=back + 2))
            past.ends_on = past.starts_on + timedelta(days=min(trade.days, 5) - 1)
            past.status, past.title = "expired", f"{trade.title}（往期）"
            session.add(past)
    # employer, trade, place, pay in yuan a day, what is required: what staff meets at the review.
    waiting = [
        ("兴泉红李专业合作社", "A04", XINGQUAN, 130, "会用果剪", "摘柑子"),
        ("谢家农家乐", "S08", "500114121204", 130, "只要女的，四十岁以下", "端菜洗碗"),
        ("渝东顺达建筑队", "B01", "500114121001", 160, "先交200块钱服装费", "工地小工"),
        ("街上冉师傅", "S24", "500114121001", 40, "肯做事", "打杂"),
        ("黔江安康物业", "S24", ZHONGTANG, 600, "加微信详谈", "轻松打杂"),
        ("草海苹果专业合作社", "A04", "520526100034", 130, "轻拿轻放", "摘苹果"),
    ]
    for employer, code, region, yuan, requirements, title in waiting:
        trade = by_code[code]
        row = make_opening(Planned(("", "", ""), trade, employer, region, "", 3), by_name[employer], today, now)
        row.title, row.requirements, row.pay_unit = title, requirements, "day"
        row.pay_min_fen = row.pay_max_fen = yuan * 100
        row.status, row.published_at, row.reviewed_at = "in_review", None, None
        usual = (trade.low + trade.high) / 2 * 100 if trade.unit == "day" else None
        posting = review.Posting(
            text=f"{title} {requirements}",
            pay_min_fen=row.pay_min_fen,
            pay_max_fen=row.pay_max_fen,
            pay_unit="day",
            usual=review.Usual(usual, 3, region[:6]) if usual else None,
        )
        row.review_flags = [found.flag for found in review.findings(posting)]
        session.add(row)
    session.flush()
