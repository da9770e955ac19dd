"""The tables of `make market`, for the screen and for docs/market.md alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import mean

from tools.market.measures import Measures, paired
from tools.market.verdict import Run, judge

NAMES = {"ours": "ours", "broadcast": "broadcast", "first_come": "first come"}


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _minutes(value: float) -> str:
    return f"{value:.0f} min" if value < 600 else f"{value / 60:.1f} h"


def _plain(value: float) -> str:
    return f"{value:,.0f}"


Row = tuple[str, Callable[[Measures], float | None], Callable[[float], str]]
ROWS: tuple[Row, ...] = (
    ("openings", lambda m: m.openings, _plain),
    ("places asked for", lambda m: m.places, _plain),
    ("**fill rate**: places held when the work began", lambda m: m.fill, _percent),
    ("openings that were full before they began", lambda m: m.filled_openings / max(m.openings, 1), _percent),
    ("**time to fill**, median", lambda m: m.time_median, _minutes),
    ("time to fill, mean", lambda m: m.time_mean, _minutes),
    ("time to fill, nine of ten within", lambda m: m.time_p90, _minutes),
    ("time to the first yes, median", lambda m: m.first_median, _minutes),
    ("**messages**: texts and rings of ours", lambda m: m.messages, _plain),
    ("messages per place filled", lambda m: m.messages_each, lambda v: f"{v:.1f}"),
    ("said yes and found it full, per place filled", lambda m: m.in_vain / max(m.placed, 1), lambda v: f"{v:.2f}"),
    ("most texts and rings to one person on one day", lambda m: m.most_a_day, _plain),
    ("**verified hardship**: share of the waiting", lambda m: m.label_waiting, _percent),
    ("… of those who could do what was asked for", lambda m: m.label_could, _percent),
    ("… of the offers", lambda m: m.label_offers, _percent),
    ("… of the places", lambda m: m.label_placed, _percent),
    ("**household without an earner**: share of the waiting", lambda m: m.no_earner_waiting, _percent),
    ("… of those who could do what was asked for", lambda m: m.no_earner_could, _percent),
    ("… of the offers", lambda m: m.no_earner_offers, _percent),
    ("… of the places", lambda m: m.no_earner_placed, _percent),
    ("**either of them**: share of the waiting", lambda m: m.either_waiting, _percent),
    ("… of those who could do what was asked for", lambda m: m.either_could, _percent),
    ("… of the offers", lambda m: m.either_offers, _percent),
    ("… of the places", lambda m: m.either_placed, _percent),
    ("days waited before a place, median", lambda m: m.waited_median, _plain),
    ("days waited before a place, nine of ten within", lambda m: m.waited_p90, _plain),
    ("days worked, Gini over the workers at home", lambda m: m.gini, lambda v: f"{v:.2f}"),
    ("workers at home who never got a place", lambda m: m.never, _percent),
    ("households of which nobody ever got one", lambda m: m.homes_without, _percent),
    ("places given back", lambda m: m.given_back / max(m.placed, 1), _percent),
    ("did not come", lambda m: m.missing / max(m.placed, 1), _percent),
)


def table(runs: Sequence[Run]) -> list[str]:
    """Every measure by policy: the mean of the seeds, and from the least to the most of them."""
    names = list(runs[0])
    lines = ["| | " + " | ".join(NAMES.get(name, name) for name in names) + " |", "|---|" + "---|" * len(names)]
    for title, read, write in ROWS:
        cells = [_cell([read(run[name]) for run in runs], write) for name in names]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines


def _cell(values: Sequence[float | None], write: Callable[[float], str]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "—"
    said = write(mean(known))
    low, high = write(min(known)), write(max(known))
    return said if low == high else f"{said} ({low} – {high})"


def verdicts(runs: Sequence[Run]) -> list[str]:
    """One line for each target, by its worst seed."""
    lines = ["| target | worst seed | margin | |", "|---|---|---|---|"]
    for verdict in judge(runs):
        said = "met" if verdict.met else "**missed**"
        lines.append(f"| {verdict.target.words} | {verdict.found} | {verdict.worst:+.3f} | {said} |")
    return lines


SENSITIVITY_HEAD = [
    "| changed | fill: ours | broadcast | first come | time to fill, median × | mean × | messages of broadcast's | "
    "hardship: places − waiting | missed |",
    "|---|---|---|---|---|---|---|---|---|",
]


def sensitivity_row(name: str, run: Run) -> str:
    median, average = paired(run["ours"], run["broadcast"])
    ours, everybody = run["ours"], run["broadcast"]
    missed = ", ".join(verdict.target.name for verdict in judge([run]) if not verdict.met) or "none"
    cells = [
        name,
        _percent(ours.fill),
        _percent(everybody.fill),
        _percent(run["first_come"].fill),
        f"{median:.2f}",
        f"{average:.2f}",
        _percent(ours.messages / max(everybody.messages, 1)),
        f"{(ours.label_placed - ours.label_waiting) * 100:+.1f} points",
        missed,
    ]
    return "| " + " | ".join(cells) + " |"
