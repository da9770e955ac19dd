"""The ledgers as staff keep them in Excel: their columns, and the reading of a row of those that are taken in (L03, W01, E01, L05)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from backend.domain import ledger_cells as cells
from backend.domain import ledger_days
from backend.domain import ledger_words as w
from backend.domain.ledger_cells import BadCell, Cell, Place
from backend.domain.private_numbers import without_private_numbers

MOST_PEOPLE = 500  # places of one opening, as everywhere it is posted
LONGEST_TEXT = 200  # characters of an employer's name, a title, place or requirement, as everywhere
# What a station's texts and figures may be, in its form and in a file: (fewest, most) characters; the highest figure.
STATION_TEXTS = {"name": (2, 40), "short_name": (2, 8), "address": (0, 100)}
STATION_NUMBERS = {"area_sqm": 100_000, "windows": 200, "staff_count": 500}


@dataclass(frozen=True)
class Column:
    """`aliases`: other heads the same facts stand under. `read`: False where the library itself knows it best.

    `choices`: what the drop-down offers; `strict`: and nothing else may be filled in.
    """

    key: str
    header: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    read: bool = True
    width: int = 12
    kind: str = "text"  # text | date | number
    choices: tuple[str, ...] = ()
    strict: bool = True
    hint: str = ""


def _first(table: w.Words) -> tuple[str, ...]:
    return tuple(each[0] for each in table.values())


_YES_NO = ("是", "否")
_DAY_HINT = "写成2026-12-01或12月1日"
NUMBER_OF_ROW = Column("row", "序号", ("编号", "No"), read=False, width=6, kind="number")

WORKERS: tuple[Column, ...] = (
    NUMBER_OF_ROW,
    Column("name", "姓名", ("劳动力姓名", "本人姓名", "名字"), required=True, width=10),
    Column("gender", "性别", width=6, choices=_first(w.GENDERS)),
    Column("birth_year", "出生年", ("出生年份", "年龄", "出生年月", "出生日期", "周岁"), width=8, hint="1968，或者58岁"),
    Column("village", "村（社区）", ("村", "社区", "所在村", "村居", "所属村", "户籍地", "村社区", "住址村"), required=True, width=18),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式"), required=True, width=15, hint="能打通的号码，11位；没有的写家里人的"),
    Column("job_types", "会做的活", ("工种", "求职工种", "就业需求", "意向工种", "意向岗位", "从事工种"), width=24, strict=False, hint="几样用顿号隔开"),
    Column("skill_level", "技能水平", ("技能等级", "技能"), choices=_first(w.SKILLS)),
    Column("pay", "期望工价", ("期望工资", "期望薪资", "工价要求", "期望待遇"), width=14, hint="120元/天、150-200元/天"),
    Column("available_from", "哪天起有空", ("可上工日期", "可上岗时间", "有空开始"), kind="date", hint=_DAY_HINT),
    Column("available_to", "有空到哪天", ("有空结束",), kind="date", hint=_DAY_HINT),
    Column("employment_status", "就业状态", ("目前状态", "就业情况"), choices=_first(w.EMPLOYMENT)),
    Column("job_willingness", "就业意愿", ("求职意愿", "务工意愿"), choices=_first(w.WILLINGNESS)),
    Column("at_home", "未外出在家", ("是否在家", "在家", "未外出务工"), choices=_YES_NO),
    Column("hardships", "困难情况", ("人员类别", "困难类别", "重点群体", "人员类型"), width=22, strict=False, hint="只当申报，核实在网页上做"),
    Column("service_needs", "服务需求", ("需要的服务", "服务需要"), width=16, strict=False, hint="找活、培训、政策、维权"),
    Column("preferred_channel", "怎么联系", ("联系方式偏好", "联系办法"), choices=_first(w.CHANNELS)),
    Column("waiting_since", "哪天起没活", ("待工起始", "失业时间", "待业起始"), kind="date", hint=_DAY_HINT),
    Column("updated", "最近更新", read=False, kind="date"),
)  # fmt: skip

OPENINGS: tuple[Column, ...] = (
    NUMBER_OF_ROW,
    Column("employer", "用工单位", ("单位名称", "用工主体", "企业名称", "单位", "用人单位", "业主"), required=True, width=20),
    Column("employer_kind", "单位类型", ("主体类型", "单位性质"), choices=_first(w.EMPLOYER_KINDS)),
    Column("phone", "联系电话", ("电话", "手机", "单位电话", "联系方式", "手机号", "电话号码"), required=True, width=15),
    Column("job_type", "所需工种", ("工种", "需求工种"), required=True, width=14, strict=False),
    Column("title", "岗位", ("岗位名称", "招聘岗位", "工作内容"), width=16),
    Column("headcount", "需要人数", ("人数", "招聘人数", "需求人数", "用工人数"), required=True, width=9, kind="number"),
    Column("region_code", "务工地点", ("工作地点", "务工地点村", "村（社区）", "地点", "村"), required=True, width=18),
    Column("place", "详细地址", ("具体地点", "地址"), width=18),
    Column("starts_on", "开始日期", ("务工时段起", "上工日期", "开工日期", "务工开始", "起始日期"), required=True, kind="date", hint=_DAY_HINT),
    Column("ends_on", "结束日期", ("务工时段止", "完工日期", "务工结束", "截止日期"), kind="date", hint=_DAY_HINT),
    Column("hours_from", "几点上工", ("上工时间", "上班时间", "开始时间"), width=9, hint="07:30"),
    Column("hours_to", "几点收工", ("收工时间", "下班时间", "结束时间"), width=9, hint="18:00"),
    Column("pay", "务工待遇", ("工资待遇", "工价", "工资", "薪资", "待遇", "薪酬"), width=14, hint="120元/天、0.8元/斤，或者面议"),
    Column("settlement", "怎么结", ("结算方式", "结算", "工资结算"), choices=_first(w.SETTLEMENTS)),
    Column("requirements", "务工要求", ("要求", "岗位要求", "任职要求"), width=24),
    Column("meals", "管饭", ("管吃", "包吃", "是否管饭", "伙食", "交通生活保障吃"), width=7, choices=_YES_NO),
    Column("lodging", "管住", ("包住", "住宿", "是否管住", "交通生活保障住"), width=7, choices=_YES_NO),
    Column("transport", "接送", ("交通", "是否接送", "交通生活保障行"), width=7, choices=_YES_NO),
    Column("insured", "是否购买保险", ("保险", "购买保险", "是否买保险"), width=9, choices=_YES_NO),
    Column("status", "状态", read=False),
    Column("filled", "已报人数", read=False, kind="number"),
    Column("updated", "最近更新", read=False, kind="date"),
)  # fmt: skip


def _drawn(*columns: tuple[str, str, int, str]) -> tuple[Column, ...]:
    """The columns of a ledger that is drawn out only: (key, head, width, kind)."""
    return (
        NUMBER_OF_ROW,
        *(Column(key, header, read=False, width=width, kind=kind) for key, header, width, kind in columns),
    )


# What stands in it comes from cards and visits (H03, H04).
PRIORITY: tuple[Column, ...] = _drawn(
    ("name", "姓名", 10, "text"),
    ("gender", "性别", 6, "text"),
    ("birth_year", "出生年", 8, "number"),
    ("village", "村（社区）", 18, "text"),
    ("phone", "联系电话", 15, "text"),
    ("hardships", "困难情况", 30, "text"),
    ("job_types", "会做的活", 24, "text"),
    ("employment_status", "就业状态", 12, "text"),
    ("job_willingness", "就业意愿", 12, "text"),
    ("service_needs", "服务需求", 16, "text"),
    ("waiting_since", "哪天起没活", 12, "date"),
    ("waiting_days", "没活多少天", 10, "number"),
    ("last_contact", "最近联系", 12, "date"),
    ("officer", "帮扶人", 10, "text"),
    ("next_on", "下次走访", 12, "date"),
)
_PLACE_HINT = "村（社区）、镇街或者区县的全名；重名的把镇名写在前面"
EMPLOYERS: tuple[Column, ...] = (
    NUMBER_OF_ROW,
    Column("employer", "用工单位", ("单位名称", "名称", "用工主体", "企业名称", "单位", "用人单位", "业主"), required=True, width=22),
    Column("employer_kind", "单位类型", ("类型", "类别", "主体类型", "单位性质"), choices=_first(w.EMPLOYER_KINDS)),
    Column("phone", "联系电话", ("电话", "手机", "单位电话", "联系方式", "手机号", "电话号码"), width=15, hint="第一次登记的要填"),
    Column("region_code", "地方", ("地点", "所在地", "所属村", "村（社区）", "所在村", "村"), width=20, hint=_PLACE_HINT),
    Column("verified", "核实过", read=False, width=8),
    Column("openings", "发过几个岗位", read=False, kind="number"),
    Column("out", "正在招几个", read=False, width=10, kind="number"),
    Column("made", "登记", read=False, kind="date"),
)  # fmt: skip
HOUSEHOLDS = _drawn(
    ("number", "户号", 8, "number"), ("village", "村（社区）", 20, "text"), ("people", "几个人", 8, "number"),
    ("names", "户里的人", 30, "text"), ("earning", "有人上工", 9, "text"), ("hardships", "有核实过的困难", 14, "text"),
)  # fmt: skip
OFFERS = _drawn(
    ("title", "岗位", 18, "text"), ("job_type", "工种", 12, "text"), ("region_code", "务工地点", 20, "text"),
    ("employer", "用工单位", 20, "text"), ("starts_on", "开始日期", 12, "date"), ("ends_on", "结束日期", 12, "date"),
    ("name", "姓名", 10, "text"), ("village", "村（社区）", 20, "text"), ("status", "怎么样了", 12, "text"),
    ("asked", "哪天问的", 12, "date"), ("answered", "哪天回的", 12, "date"),
)  # fmt: skip
CASES = _drawn(
    ("number", "编号", 8, "number"), ("case", "哪一类", 18, "text"), ("priority", "急不急", 9, "text"),
    ("status", "状态", 9, "text"), ("region_code", "地方", 20, "text"), ("opened", "哪天来的", 12, "date"),
    ("due", "哪天前办", 12, "date"), ("officer", "谁接的", 12, "text"), ("closed", "哪天办结", 12, "date"),
)  # fmt: skip
STATIONS: tuple[Column, ...] = (
    NUMBER_OF_ROW,
    Column("name", "名称", ("驿站名称", "市场名称", "站点名称"), required=True, width=20),
    Column("short_name", "短信落款", ("简称", "落款"), width=10, hint="2到8个字，写在每条短信前面；新设的要填"),
    Column("kind", "类别", ("类型",), width=10, choices=_first(w.STATION_KINDS)),
    Column("region_code", "地方", ("地点", "所在地", "村（社区）", "镇街", "乡镇"), required=True, width=20, hint=f"{_PLACE_HINT}。一个地方只设一个"),
    Column("address", "地址", ("详细地址", "具体地址"), width=24),
    Column("opens_at", "开门", ("开门时间", "几点开门", "上班时间"), width=8, hint="08:00"),
    Column("closes_at", "关门", ("关门时间", "几点关门", "下班时间"), width=8, hint="18:00"),
    Column("hotline", "电话", ("联系电话", "热线", "热线电话", "服务电话", "电话号码"), width=15),
    Column("area_sqm", "面积（平方米）", ("面积", "场地面积"), width=10, kind="number"),
    Column("windows", "几个窗口", ("窗口数", "窗口", "服务窗口"), width=9, kind="number"),
    Column("staff_count", "几个工作人员", ("工作人员", "工作人员数", "人员数"), width=10, kind="number"),
    Column("has_screen", "大屏", ("有大屏", "显示屏"), width=7, choices=_YES_NO),
    Column("has_sign", "标牌", ("有标牌", "门牌"), width=7, choices=_YES_NO),
    Column("updated", "最近更新", read=False, kind="date"),
)  # fmt: skip

LEDGERS: Mapping[str, tuple[Column, ...]] = {
    "workers": WORKERS, "openings": OPENINGS, "priority": PRIORITY, "employers": EMPLOYERS, "households": HOUSEHOLDS,
    "offers": OFFERS, "cases": CASES, "stations": STATIONS,
}  # fmt: skip
TITLES = {
    "workers": "劳动力信息台账", "openings": "单位岗位需求台账", "priority": "重点群体台账", "employers": "用工单位台账",
    "households": "户台账", "offers": "派活台账", "cases": "待办台账", "stations": "市场和驿站台账",
}  # fmt: skip
TAKEN_IN = ("workers", "openings", "employers", "stations")
# Never taken in: the line does not need it, so it must not hold it (PIPL 6).
_NEVER_READ = re.compile("身份证|证件|公民身份|银行|卡号|账号|帐号|社保号|护照")


def head(text: object) -> str:
    """A column's head as it is compared: 联系电话*\\n（必填） → 联系电话."""
    told = unicodedata.normalize("NFKC", str(text or ""))
    told = re.sub(
        r"\((?:必填|选填|可不填|元|人|岁|个|年|起|止)\)|必填",
        lambda m: m[0][1:-1] if m[0][1:-1] in "起止" else "",
        told,
    )
    return re.sub(r"[\s*:：_\-()（）【】\[\]、.。]", "", told)


