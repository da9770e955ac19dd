"""Make the two fonts of the posters anew from Noto Sans CJK SC (SIL OFL 1.1; Debian: fonts-noto-cjk).

    python tools/subset_font.py [folder with NotoSansCJK-Regular.ttc and -Bold.ttc]

Kept are the 8,105 characters of 通用规范汉字表 (2013; `tools/standard_characters.txt`), every character in the names of served
places and in the names of trades, Latin letters, figures and the punctuation of Chinese texts. The result is committed, so
that no poster depends on what is installed where it is drawn.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "backend" / "console" / "fonts"
SYSTEM = Path("/usr/share/fonts/opentype/noto")
FACE = "Noto Sans CJK SC"
SIGNS = "×·–—‘’“”…℃①②③④⑤⑥⑦⑧⑨⑩→←↑↓■□▲△●○◆◇★☆、。〇〈〉《》「」『』【】〔〕〖〗〜・！（），．／：；？［］｛｝～￥％＋－＝°²³½✓"


def characters() -> set[int]:
    """Code points to keep."""
    standard = (ROOT / "tools" / "standard_characters.txt").read_text(encoding="utf-8")
    places = json.loads((ROOT / "backend/data/regions/served.json").read_text(encoding="utf-8"))["regions"]
    named = "".join(row["name"] + "".join(row["aliases"]) for row in places)
    trades = (ROOT / "backend/domain/data/job_types.csv").read_text(encoding="utf-8")
    wide = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F))
    kept = {ord(sign) for sign in standard + named + trades + SIGNS + wide if sign.isprintable()}
    return kept | set(range(0x20, 0x7F))


def shrink(collection: Path, to: Path) -> None:
    """Write the simplified-Chinese face of `collection` with the kept characters alone."""
    font = next(face for face in TTCollection(str(collection)).fonts if face["name"].getDebugName(1) == FACE)
    wanted = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, drop_tables=["+VORG", "vhea", "vmtx", "GPOS", "GSUB"],
        name_IDs=[0, 1, 2, 4, 6, 13, 14], desubroutinize=False,
    )  # fmt: skip
    cutter = subset.Subsetter(options=wanted)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(str(to))


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SYSTEM
    OUT.mkdir(parents=True, exist_ok=True)
    for weight in ("Regular", "Bold"):
        shrink(source / f"NotoSansCJK-{weight}.ttc", OUT / f"NotoSansSC-{weight}.otf")


if __name__ == "__main__":
    main()
