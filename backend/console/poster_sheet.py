"""A sheet of paper to write on: words that always fit, codes to scan, in fonts that come along (P02).

No system font is used. A sign the fonts do not hold becomes 〇 and is told in `Sheet.missing`.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import segno
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF

# It tells every table of every font it cuts.
logging.getLogger("fontTools").setLevel(logging.WARNING)
FONTS = Path(__file__).resolve().parent / "fonts"
FILES = {"": FONTS / "NotoSansSC-Regular.otf", "B": FONTS / "NotoSansSC-Bold.otf"}
UNKNOWN = "〇"
GREEN, INK, SOFT, GOLD, WASH, WHITE = "#0b4a43", "#1c2a29", "#55625f", "#b87b0c", "#e6efe9", "#ffffff"
A4 = (210.0, 297.0)
SCALES = {"a4": 1.0, "a3": 2**0.5}
# A figure stays with the word behind it; a closing sign never begins a line, an opening one never ends it.
_PIECES = re.compile(r"[（(“「《]*(?:[A-Za-z0-9.:+*-]+(?:元|天|人|点|号|月|日|年|个|组)?|.)[，。、；：！？）)”」》…]*")


@cache
def held() -> frozenset[int]:
    """The code points of the fonts."""
    with TTFont(str(FILES[""]), lazy=True) as font:
        return frozenset(font.getBestCmap())


def unheld(text: str) -> set[str]:
    """The signs of `text` the fonts do not hold."""
    return {sign for sign in text if ord(sign) not in held() and not sign.isspace()}


class Sheet:
    """Pages of one size. Lengths are millimetres of an A4; on an A3 everything is √2 as large."""

    def __init__(self, size: str, title: str, on: date) -> None:
        self.k = SCALES[size]
        self.missing: set[str] = set()
        self.pdf = pdf = FPDF(unit="mm", format=(A4[0] * self.k, A4[1] * self.k))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        for style, path in FILES.items():
            pdf.add_font("sc", style, str(path))
        pdf.set_title(title)
        pdf.set_lang("zh-CN")
        pdf.set_creator("零工热线")
        pdf.set_producer("")
        # The same facts on the same day give the same bytes.
        pdf.set_creation_date(datetime.combine(on, time(), UTC))

    def page(self) -> None:
        self.pdf.add_page()

    def box(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0) -> None:
        self.pdf.set_fill_color(fill)
        k = self.k
        rounded = {"round_corners": True, "corner_radius": radius * k} if radius else {}
        self.pdf.rect(x * k, y * k, w * k, h * k, style="F", **rounded)  # type: ignore[arg-type]

    def known(self, text: str) -> str:
        """`text` on one line, every sign that cannot be drawn as 〇."""
        text = " ".join(text.split())
        lost = unheld(text)
        self.missing |= lost
        return "".join(UNKNOWN if sign in lost else sign for sign in text)

    def write(
        self, x: float, y: float, w: float, text: str, size: float, *,
        bold: bool = False, color: str = INK, align: str = "L", lines: int = 1, least: float = 0.6,
    ) -> float:  # fmt: skip
        """Write into a box `w` wide, at most `lines` lines; return the y below.

        `size`: points on an A4. What is too long first gets smaller, down to `least` of the size, then breaks into lines, and
        only then ends in ….
        """
        k, style = self.k, "B" if bold else ""
        told = self.known(text)
        parts: list[str] = []
        for step in range(9):
            points = size * (1 - (1 - least) * step / 8)
            parts = self._broken(told, style, points, w)
            if len(parts) <= lines:
                break
        else:
            parts = self._cut(parts, lines, style, points, w)
        height = points * 0.3528 * 1.32
        self.pdf.set_font("sc", style, points * k)
        self.pdf.set_text_color(color)
        for number, part in enumerate(parts):
            self.pdf.set_xy(x * k, (y + number * height) * k)
            self.pdf.cell(w * k, height * k, part, align=align)
        return y + max(1, len(parts)) * height

    def _width(self, text: str, style: str, points: float) -> float:
        self.pdf.set_font("sc", style, points)
        return float(self.pdf.get_string_width(text))

    def _broken(self, text: str, style: str, points: float, w: float) -> list[str]:
        if self._width(text, style, points) <= w:
            return [text]
        found, line = [], ""
        for piece in _PIECES.findall(text):
            for bit in self._pieces_of(piece, style, points, w):
                if line and self._width((line + bit).rstrip(), style, points) > w:
                    found.append(line.rstrip())
                    line = bit.lstrip()
                else:
                    line += bit
        return [*found, line.rstrip()] if line.strip() else found

    def _pieces_of(self, piece: str, style: str, points: float, w: float) -> list[str]:
        """A run that is wider than the whole line has to break somewhere."""
        return list(piece) if self._width(piece, style, points) > w else [piece]

    def _cut(self, parts: list[str], lines: int, style: str, points: float, w: float) -> list[str]:
        last = parts[lines - 1]
        while last and self._width(last + "…", style, points) > w:
            last = last[:-1]
        return [*parts[: lines - 1], last + "…"]

    def code(self, x: float, y: float, side: float, content: str) -> None:
        """A QR code, drawn as areas so that it stays sharp at any size, with its quiet zone inside `side`."""
        matrix = [list(row) for row in segno.make(content, error="m", micro=False).matrix_iter(border=4)]
        k, unit = self.k, side / len(matrix)
        self.box(x, y, side, side, WHITE)
        self.pdf.set_fill_color("#000000")
        for row, line in enumerate(matrix):
            at = 0
            while at < len(line):
                if not line[at]:
                    at += 1
                    continue
                start = at
                while at < len(line) and line[at]:
                    at += 1
                self.pdf.rect(
                    (x + start * unit) * k, (y + row * unit) * k, (at - start) * unit * k, unit * k, style="F"
                )

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())
