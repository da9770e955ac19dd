"""How the line talks to somebody: how fast, and in whose words. It belongs to a person where the line knows who speaks,
else to the phone, and is remembered (V06)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.services.acts import act
from backend.services.people import owners, speaker
from backend.services.turn import Turn
from backend.store.models import Conversation, Handset, Person

RATES = (80, 65, 50)  # percent of the voice's own pace; everybody begins with the first
WORDINGS = ("local", "mandarin")


def known_speaker(session: Session, conversation: Conversation, handset: Handset) -> Person | None:
    """Who speaks, if that is settled: chosen in this conversation, or the only person on the number."""
    if conversation.person_id:
        return session.get(Person, conversation.person_id)
    known = owners(session, handset)
    return session.get(Person, known[0].person_id) if len(known) == 1 else None


def pace(handset: Handset, person: Person | None) -> int:
    return person.speech_rate if person is not None and person.speech_rate else handset.speech_rate


def wording(handset: Handset, person: Person | None) -> str:
    return person.wording if person is not None and person.wording else handset.wording


@act("slower")
def slower(turn: Turn) -> list[Answer]:
    """Speak slower from now on."""
    before = pace(turn.handset, speaker(turn))
    return _at(turn, next((rate for rate in RATES if rate < before), RATES[-1]))


@act("faster")
def faster(turn: Turn) -> list[Answer]:
    """One step back towards the pace everybody gets at first."""
    before = pace(turn.handset, speaker(turn))
    return _at(turn, next((rate for rate in reversed(RATES) if rate > before), RATES[0]))


def _at(turn: Turn, rate: int) -> list[Answer]:
    (speaker(turn) or turn.handset).speech_rate = rate
    return [make("slower", rate=rate)]


@act("talk_in")
def talk_in(turn: Turn) -> list[Answer]:
    """`params`: wording (local | mandarin); without it, the other one than now."""
    wanted = turn.facts.params.get("wording")
    if wanted not in WORDINGS:
        wanted = "local" if wording(turn.handset, speaker(turn)) == "mandarin" else "mandarin"
    (speaker(turn) or turn.handset).wording = wanted
    return [make("wording", wording=wanted)]
