"""From what the carrier heard to an event of the call flow: keys, silence, or words with what they bare choose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from backend.domain import ages, choice, danger, lexicon, line_words
from backend.domain.counts import find_ordinals
from backend.domain.places import bare_name
from backend.domain.repair import sound_key
from backend.domain.said import says_wrong_person
from backend.services.deps import Deps
from backend.services.understand import prepare
from ivr.expected import short_place
from ivr.steps import WRONG_PERSON, Digits, Event, Silence, Speech, State, World

LONGEST_KEYS = 40
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
    if keys := digits.strip()[:LONGEST_KEYS]:
        return Digits(keys)  # what no keypad has is a wrong key, never half an answer
    if not words.strip():
        return Silence()
    text = prepare(deps, words, "voice").text
    ordinals = find_ordinals(text) if len(text) <= LONGEST_CHOICE else []
    return Speech(
        text=words,
        choice=parsed if (parsed := choice.parse(text)) is not None else choice.by_sound(text),
        ordinal=ordinals[-1].value if ordinals else None,
        # In the words as they came as well: what is put right for the sake of work must not hide a cry for help.
        danger=danger.find(text) is not None or danger.find(words) is not None,
        command=line_words.find(text) or line_words.find(words) or _wrong_person(text, words),
        facts=_facts(deps, state, world, text),
        confidence=sure,
    )


def _wrong_person(*texts: str) -> str | None:
    return WRONG_PERSON if any(says_wrong_person(text) for text in texts) else None


def _facts(deps: Deps, state: State, world: World, text: str) -> dict[str, Any]:
    """What the open question of the keypad registration could use of the words; nothing for any other question."""
    if state.at == "reg_age":
        found = ages.find(text, world.today.year)
        return {"age": found[-1].value} if found else {}
    if state.at in {"reg_trade", "reg_trade_ok"}:
        codes = lexicon.search_job_codes(text)
        return {"job_types": codes} if codes else {}
    if state.at in {"reg_town", "reg_village", "reg_place_ok"}:
        code = _place(deps, state, world, text)
        return {"place": code} if code is not None else {}
    return {}


_ROUND_A_PLACE = re.compile(
    r"^(?:不对|不是|错了|我们?|家|屋头|住|在|是|就|就是|那个|嗯|哎)*|(?:的|嘛|哈|啊|哦|人|上的|头的|那边|那里|这边)*$"
)


def _place(deps: Deps, state: State, world: World, text: str) -> str | None:
    """The division that was said: in the caller's own town first, there also by sound, then anywhere that is served."""
    data = state.data if state.at != "reg_place_ok" else state.data["asked"][1]
    town, refused = str(data.get("town") or ""), set(data.get("not") or [])
    said = _ROUND_A_PLACE.sub("", text.strip(" ,，。.!！?？"))
    if len(said) < 2:
        return None
    found = [match for match in deps.regions.find(said, town or None) if match.code not in refused]
    own = [match.code for match in found if town and match.code.startswith(town) and match.level == "village"]
    if own:
        return own[0]
    if town and (near := nearest(said, [v for v in world.villages(town) if v[0] not in refused])) is not None:
        return near
    return found[0].code if found else None


def nearest(said: str, villages: Sequence[tuple[str, str]]) -> str | None:
    """The one village (code, name) that sounds like `said`, or differs by one syllable of three or more; else None."""
    wanted = sound_key(bare_name(said, "village")).split()
    alike: list[str] = []
    off_by_one: list[str] = []
    for code, name in villages:
        syllables = sound_key(bare_name(short_place(name), "village")).split()
        if len(syllables) != len(wanted):
            continue
        wrong = sum(one != other for one, other in zip(syllables, wanted, strict=True))
        if wrong == 0:
            alike.append(code)
        elif wrong == 1 and len(syllables) >= 3:
            off_by_one.append(code)
    return next((codes[0] for codes in (alike, off_by_one) if len(codes) == 1), None)
