"""What counts how much in the ranking: the weights, their limits, and in words what each one does (W03, W04, H02, H03).

A county may change its own within the limits; the defaults are those the simulated market is run with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Weights:
    """Points each part of a rank gives at most. The fit adds up to 100, the need for work to 30, `no_show` is taken off."""

    trade: float = 38.0
    kindred: float = 21.0
    distance: float = 20.0
    days: float = 15.0
    hours: float = 5.0
    pay: float = 10.0
    requirements: float = 4.0
    benefits: float = 4.0
    freshness: float = 4.0
    no_earner: float = 16.0
    hardship: float = 4.0
    disabled: float = 3.0
    older: float = 3.0
    waiting: float = 4.0
    no_show: float = 6.0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Weights:
        """The weights as kept; what an older row does not name stays at its default, what nobody knows is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: float(value) for name, value in stored.items() if name in known})

    def to_json(self) -> dict[str, float]:
        return asdict(self)


DEFAULT_WEIGHTS = Weights()

# name → (least, most). The notices leave no county free to drop what is due to those who need help most (H02, H03), nor to
# let it outweigh whether somebody can do the work at all.
LIMITS: dict[str, tuple[float, float]] = {
    "trade": (20, 60),
    "kindred": (5, 40),
    "distance": (5, 40),
    "days": (5, 30),
    "hours": (0, 15),
    "pay": (0, 20),
    "requirements": (0, 15),
    "benefits": (0, 10),
    "freshness": (0, 10),
    "no_earner": (8, 25),
    "hardship": (2, 10),
    "disabled": (2, 10),
    "older": (2, 10),
    "waiting": (2, 10),
    "no_show": (0, 10),
}
# name → (what it is called, what it does).
SENTENCES: dict[str, tuple[str, str]] = {
    "trade": ("工种对口", "登记的就是这个工种，得满分。"),
    "kindred": ("工种相近", "做过差不多的活，得这么多。"),
    "distance": ("路程", "路上花的时间越短，得分越多。"),
    "days": ("日子", "活路的日子都得空，得满分；只空几天，按天数算。"),
    "hours": ("钟点", "早中晚合得上，得满分。"),
    "pay": ("工钱", "够得上想要的数就得满分，再高也不多加。"),
    "requirements": ("手艺", "要熟手、要证的活，看手艺够不够。"),
    "benefits": ("吃住接送", "想要的吃住、接送、保险有没有。"),
    "freshness": ("新岗位", "刚发布的岗位多得一点。"),
    "no_earner": ("一户一人", "家里没有一个人上工，先照顾。要比下面四项加起来还多。"),
    "hardship": ("困难群体", "脱贫、监测、低保等身份，核实过才算。"),
    "disabled": ("残疾人", "核实过才算。"),
    "older": ("大龄", "核实过才算。"),
    "waiting": ("等得久", "等满八个星期，得满分。"),
    "no_show": ("答应了没去", "三个月里有过，扣到这么多；过一天淡一天。"),
}
HELP = ("hardship", "disabled", "older", "waiting")


def problems(weights: Weights) -> dict[str, str]:
    """What a county may not set: weight → a plain sentence; empty when all is well."""
    found: dict[str, str] = {}
    for name, (least, most) in LIMITS.items():
        value = getattr(weights, name)
        if not math.isfinite(value) or not least <= value <= most:
            found[name] = f"要在{least:g}到{most:g}之间。"
    if not found and weights.kindred > weights.trade:
        found["kindred"] = "相近的工种不能比对口的还高。"
    if not found and weights.no_earner < sum(getattr(weights, name) for name in HELP):
        found["no_earner"] = "一户一人要比困难群体、残疾人、大龄、等得久四项加起来多。"
    return found
