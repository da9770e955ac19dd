"""From a message as it came to the text the dialogue engine reads: clean, repair, then hide numbers."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain import clean_text, place_names, repair
from backend.domain.clean_text import CleanText
from backend.domain.place_names import PlaceNames
from backend.domain.repair import Change


@dataclass(frozen=True, slots=True)
class Prepared:
    """`clean.text` is cleaned and repaired (the contract's `normalized_text`); `clean.masked_text` goes to the engine.

    `changes` is what repair did, with places in the text before it; a command is not repaired.
    """

    clean: CleanText
    changes: tuple[Change, ...] = ()
    # Names staff have written down for places, to be found in the message.
    names: PlaceNames = place_names.NONE

    @property
    def text(self) -> str:
        return self.clean.text

    @property
    def masked_text(self) -> str:
        return self.clean.masked_text


def prepare(
    raw: str, channel: str = "sms", places: tuple[str, ...] = (), names: PlaceNames = place_names.NONE
) -> Prepared:
    """Return any message ready for the engine; never raises. `places` and `names` may be restored by sound."""
    clean = clean_text.clean(raw, channel)
    if clean.looks_like_command:
        return Prepared(clean)
    repaired = repair.repair(clean.text, channel, (*places, *names.names) if names.names else places)
    return Prepared(clean_text.with_text(clean, repaired.text), repaired.changes, names)
