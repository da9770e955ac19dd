"""The targets of the simulated market, each with what was found and whether it is met (issue 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.market.measures import Measures, paired

Run = dict[str, Measures]  # policy → its year, all in one world


@dataclass(frozen=True)
class Target:
    """`margin`: by how much it is met (negative: missed), in the unit of `words`."""

    name: str
    words: str
    margin: Callable[[Run], float]
    found: Callable[[Run], str]


@dataclass(frozen=True)
class Verdict:
    target: Target
    worst: float  # the smallest margin over the seeds
    found: str  # in that seed

    @property
    def met(self) -> bool:
        return self.worst >= 0

    def __str__(self) -> str:
        how = "met" if self.met else "MISSED"
        return f"{how:6} by {abs(self.worst):.3f}  {self.target.words}: {self.found}"


def _share(group: str, of: str, among: str) -> Target:
    name = {
        "either": "all with priority",
        "label": "verified hardship",
        "no_earner": "households without an earner",
    }[group]
    places = {"offers": "offers", "placed": "places"}[of]
    whom = {"waiting": "the waiting", "could": "those waiting who could do the work"}[among]

    def share(run: Run, what: str) -> float:
        return float(getattr(run["ours"], f"{group}_{what}") or 0.0)

    return Target(
        f"{group}_{of}_{among}",
        f"{name}: share of {places} at least that of {whom}",
        lambda run: share(run, of) - share(run, among),
        lambda run: f"{share(run, of):.1%} of {places}, {share(run, among):.1%} of {whom}",
    )


TARGETS: tuple[Target, ...] = (
    Target(
        "fill",
        "fill rate within 1 point of broadcast",
        lambda run: run["ours"].fill - run["broadcast"].fill + 0.01,
        lambda run: f"{run['ours'].fill:.1%} against {run['broadcast'].fill:.1%}",
    ),
    Target(
        "time_median",
        "time to fill ≤ 1.5 × broadcast's, median of the openings both filled",
        lambda run: 1.5 - paired(run["ours"], run["broadcast"])[0],
        lambda run: f"{paired(run['ours'], run['broadcast'])[0]:.2f} ×",
    ),
    Target(
        "time_mean",
        "time to fill ≤ 1.5 × broadcast's, mean of the openings both filled",
        lambda run: 1.5 - paired(run["ours"], run["broadcast"])[1],
        lambda run: f"{paired(run['ours'], run['broadcast'])[1]:.2f} ×",
    ),
    Target(
        "messages",
        "at most a third of broadcast's messages",
        lambda run: 1 / 3 - run["ours"].messages / max(run["broadcast"].messages, 1),
        lambda run: f"{run['ours'].messages / max(run['broadcast'].messages, 1):.1%}",
    ),
    Target(
        "fill_first_come",
        "fill rate above first-come's",
        lambda run: run["ours"].fill - run["first_come"].fill,
        lambda run: f"{run['ours'].fill:.1%} against {run['first_come'].fill:.1%}",
    ),
    Target(
        "time_first_come",
        "time to fill below first-come's, mean of the openings both filled",
        lambda run: 1 - paired(run["ours"], run["first_come"])[1],
        lambda run: f"{paired(run['ours'], run['first_come'])[1]:.2f} ×",
    ),
    *(
        _share(group, of, among)
        for group in ("either", "label", "no_earner")
        for among in ("waiting", "could")
        for of in ("offers", "placed")
    ),
)


def judge(runs: Sequence[Run]) -> list[Verdict]:
    """Each target by its worst seed: met only if every seed meets it."""
    verdicts = []
    for target in TARGETS:
        worst = min(runs, key=target.margin)
        verdicts.append(Verdict(target, target.margin(worst), target.found(worst)))
    return verdicts
