"""How well a dialogue model does, and whether another may take its place: counts, shares and the margin it may lose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backend.domain import guesses

# What changes a record, or what somebody is sent; a wrong yes and a wrong report do, too.
CHANGING = guesses.CHANGING | {"affirm", "cancel", "report_problem"}
# A model is not put in use when one of its figures is worse by more than this: half a point of a hundred.
MARGIN = 0.005
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
        self.wrong_acts += not right and heard.intent in CHANGING
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


def dropped(before: Scores, after: Scores) -> list[str]:
    """The figures by which `after` is worse than `before` by more than the margin."""
    was, now = before.figures(), after.figures()
    worse = {name: was[name] - now[name] for name in FIGURES}
    worse["wrong_acts"] = -worse["wrong_acts"]
    # Shares of whole counts: what is exactly on the margin may pass whatever the last bit of a float says.
    return [name for name in FIGURES if worse[name] > MARGIN + 1e-9]


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
