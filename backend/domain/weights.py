"""What counts how much in the ranking: the weights and their limits (W03, W04, H02, H03).

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

    @property
    def best_fit(self) -> float:
        """The points of whoever suits in everything: 100 with the defaults, and no other number stands for it elsewhere."""
        return sum(getattr(self, name) for name in FIT)

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
# The parts of a fit; `kindred` is given instead of `trade`.
FIT = ("trade", "distance", "days", "hours", "pay", "requirements", "benefits", "freshness")
HELP = ("hardship", "disabled", "older", "waiting")


def problems(weights: Weights) -> dict[str, str]:
    """What a county may not set: weight → `limits` (outside of its `LIMITS`), `above_trade` or `below_help`.

    A kindred trade never counts more than the very one, and a household without an earner at least as much as all the
    other `HELP` together (H02). Empty when all is well.
    """
    found: dict[str, str] = {}
    for name, (least, most) in LIMITS.items():
        value = getattr(weights, name)
        if not math.isfinite(value) or not least <= value <= most:
            found[name] = "limits"
    if found:
        return found
    if weights.kindred > weights.trade:
        found["kindred"] = "above_trade"
    if weights.no_earner < sum(getattr(weights, name) for name in HELP):
        found["no_earner"] = "below_help"
    return found
