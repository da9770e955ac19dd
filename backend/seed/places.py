"""The served divisions with their real codes, and the demo county's stations (hours, addresses and hotlines invented)."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Region, Screen, Station

SOURCE = Path(__file__).resolve().parent.parent / "data" / "regions" / "served.json"

ZHONGTANG = "500114121"
XINGQUAN = "500114121002"
QIANJIANG = "500114"
WEINING = "520526"
CAOHAI = "520526100"

SERVICES = ["求职登记", "招工登记", "政策咨询", "培训报名", "返乡登记", "失业登记", "劳动维权"]
VILLAGE_SERVICES = ["求职登记", "招工登记", "返乡登记", "政策咨询"]

# slug, region, kind, name, short name (in front of every text), address, opens, closes, hotline.
# Hotlines are invented: no carrier issues +86 100 numbers.
STATIONS: tuple[tuple[str, str, str, str, str, str, str, str, str], ...] = (
    (
        "chongqing",
        "50",
        "market",
        "重庆市零工市场服务中心",
        "重庆零工",
        "重庆市人力资源市场一楼",
        "09:00",
        "17:00",
        "+8610000050000",
    ),
    (
        "qianjiang-city",
        "5001",
        "market",
        "渝东南零工市场",
        "渝东南零工",
        "渝东南人才市场一楼",
        "09:00",
        "17:30",
        "+8610000050010",
    ),
    (
        "qianjiang",
        "500114",
        "market",
        "黔江区零工市场",
        "黔江零工",
        "黔江区城西街道人力资源市场一楼",
        "08:00",
        "18:00",
        "+8610000050114",
    ),
    (
        "zhongtang",
        "500114121",
        "station",
        "中塘镇零工驿站",
        "中塘零工",
        "中塘镇社保所旁边",
        "08:30",
        "17:30",
        "+8610000050121",
    ),
    (
        "zhongtang-shequ",
        "500114121001",
        "station",
        "中塘社区零工驿站",
        "中塘零工",
        "中塘社区便民服务中心",
        "09:00",
        "17:00",
        "+8610000050201",
    ),
    (
        "xingquan",
        "500114121002",
        "station",
        "兴泉社区零工驿站",
        "兴泉零工",
        "兴泉社区便民服务中心",
        "09:00",
        "17:00",
        "+8610000050202",
    ),
    (
        "shengli",
        "500114121202",
        "station",
        "胜利村零工驿站",
        "胜利零工",
        "胜利村便民服务中心",
        "09:00",
        "17:00",
        "+8610000050203",
    ),
    (
        "yingxin",
        "500114121203",
        "station",
        "迎新村零工驿站",
        "迎新零工",
        "迎新村便民服务中心",
        "09:00",
        "17:00",
        "+8610000050204",
    ),
    (
        "shuangshi",
        "500114121204",
        "station",
        "双石村零工驿站",
        "双石零工",
        "双石村便民服务中心",
        "09:00",
        "17:00",
        "+8610000050205",
    ),
    (
        "guizhou",
        "52",
        "market",
        "贵州省零工市场服务中心",
        "贵州零工",
        "贵州省人力资源市场一楼",
        "09:00",
        "17:00",
        "+8610000052000",
    ),
    (
        "bijie",
        "5205",
        "market",
        "毕节市零工市场",
        "毕节零工",
        "毕节市人力资源市场一楼",
        "08:30",
        "17:30",
        "+8610000052050",
    ),
    (
        "weining",
        "520526",
        "market",
        "威宁县零工市场",
        "威宁零工",
        "威宁县六桥街道零工市场",
        "06:30",
        "18:30",
        "+8610000052526",
    ),
    (
        "caohai",
        "520526100",
        "station",
        "草海镇零工驿站",
        "草海零工",
        "草海镇政务服务中心",
        "08:30",
        "17:30",
        "+8610000052100",
    ),
)


# What a town shows beside its own work, so that the choice is seen: 中塘 with the two quarters its people go to.
SCREENS = {"zhongtang": ["500114001", "500114005"]}


@cache
def divisions() -> tuple[dict[str, Any], ...]:
    """The served divisions, parents before children: `{code, name, level, parent_code, aliases}`."""
    return tuple(json.loads(SOURCE.read_text(encoding="utf-8"))["regions"])


def market_days(code: str, level: str) -> dict[str, Any] | None:
    """A town's market days 赶场天. Invented, yet of the shape the towns really have: every third day by the lunar date.

    中塘 逢一四七. Weining's towns keep the solar date here, so that both calendars are met in the demo.
    """
    if level != "town":
        return None
    first = 1 if code == ZHONGTANG else int(code) % 3 + 1
    return {"calendar": "lunar" if code.startswith(QIANJIANG) else "solar", "days": [first, first + 3, first + 6]}


def seed_places(session: Session) -> int:
    """Put in the divisions and stations that are missing; what staff have edited stays. Returns how many were added."""
    known = set(session.scalars(select(Region.code)))
    new = [
        {**row, "market_days": market_days(row["code"], row["level"])}
        for row in divisions()
        if row["code"] not in known
    ]
    # In the order of the levels, since a child names its parent.
    session.add_all([Region(**row) for row in new])
    session.flush()
    stations = set(session.scalars(select(Station.slug)))
    missing = [row for row in STATIONS if row[0] not in stations]
    for slug, region, kind, name, short_name, address, opens_at, closes_at, hotline in missing:
        session.add(
            Station(
                slug=slug,
                region_code=region,
                kind=kind,
                name=name,
                short_name=short_name,
                address=address,
                opens_at=opens_at,
                closes_at=closes_at,
                hotline=hotline,
                services=VILLAGE_SERVICES if len(region) == 12 else SERVICES,
            )
        )
    session.flush()
    return len(new) + len(missing)


def seed_screens(session: Session, now: datetime) -> None:
    """What the demo's walls show beside their own; what staff chose since stays."""
    for station in session.scalars(select(Station).where(Station.slug.in_(SCREENS))):
        if session.get(Screen, station.id) is None:
            around = SCREENS[station.slug]
            session.add(Screen(station_id=station.id, around=around, per_page=6, seconds=15, version=1, changed_at=now))
    session.flush()