def is_never_read(text: object) -> bool:
    """Whether a head stands over identity papers, bank cards or accounts."""
    return _NEVER_READ.search(head(text)) is not None


def column_of(kind: str, text: object) -> Column | None:
    """The column that stands under this head."""
    told = head(text)
    return next((c for c in LEDGERS[kind] if told and told in {head(c.header), *(head(a) for a in c.aliases)}), None)


@dataclass(frozen=True)
class Problem:
    """`column` is the head of the ledger; a notice does not keep the row out."""

    column: str
    value: str
    reason: str
    notice: bool = False


@dataclass
class ReadRow:
    """`facts`: plain JSON by the columns' keys, only what was filled in; days are ISO, money fen."""

    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        return any(not problem.notice for problem in self.problems)


@dataclass(frozen=True)
class Reading:
    """What a row's reader must know: the day it is read and the places of one's own region."""

    today: date
    find_place: Callable[[str], Sequence[Place]]


def read_row(kind: str, row: Mapping[str, Cell], reading: Reading, *, missing: bool = True) -> ReadRow:
    """Read what stands in one row of `kind` (one of `TAKEN_IN`), column by column; every bad cell is told.

    `missing`: whether a required cell that is empty is told, too.
    """
    found = ReadRow()
    readers = _readers(kind, reading)
    for column in LEDGERS[kind]:
        if not column.read:
            continue
        cell = row.get(column.key)
        try:
            value = readers[column.key](cell)
        except BadCell as problem:
            found.problems.append(
                Problem(column.header, without_private_numbers(cells.shown(cell))[:60], problem.reason)
            )
            continue
        if value is None:
            # An employer the library knows may have no number; whether it knows her is seen with the library.
            if column.required and missing and (kind, column.key) != ("openings", "phone"):
                found.problems.append(Problem(column.header, "", "这一格要填"))
            continue
        found.facts[column.key] = value.isoformat() if isinstance(value, date) else value
    if "pay" in found.facts:
        found.facts["pay"] = list(found.facts["pay"])
    _across(kind, found, reading.today)
    return found


