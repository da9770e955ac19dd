"""`make graph`: the call as a graph, derived from the code, for docs/call-flow.md.

Drives the pure flow through every question and everything that can happen to it (tests/support/call_paths.py) and draws
what it finds. Usage: python -m tools.call_graph [--commit | --check]

Without an option the page's middle is printed; `--commit` writes it between its markers; `--check` says whether the
committed page is current and fails if it is not.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from backend.settings import ROOT
from ivr.questions import QUESTIONS
from ivr.steps import Digits, Record, Say, Silence, Speech, State, World
from tests.support.call_answers import CLOSED, MUMBLED, WORLDS
from tests.support.call_paths import EVERYWHERE, GOODBYE, PERSON, Edge, Paths, explore, run

PAGE = ROOT / "docs" / "call-flow.md"
BEGIN, END = "<!-- drawn by `make graph`: begin -->", "<!-- drawn by `make graph`: end -->"
DRAWN_IN = ("open", "closed", "many towns", "an employer")  # the worlds whose paths are drawn together

WORDS = "words"  # a key of the services' own question stands for words: see the last table
# diagram → its questions, each with what it asks
GROUPS: dict[str, dict[str, str]] = {
    "The main job": {
        "main": "the menu",
        "job": "an opening is read",
        "more": "go on listening?",
        "confirm": "is that right?",
        "which": "which of these?",
        "mine": "own places",
        "who": "who speaks?",
        "not_me": "another's phone now?",
        "either": "this or that?",
        "heard": "say it again",
    },
    "Registering": {
        "reg_consent": "the notice",
        "reg_name": "the name, recorded",
        "reg_age": "the age",
        "reg_age_ok": "the age read back",
        "reg_town": "the town",
        "reg_village": "the village",
        "reg_place_ok": "the place read back",
        "reg_trade": "the trade",
        "reg_trade_ok": "the trade read back",
        "form": "a form by speech",
    },
    "Help and a person": {
        "other": "other things",
        "trouble": "in trouble",
        "advice": "rules and training",
        "rest": "market, texts, own entry",
        "change": "the own entry",
        "employer": "to hire people",
        "hiring": "the own postings",
        "voicemail": "a message",
    },
    "Calls we place": {
        "placed_callback": "we call back",
        "placed_offer": "we offer a job",
        "placed_who": "whose phone is it?",
        "placed_reminder": "work starts soon",
        "placed_follow_up": "how did it go?",
        "placed_still_looking": "still looking for work?",
        "placed_all_looking": "are all still looking?",
        "paid": "the wages",
    },
}
TITLES = {name: title for group in GROUPS.values() for name, title in group.items()} | {
    PERSON: "a person",
    GOODBYE: "goodbye",
    WORDS: "as if said",
    "start": "the call",
}
# What a diagram leaves out, since it is the same at every question or belongs into the table.
NOT_DRAWN = {
    *EVERYWHERE,
    "wrong key",
    "silence",
    "words",
    "yes",
    "no",
    "an ordinal",
    "danger words",
    "wrong number",
    "impossible digits",
}


def _is_drawn(edge: Edge) -> bool:
    return edge.cause not in NOT_DRAWN and not (edge.cause == "said" and edge.conversed)


@cache
def paths(world: str) -> Paths:
    """The explored graph of one world."""
    return explore(WORLDS[world])


def drawn() -> str:
    """The page between its markers."""
    edges = [edge for world in DRAWN_IN for edge in paths(world).edges]
    parts = [_summary(edges)]
    for group, names in GROUPS.items():
        parts += [f"## {group}", _diagram(edges, names), _table(edges, names)]
    parts += ["## What words lead to", _words(edges)]
    return "\n\n".join(parts)


def _summary(edges: Iterable[Edge]) -> str:
    tried = sum(len(paths(world).edges) for world in DRAWN_IN)
    return (
        f"{len(QUESTIONS)} questions, {len(paths('open').situations)} situations of a call in opening hours and "
        f"{len(paths('closed').situations)} at night; {tried:,} steps from one to the next were tried."
    )


def _diagram(edges: Iterable[Edge], names: dict[str, str]) -> str:
    labels: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for edge in edges:
        if edge.source in names and _is_drawn(edge):
            labels[edge.source, WORDS if edge.conversed else edge.target][edge.cause].add(edge.answer)
        elif not edge.source and edge.target in names and not edge.cause.startswith("resumed"):
            labels["start", edge.target][edge.cause].add("")
        elif edge.source == PERSON and "voicemail" in names:
            labels[PERSON, edge.target][edge.cause].add("")
    nodes = sorted({node for pair in labels for node in pair}, key=lambda node: (node not in names, node))
    lines = ["```mermaid", "flowchart TD"]
    for node in nodes:
        shape = ("[", "]") if node in names else ("([", "])")
        title = f"{node}<br>{TITLES[node]}" if node in QUESTIONS else TITLES[node]
        lines.append(f'    {node}{shape[0]}"{title}"{shape[1]}')
    for (source, target), causes in sorted(labels.items()):
        label = " ".join(sorted(causes)) if target == WORDS else _label(causes)
        lines.append(f'    {source} -->|"{label}"| {target}')
    return "\n".join([*lines, "```"])


def _label(causes: dict[str, set[str]]) -> str:
    """Key and, where it depends on the services, what they answered: "1: job full, job gone"."""
    by_answers: dict[str, list[str]] = defaultdict(list)
    for cause, answers in sorted(causes.items()):
        told = sorted(answer.replace("_", " ") for answer in answers if answer)
        if len(told) > 4:
            told = [*told[:3], f"and {len(told) - 3} more"]
        by_answers[", ".join(told)].append(cause)
    told = [f"{' '.join(keys)}: {answers}" if answers else " ".join(keys) for answers, keys in by_answers.items()]
    return "<br>".join(told)


def _table(edges: Iterable[Edge], names: dict[str, str]) -> str:
    rows = ["| question | asked first, shorter, as a choice | keys | no answer |", "|---|---|---|---|"]
    leads: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for edge in edges:
        if _is_drawn(edge):
            leads[edge.source][edge.cause].add("as if said" if edge.conversed else edge.target)
    for name in names:
        by_target: dict[str, list[str]] = defaultdict(list)
        for cause, to in sorted(leads[name].items()):
            by_target[", ".join(sorted(to))].append(cause)
        keys = "<br>".join(f"{' '.join(causes)} → {to}" for to, causes in by_target.items())
        rows.append(f"| **{name}** {TITLES[name]} | {_askings(name)} | {keys} | {_no_answer(name)} |")
    return "\n".join(rows)


def _met_first(name: str) -> tuple[State, World]:
    """A question as callers come to it, and the world it was met in."""
    for world in DRAWN_IN:
        for situation in paths(world).situations.values():
            if situation.at == name and situation.state.misses == 0:
                return situation.state, WORLDS[world]
    raise SystemExit(f"Nothing leads to the question {name!r}.")


def _askings(name: str) -> str:
    state, world = _met_first(name)
    rungs = [_say(QUESTIONS[name].ask(state, world, rung)) for rung in range(3)]
    return "<br>".join(f"{number}. {said}" for number, said in enumerate(rungs, 1))


def _say(says: Iterable[Say]) -> str:
    return "".join(say.zh for say in says).replace("|", "\\|")


def _no_answer(name: str) -> str:
    """Where silence, a wrong key and words not understood lead, once, twice and three times."""
    found: dict[str, list[str]] = defaultdict(list)
    first, world = _met_first(name)
    named = QUESTIONS[name].keys(first, world)
    wrong = next((key for key in "86543" if key not in named), "03")  # where two digits are wanted, an age nobody has
    world = CLOSED if name == "voicemail" else world
    for cause, event in (("silence", Silence()), ("wrong key", Digits(wrong)), ("not understood", Speech(MUMBLED))):
        state, went = State.from_json({**first.to_json(), "failures": 0, "last_said": ""}), []
        recording = isinstance(run(state, Digits("9"), world)[1][-1], Record)
        for _ in range(3):
            if recording and cause != "silence" and not went:
                state.misses = 1  # no key and no words reach us while the line records
            state, steps = run(state, event, world)
            at = PERSON if type(steps[-1]).__name__ == "Transfer" else GOODBYE if state.ended else state.at
            went.append({1: "shorter", 2: "as a choice"}.get(state.misses, "asked again") if at == name else at)
            if at != name:
                break
        found[", ".join(went)].append(cause)
    return "<br>".join(f"{', '.join(causes)}: {went}" for went, causes in found.items())


def _words(edges: Iterable[Edge]) -> str:
    """From the menu: what was understood → the question that follows. Other questions differ in what is asked again."""
    leads: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.source == "main" and edge.cause in {"words", "danger words"} and edge.answer:
            leads[edge.answer].add(edge.target)
    by_target: dict[str, list[str]] = defaultdict(list)
    for answer, targets in sorted(leads.items()):
        by_target[", ".join(sorted(targets))].append(answer)
    rows = ["| what the services answer | leads from the menu to |", "|---|---|"]
    rows += [f"| {', '.join(f'`{a}`' for a in answers)} | {target} |" for target, answers in sorted(by_target.items())]
    return "\n".join(rows)


def current(page: str) -> str:
    """The page with its middle drawn anew."""
    if BEGIN not in page or END not in page:
        raise SystemExit(f"{PAGE.name} has lost its markers {BEGIN} and {END}.")
    middle = f"{BEGIN}\n\n{drawn()}\n\n{END}"
    return re.sub(re.escape(BEGIN) + r".*" + re.escape(END), lambda _: middle, page, flags=re.DOTALL)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--commit", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    parser.add_argument("--check", action="store_true", help="fail unless the committed page is current")
    options = parser.parse_args(arguments)
    if not options.commit and not options.check:
        sys.stdout.write(drawn() + "\n")
        return 0
    page = PAGE.read_text(encoding="utf-8")
    made = current(page)
    if options.check:
        if made != page:
            sys.stderr.write(f"{PAGE.relative_to(ROOT)} is not what the code does any more. Run: make graph\n")
        return int(made != page)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
