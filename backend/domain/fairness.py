"""Who needs work most: points on top of the fit, by what has been verified only (H02, H03; vocabulary §4.7).

One household without an earner comes before all else together. Which label somebody has stays in her record: the words
say *that* help comes first, never why.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.domain.people import PRIORITY_LABELS, WorkerFacts
from backend.domain.weights import Weights

DISABLED, OLDER, NO_EARNER = "G04", "G05", "G07"
HARDSHIPS = PRIORITY_LABELS - {DISABLED, OLDER, NO_EARNER}
HELP_WORDS = "帮扶对象（已核实），优先"
WAITING_FULL_DAYS = 56
WAITING_TOLD_DAYS = 7
# An appointment missed counts less every day and after three months no more; two in that time weigh as much as it can.
NO_SHOW_FORGOTTEN = timedelta(days=90)
NO_SHOW_SHARE = 0.6
# Parts of a rank that say who somebody is: shown to staff as one sum.
NEED_PARTS = ("no_earner", "hardship", "disabled", "older", "waiting")
LABEL_PARTS = ("hardship", "disabled", "older")

# (name, points, most, words, told)
Note = tuple[str, float, float, str, bool]


def notes(worker: WorkerFacts, now: datetime, weights: Weights) -> list[Note]:
    """What her need for work adds and missed appointments take off, each with its words; nothing: an empty list."""
    found: list[Note] = []
    if worker.household_without_earner:
        found.append(("no_earner", weights.no_earner, weights.no_earner, "家里还没有人上工", True))
    labels = worker.verified_labels
    if labels:
        helped = [
            (name, most)
            for name, most, counts in (
                ("hardship", weights.hardship, bool(labels & HARDSHIPS)),
                ("disabled", weights.disabled, DISABLED in labels),
                ("older", weights.older, OLDER in labels),
            )
            if counts
        ]
        found += [(name, most, most, HELP_WORDS, n == 0) for n, (name, most) in enumerate(helped)]
    if worker.waiting_since is not None:
        days = (now - worker.waiting_since).days
        if days > 0:
            points = min(days / WAITING_FULL_DAYS, 1.0) * weights.waiting
            found.append(("waiting", points, weights.waiting, f"等活路已经{days}天", days >= WAITING_TOLD_DAYS))
    if worker.no_shows:
        lost = sum(NO_SHOW_SHARE * fades(now - at) for at in worker.no_shows)
        if lost > 0:
            found.append(("no_show", -min(lost, 1.0) * weights.no_show, 0.0, "前些日子答应了没有去", True))
    return found


def fades(since: timedelta) -> float:
    """How much of a missed appointment is left: all of it on the day, nothing after three months."""
    if since < timedelta(0):
        return 0.0
    return max(0.0, 1.0 - since / NO_SHOW_FORGOTTEN)


def precedence(worker: WorkerFacts, now: datetime) -> int:
    """How soon a wave asks her: 2 nobody earns at home (H02), 1 a verified label or eight weeks of waiting (H03), 0 else."""
    if worker.household_without_earner:
        return 2
    waits = worker.waiting_since is not None and (now - worker.waiting_since).days >= WAITING_FULL_DAYS
    return int(waits or bool(worker.verified_labels & PRIORITY_LABELS))
