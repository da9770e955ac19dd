"""From what the carrier heard to an event of the call flow: keys, silence, or words with what they bare choose."""

from __future__ import annotations

from typing import Any

from backend.domain import ages, choice, danger, lexicon
from backend.domain.counts import find_ordinals
from backend.services.deps import Deps
from backend.services.understand import prepare
from ivr.steps import Digits, Event, Silence, Speech, State, World

LONGEST_CHOICE = 8  # characters: longer words are a sentence, not the choice of a number


def confidence(sent: str | None) -> float | None:
    """How sure the recogniser says it is, 0–1; None where it says nothing.

    Some of the carrier's recognisers send 0.0 for "no figure", so nought is nothing, as is whatever is no share.
    """
    try:
        share = float(sent or "")
    except ValueError:
        return None
    return share if 0.0 < share <= 1.0 else None


def keys_or_words(deps: Deps, state: State, world: World, digits: str, words: str, sure: float | None = None) -> Event:
    """The event of a Gather result; keys win over words, nothing at all is silence. `sure`: the recogniser's confidence."""
    keys = "".join(key for key in digits if key in "0123456789*#")
    if keys:
        return Digits(keys)
    if not words.strip():
        return Silence()
    text = prepare(deps, words, "voice").text
    ordinals = find_ordinals(text) if len(text) <= LONGEST_CHOICE else []
    return Speech(
        text=words,
        choice=choice.parse(text),
        ordinal=ordinals[-1].value if ordinals else None,
        danger=danger.find(text) is not None,
        facts=_facts(deps, state, world, text),
        confidence=sure,
    )


def _facts(deps: Deps, state: State, world: World, text: str) -> dict[str, Any]:
    """What the open question of the keypad registration could use of the words; nothing for any other question."""
    if state.at == "reg_age":
        found = ages.find(text, world.today.year)
        return {"age": found[-1].value} if found else {}
    if state.at == "reg_trade":
        codes = lexicon.search_job_codes(text)
        return {"job_types": codes} if codes else {}
    if state.at in {"reg_town", "reg_village"}:
        near = state.data.get("town")
        match = next(iter(deps.regions.find(text, near)), None)
        return {"place": match.code} if match is not None else {}
    return {}
