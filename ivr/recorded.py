"""Which recorded voice stands for a prompt, for the people of one place in one way of talking (V07)."""

from __future__ import annotations

from collections.abc import Callable

from backend.services.deps import Deps
from backend.services.recordings import Shelf, Words, stem_of
from ivr.prompts import AUDIO, catalogue
from ivr.wording import MANDARIN, in_mandarin

Recorded = Callable[[str], str | None]  # prompt id → its file under the audio address, None: the voice speaks it


def nothing_recorded(prompt_id: str) -> str | None:
    return None


def words_of(prompt_id: str) -> Words:
    """A prompt in both ways of talking."""
    prompt = catalogue()[prompt_id]
    return Words(prompt.id, prompt.zh, prompt.mandarin or in_mandarin(prompt.zh), prompt.en)


def to_record() -> tuple[Words, ...]:
    """Every prompt that a recording can stand for, in the order of the catalogue."""
    return tuple(words_of(prompt.id) for prompt in catalogue().values() if prompt.is_fixed)


def words_in(file: str) -> str | None:
    """What a recording's file says: greeting.wav, greeting.mandarin.wav; None for no such prompt."""
    id_, _, wording = file.removesuffix(".wav").partition(".")
    prompt = catalogue().get(id_)
    return words_of(id_).said(wording) if prompt is not None and prompt.is_fixed else None


def shelf(deps: Deps) -> Shelf:
    return Shelf(deps.settings.data_dir, AUDIO)


def recorded_for(deps: Deps, region_code: str | None, wording: str) -> Recorded:
    """The recordings heard in a division: its own, else of what it lies in, else the shipped one.

    Whoever asked for Mandarin hears only what was recorded as such. A number of no known place hears its county's.
    """
    here = region_code or deps.regions.county_of(None)
    regions = [here, *deps.regions.ancestors(here)]
    kept = shelf(deps)

    def find(prompt_id: str) -> str | None:
        prompt = catalogue().get(prompt_id)
        if prompt is None or not prompt.is_fixed:
            return None
        words = words_of(prompt_id).said(wording)
        found = kept.nearest(regions, stem_of(prompt_id, MANDARIN if wording == MANDARIN else ""), words)
        return found.address if found else None

    return find