def _readers(kind: str, reading: Reading) -> dict[str, Callable[[Cell], Any]]:
    """Who reads the cells of a ledger, by column; each raises `BadCell`."""
    today, year = reading.today, reading.today.year
    readers: dict[str, Callable[[Cell], Any]] = {
        "name": cells.name,
        "gender": lambda v: cells.named(v, w.GENDERS),
        "birth_year": lambda v: cells.birth_year(v, year),
        "village": lambda v: cells.place(v, lambda text: list(reading.find_place(text))),
        "region_code": lambda v: cells.place(v, lambda text: list(reading.find_place(text))),
        "phone": cells.number,
        "job_types": cells.trades,
        "job_type": cells.trade,
        "skill_level": lambda v: cells.named(v, w.SKILLS),
        "pay": cells.wage,
        "available_from": lambda v: ledger_days.day(v, today),
        "available_to": lambda v: ledger_days.day(v, today),
        "employment_status": lambda v: cells.named(v, w.EMPLOYMENT),
        "job_willingness": lambda v: cells.named(v, w.WILLINGNESS),
        "at_home": cells.yes_no,
        "hardships": cells.labels,
        "service_needs": lambda v: cells.several(v, w.NEEDS),
        "preferred_channel": lambda v: cells.named(v, w.CHANNELS),
        "waiting_since": lambda v: ledger_days.day(v, today, past=True),
        "employer": lambda v: cells.of_whom(v, LONGEST_TEXT),
        "employer_kind": lambda v: cells.named(v, w.EMPLOYER_KINDS),
        "title": lambda v: cells.words(v, LONGEST_TEXT),
        "headcount": lambda v: cells.whole(v, 1, MOST_PEOPLE),
        "place": lambda v: cells.words(v, LONGEST_TEXT),
        "starts_on": lambda v: ledger_days.day(v, today),
        "ends_on": lambda v: ledger_days.day(v, today),
        "hours_from": cells.clock,
        "hours_to": cells.clock,
        "settlement": lambda v: cells.named(v, w.SETTLEMENTS),
        "requirements": lambda v: cells.words(v, LONGEST_TEXT),
        **dict.fromkeys(("meals", "lodging", "transport", "insured"), cells.yes_no),
    }
    if kind == "employers":
        readers["phone"] = partial(cells.number, abroad=True)
    elif kind == "stations":
        readers |= {key: partial(cells.sized, fewest=least, most=most) for key, (least, most) in STATION_TEXTS.items()}
        readers |= {key: partial(cells.whole, low=0, high=most) for key, most in STATION_NUMBERS.items()}
        readers |= dict.fromkeys(("opens_at", "closes_at"), cells.clock)
        readers |= dict.fromkeys(("has_screen", "has_sign"), cells.yes_no)
        readers |= {"kind": lambda v: cells.named(v, w.STATION_KINDS), "hotline": partial(cells.number, abroad=True)}
    return readers


def _across(kind: str, found: ReadRow, today: date) -> None:
    """What no single cell shows: days in the wrong order, work that is over, a wage wish for the sky."""
    facts = found.facts
    first, last = ("available_from", "available_to") if kind == "workers" else ("starts_on", "ends_on")
    if first in facts and last in facts and facts[last] < facts[first]:
        head_of_last = next(c.header for c in LEDGERS[kind] if c.key == last)
        found.problems.append(Problem(head_of_last, facts[last], "最后一天不能早于第一天"))
    if (since := facts.get("waiting_since")) and since > today.isoformat():
        found.problems.append(Problem("哪天起没活", since, "这一天还没有到"))
    if "opens_at" in facts and "closes_at" in facts and facts["closes_at"] <= facts["opens_at"]:
        found.problems.append(Problem("关门", facts["closes_at"], "关门要晚过开门"))
