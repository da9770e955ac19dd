"""The papers for the wall: one for a station, one for an opening, one for the week (P02, E01).

Pure: public facts in, PDF bytes out; drawn once and kept while the facts stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from backend.console.poster_sheet import GOLD, GREEN, INK, SOFT, WASH, WHITE, Sheet
from backend.domain import public_words as words
from backend.services.public_faces import Board, Face

PER_SHEET, MOST_SHEETS = 8, 3
SAY = (
    ("想找活", "“我想找个摘果子的活”"),
    ("要登记", "“我要登记，会砌砖”"),
    ("要请人", "“我要请五个人栽菜”"),
    ("有难处", "“工钱没给”“干活受了伤”"),
    ("问政策", "“社保补贴咋个领”"),
    ("要个人来说", "按0，或者说“人工”"),
)


@dataclass(frozen=True)
class Paper:
    """`missing`: signs the fonts do not hold; each stands as 〇 on the paper."""

    pdf: bytes
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What all papers of a station say. `number`: E.164, for the codes."""

    station: str
    address: str
    opens_at: str
    closes_at: str
    line: str
    number: str
    printed_on: date


def facts_of(board: Board, number: str, on: date) -> Facts:
    return Facts(board.station, board.address, board.opens_at, board.closes_at, board.line, number, on)


@lru_cache(maxsize=32)
def station(facts: Facts, size: str) -> Paper:
    """The hotline in figures to be read from across the street, and what one can say to it."""
    sheet = Sheet(size, f"{facts.station} {facts.line}", facts.printed_on)
    sheet.page()
    sheet.box(0, 0, 210, 34, GREEN)
    sheet.write(14, 9, 182, facts.station, 40, bold=True, color=WHITE, align="C")
    y = sheet.write(14, 41, 182, "找活、请人、有难处，打这个电话", 34, bold=True, align="C")
    sheet.box(10, y + 3, 190, 38, WASH, radius=5)
    sheet.write(14, y + 7, 182, facts.line, 76, bold=True, color=GREEN, align="C")
    y = sheet.write(14, y + 46, 182, "不会按、不识字，拿起电话直接说", 34, bold=True, color=GOLD, align="C")
    y += 6
    for number, (what, said) in enumerate(SAY):
        x, row = 12 + number % 2 * 95, y + number // 2 * 23
        sheet.box(x, row, 91, 20.5, WASH, radius=3)
        sheet.write(x + 4, row + 1.2, 83, what, 21, bold=True)
        sheet.write(x + 4, row + 11, 83, said, 17, color=SOFT)
    y += 3 * 23 + 3
    _codes(sheet, y, facts, "我想找活", ("手机扫这个，打电话", "手机扫这个，发短信“我想找活”"), side=54)
    below = sheet.write(130, y + 4, 70, "什么时候都打得通", 24, bold=True, lines=2)
    below = sheet.write(130, below + 2, 70, f"{facts.opens_at}到{facts.closes_at}有人接待", 19, lines=2)
    sheet.write(130, below + 2, 70, facts.address, 16, color=SOFT, lines=3)
    _foot(sheet, facts)
    return _done(sheet)


@lru_cache(maxsize=64)
def opening(facts: Facts, face: Face, size: str) -> Paper:
    """One opening: its eight facts, and the sentence that leads to it on the line."""
    sheet = Sheet(size, f"{face.title} {face.pay}", facts.printed_on)
    sheet.page()
    sheet.box(0, 0, 210, 22, GREEN)
    sheet.write(14, 5.5, 140, facts.station, 24, bold=True, color=WHITE)
    sheet.write(150, 6.5, 46, "招人", 22, bold=True, color=WHITE, align="R")
    y = sheet.write(14, 28, 182, face.title, 64, bold=True, align="C", lines=2, least=0.5)
    y = sheet.write(14, y, 182, face.pay, 46, bold=True, color=GOLD, align="C")
    y += 4
    sheet.box(14, y, 182, 0.6, GREEN)
    y += 3
    for name, told in eight_facts(face):
        sheet.write(14, y, 34, name, 17, color=SOFT)
        y = max(sheet.write(50, y, 146, told, 19, bold=True, lines=2), y + 9) + 1.6
    y = max(y + 1, 190)
    sheet.box(0, y, 210, 297 - y, WASH)
    sheet.write(14, y + 4, 182, "想去，打热线", 20, bold=True)
    sheet.write(60, y + 1, 136, facts.line, 46, bold=True, color=GREEN, align="R")
    said = words.text_to_send(face.title, face.region_name)
    row = y + 22
    _codes(sheet, row, facts, said, ("手机扫这个，打电话", "手机扫这个，发短信"))
    below = sheet.write(104, row + 1, 92, "打通了按1，或者直接说：", 16)
    below = sheet.write(104, below + 1, 92, f"“{said}”", 19, bold=True, lines=3)
    sheet.write(104, below + 1.5, 92, "听到这个活按1。发短信也一样，回前面的数字就报上名。", 14, color=SOFT, lines=3)
    _foot(sheet, facts)
    return _done(sheet)


