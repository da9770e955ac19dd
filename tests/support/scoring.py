"""Scores of understanding over the labelled messages, by the contract's own measure, and the committed ones to hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.settings import ROOT
from tests.data.score import Tally, pairs

DATA = ROOT / "tests" / "data"
# Ours that nothing is tuned to any more; the trainer scores by them at run time.
EVALUATION = ROOT / "backend" / "training" / "evaluation"
# What each file is: docs/understanding.md.
FILES = (
    "sample-sms", "sample-voice", "development", "held_back", "held_back_2", "held_back_3", "held_back_4", "held_back_5",
    "held_back_6",
)  # fmt: skip
COMMITTED = DATA / "scores.json"
# One point of a hundred (issue 3, item 7).
ALLOWED_DROP = 0.01
# Intents that change what we keep, or what somebody is sent.
CHANGING = frozenset(
    "affirm apply_job withdraw_application register_worker update_profile delete_profile set_availability post_job"
    " register_return register_unemployment sign_up_training report_problem stop_messages resume_messages cancel".split()
)

# (case) -> the answer of `/understand`
Ask = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Scored:
    """What one file scored. `mistaken` counts (wanted, got) intents; `worst` counts entities missed or invented."""

    tally: Tally = field(default_factory=Tally)
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)
    worst: Counter[str] = field(default_factory=Counter)
    by_tag: dict[str, Tally] = field(default_factory=dict)
    # hostile messages, and those of them taken for anything but out of scope
    hostile: int = 0
    hostile_taken: int = 0
    out_of_scope: int = 0
    out_of_scope_changing: int = 0
    # (right, confidence) of every case, for calibration
    sure: list[tuple[bool, float]] = field(default_factory=list)

    def numbers(self) -> dict[str, float]:
        return numbers_of(self.tally)


def numbers_of(tally: Tally) -> dict[str, float]:
    f1 = 2 * tally.tp / max(1, 2 * tally.tp + tally.fp + tally.fn)
    return {
        "n": tally.n,
        "intent": round(tally.intent / tally.n, 4),
        "entity_f1": round(f1, 4),
        "whole": round(tally.whole / tally.n, 4),
    }


def together(tallies: Iterable[Tally | None]) -> Tally:
    """The counts of several tallies, added up."""
    whole = Tally()
    for tally in tallies:
        for count, value in vars(tally).items() if tally else ():
            setattr(whole, count, getattr(whole, count) + value)
    return whole


def cases(name: str) -> list[dict[str, Any]]:
    folder = EVALUATION if name.startswith("held_back") else DATA
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def score(name: str, ask: Ask) -> Scored:
    found = Scored()
    for case in cases(name):
        answer = ask(case)
        intent, confidence = answer["intent"]["name"], answer["intent"]["confidence"]
        got = {(e["entity"], str(e["value"])) for e in answer["entities"]}
        want = pairs(case.get("entities", {}))
        right = intent == case["intent"]
        found.tally.add(right, want, got)
        for tag in {case["channel"], *case.get("tags", ())}:
            found.by_tag.setdefault(tag, Tally()).add(right, want, got)
        found.sure.append((right, confidence))
        found.worst.update(entity for entity, _ in want ^ got)
        if not right:
            found.mistaken[case["intent"], intent] += 1
        if case["intent"] == "out_of_scope":
            found.out_of_scope += 1
            found.out_of_scope_changing += intent in CHANGING
        if "hostile" in case.get("tags", ()):
            found.hostile += 1
            found.hostile_taken += intent != "out_of_scope"
    return found


def dropped(now: dict[str, dict[str, float]], path: Path = COMMITTED) -> list[str]:
    """Say which committed scores are no longer reached, a point of slack each."""
    committed = json.loads(path.read_text(encoding="utf-8"))
    return [
        f"{name}: {measure} {now[name][measure]:.3f}, committed {value:.3f}"
        for name, measures in committed.items()
        for measure, value in measures.items()
        if measure != "n" and now[name][measure] < value - ALLOWED_DROP
    ]
