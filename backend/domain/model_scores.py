"""How well a dialogue model does, and whether another may take its place: both are asked the same sentences, one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import comb
from typing import Any

from backend.domain import guesses

# What changes a record, or what somebody is sent; a wrong yes and a wrong report do, too.
CHANGING = guesses.CHANGING | {"affirm", "cancel", "report_problem"}
# Trained twice on the same sentences a model is the same; with one sentence more, ten of 1,345 answers turn (6 for the worse and
# 3 for the better, with two sentences 9 and 1). So what counts is which answers turned: a model is not put in use when so many
# more of them got worse than better that it would happen by chance, were it no worse, less than once in a thousand trainings …
CHANCE = 0.001
# … or when of a hundred sentences more than so many have got worse, those that got better taken off, whatever chance says.
MOST_LOST = 0.02
FIGURES = ("intent", "entity_f1", "wrong_acts")
# Sentences shown for one intent; the rest is counted.
MOST_SENTENCES = 5


@dataclass(frozen=True)
class Case:
    """One labelled sentence. `entities`: (entity, value) for our own, (entity, words) for what staff reviewed.

    `kind`: own (the product's, never trained on) | held (reviewed, kept out of training) | learnt (reviewed, trained on).
    """

    text: str
    channel: str
    intent: str
    entities: frozenset[tuple[str, str]]
    now: str | None = None  # ISO time at which it was said
    kind: str = "own"

    @property
    def key(self) -> str:
        """Known by it in every exam it is part of."""
        said = repr((self.text, self.channel, self.intent, sorted(self.entities), self.now, self.kind))
        return hashlib.sha256(said.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Heard:
    """What a model made of a case."""

    intent: str
    entities: frozenset[tuple[str, str]]


@dataclass
class Scores:
    """The counts of one model over one set of cases. Cases of the kind `learnt` are counted apart: they are no exam."""

    n: int = 0
    right: int = 0
    found: int = 0  # entities wanted and got
    invented: int = 0
    missed: int = 0
    wrong_acts: int = 0  # messages taken for something that changes data, and meant otherwise
    held: int = 0
    held_right: int = 0
    learnt: int = 0
    learnt_right: int = 0
    by_intent: dict[str, list[int]] = field(default_factory=dict)  # intent → [messages, right]
    wrong: dict[str, str] = field(default_factory=dict)  # place of an own case in the set → the intent it was taken for
    answered: list[str] = field(default_factory=list)  # keys of the cases
    faults: dict[str, dict[str, int]] = field(default_factory=dict)  # figure → key of a case → what was wrong in it

    def add(self, place: int, case: Case, heard: Heard) -> None:
        right = heard.intent == case.intent
        if case.kind == "learnt":
            self.learnt += 1
            self.learnt_right += right and case.entities <= heard.entities
            return
        if case.kind == "held":
            self.held += 1
            # What is marked has to be found; readers of closed classes may find more than staff marked.
            self.held_right += right and case.entities <= heard.entities
        self.n += 1
        self.right += right
        self.found += len(case.entities & heard.entities)
        self.invented += len(heard.entities - case.entities)
        self.missed += len(case.entities - heard.entities)
        wrong_act = not right and heard.intent in CHANGING
        self.wrong_acts += wrong_act
        key = case.key
        self.answered.append(key)
        for figure, faults in zip(FIGURES, (not right, len(case.entities ^ heard.entities), wrong_act), strict=True):
            if faults:
                self.faults.setdefault(figure, {})[key] = int(faults)
        tally = self.by_intent.setdefault(case.intent, [0, 0])
        tally[0] += 1
        tally[1] += right
        if not right and case.kind == "own":
            self.wrong[str(place)] = heard.intent

    def figures(self) -> dict[str, float]:
        """The headline figures as shares of one."""
        return {
            "intent": self.right / max(1, self.n),
            "entity_f1": 2 * self.found / max(1, 2 * self.found + self.invented + self.missed),
            "wrong_acts": self.wrong_acts / max(1, self.n),
        }

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @staticmethod
    def from_json(kept: dict[str, Any]) -> Scores:
        return Scores(**{name: kept[name] for name in vars(Scores()) if name in kept})


@dataclass(frozen=True)
class Turned:
    """How many of the sentences that two models answered turned for the worse and for the better in one figure."""

    n: int
    worse: int
    better: int

    @property
    def chance(self) -> float:
        """How likely it is that as many of those that turned get worse, if each may as well get better (a sign test)."""
        turned = self.worse + self.better
        return sum(comb(turned, k) for k in range(self.worse, turned + 1)) / 2**turned

    @property
    def is_drop(self) -> bool:
        return self.chance < CHANCE or self.worse - self.better > MOST_LOST * self.n

    def to_json(self) -> dict[str, int]:
        return dict(vars(self))


def turned(figure: str, before: Scores, after: Scores) -> Turned:
    """Over the sentences that both have answered; an earlier exam may have had others."""
    both = set(before.answered) & set(after.answered)
    was, now = before.faults.get(figure, {}), after.faults.get(figure, {})
    worse = sum(was.get(key, 0) < now.get(key, 0) for key in both)
    return Turned(len(both), worse, sum(was.get(key, 0) > now.get(key, 0) for key in both))


def best(figure: str, kept: Iterable[Scores], after: Scores) -> Scores | None:
    """Of earlier models the one that does best in a figure on what `after` was asked."""

    def faults(one: Scores) -> float:
        both = set(one.answered) & set(after.answered)
        return sum(key in both for key in one.faults.get(figure, {})) / max(1, len(both))

    return min((one for one in kept if set(one.answered) & set(after.answered)), key=faults, default=None)


def dropped(before: Scores, after: Scores) -> list[str]:
    """The figures in which `after` does worse than `before`."""
    return [figure for figure in FIGURES if turned(figure, before, after).is_drop]


def dropped_since(kept: Iterable[Scores], after: Scores) -> dict[str, Turned]:
    """The figures in which `after` does worse than the best of the earlier models did: small losses must not add up."""
    models = list(kept)
    found = {
        figure: turned(figure, top, after) for figure in FIGURES if (top := best(figure, models, after)) is not None
    }
    return {figure: change for figure, change in found.items() if change.is_drop}


def compared(before: Scores, after: Scores, cases: Iterable[Case]) -> dict[str, list[dict[str, Any]]]:
    """What got better and what got worse, by intent, the most telling first:
    `{"better": [{"intent", "n", "before", "after", "sentences": [{"text", "before", "after"}]}], "worse": […]}`.

    Sentences are the product's own; those of people are counted, never shown.
    """
    own = {str(place): case for place, case in enumerate(cases) if case.kind == "own"}
    found: dict[str, list[dict[str, Any]]] = {"better": [], "worse": []}
    for intent in sorted({*before.by_intent, *after.by_intent}):
        n, was = before.by_intent.get(intent, [0, 0])
        m, now = after.by_intent.get(intent, [0, 0])
        changed = [
            {"text": own[place].text, "before": before.wrong.get(place, intent), "after": after.wrong.get(place, intent)}
            for place in sorted({*before.wrong, *after.wrong}, key=int)
            if place in own and own[place].intent == intent
            and (place in before.wrong) != (place in after.wrong)
        ]  # fmt: skip
        for side, difference in (("better", now - was), ("worse", was - now)):
            if difference > 0:
                right_now = side == "better"
                sentences = [one for one in changed if (one["after"] == intent) == right_now]
                found[side].append({"intent": intent, "n": max(n, m), "before": was, "after": now,
                                    "sentences": sentences[:MOST_SENTENCES]})  # fmt: skip
    for changes in found.values():
        changes.sort(key=lambda one: (-abs(one["after"] - one["before"]), one["intent"]))
    return found