@lru_cache(maxsize=16)
def week(facts: Facts, faces: tuple[Face, ...], beyond: int = 0) -> Paper:
    """The openings of seven days, eight to a sheet; the last sheet says how many more there are."""
    sheet = Sheet("a4", f"{facts.station} 这一周的活", facts.printed_on)
    first, last = words.week_of(facts.printed_on)
    shown = faces[: PER_SHEET * MOST_SHEETS]
    beyond += len(faces) - len(shown)
    for start in range(0, max(1, len(shown)), PER_SHEET):
        sheet.page()
        sheet.box(0, 0, 210, 30, GREEN)
        sheet.write(12, 4, 120, facts.station, 26, bold=True, color=WHITE)
        sheet.write(12, 17, 120, f"{words.day_fixed(first)}到{words.day_fixed(last)}的活", 16, color=WHITE)
        sheet.code(172, 2, 26, f"tel:{facts.number}")
        sheet.write(112, 5, 57, "打热线", 14, color=WHITE, align="R")
        sheet.write(112, 12, 57, facts.line, 24, bold=True, color=WHITE, align="R")
        if not shown:
            sheet.write(14, 120, 182, "这一周现在没有招人的活，打热线登记，来了就告诉您。", 24, align="C", lines=3)
        for number, face in enumerate(shown[start : start + PER_SHEET]):
            _cell(sheet, 10 + number % 2 * 96, 35 + number // 2 * 62.5, face)
        if beyond and start + PER_SHEET >= len(shown):
            sheet.write(12, 282, 186, f"这里写不下的还有{beyond}个活，打热线问。", 14, bold=True, align="C")
        _foot(sheet, facts)
    return _done(sheet)


def eight_facts(face: Face) -> list[tuple[str, str]]:
    """务工岗位、人数、地点、时段、待遇、要求、交通生活保障、保险 (E01), in plain words."""
    when = "，".join(part for part in (face.days_fixed, face.hours) if part)
    return [
        ("做什么", face.title if face.trade == face.title else f"{face.title}（{face.trade}）"),
        ("要几个人", f"{face.headcount}人，还差{face.left}人"),
        ("在哪里", face.place),
        ("什么时候", when),
        ("多少钱", "，".join(part for part in (face.pay, face.settlement) if part)),
        ("什么要求", face.requirements or "没说有要求"),
        ("吃住和车", face.care),
        ("保险", face.insurance),
        ("哪个请人", face.employer),
    ]


def _cell(sheet: Sheet, x: float, y: float, face: Face) -> None:
    sheet.box(x, y, 93, 59, WASH, radius=3)
    row = sheet.write(x + 4, y + 2.5, 85, face.title, 25, bold=True)
    row = max(row, y + 12)
    row = sheet.write(x + 4, row, 85, face.pay, 20, bold=True, color=GOLD)
    row = sheet.write(x + 4, row + 0.6, 85, face.place, 15, bold=True, color=INK)
    row = sheet.write(x + 4, row + 0.4, 85, face.days_fixed, 14)
    row = sheet.write(x + 4, row + 0.4, 85, "，".join(p for p in (face.hours, face.settlement) if p), 13, color=SOFT)
    told = "  ".join((f"要{face.left}人", *face.marks, face.employer))
    sheet.write(x + 4, row + 0.6, 85, told, 13, color=SOFT)


def _codes(sheet: Sheet, y: float, facts: Facts, body: str, captions: tuple[str, str], side: float = 40) -> None:
    contents = (f"tel:{facts.number}", f"SMSTO:{facts.number}:{body}")
    for number, (content, caption) in enumerate(zip(contents, captions, strict=True)):
        x = 12 + number * (side + 3)
        sheet.code(x, y, side, content)
        sheet.write(x, y + side + 0.5, side, caption, side / 4, color=SOFT, align="C", lines=2)


def _foot(sheet: Sheet, facts: Facts) -> None:
    on = facts.printed_on
    told = f"{on.year}年{on.month}月{on.day}日印。活会招满，去之前打热线问一声。打热线、登记、报名都不收钱。"
    sheet.write(12, 289, 186, told, 9.5, color=SOFT, align="C")


def _done(sheet: Sheet) -> Paper:
    return Paper(sheet.bytes(), tuple(sorted(sheet.missing)))
