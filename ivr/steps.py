"""What goes in and out of the call flow: where the call is, what happened, what to do next. Plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.domain.answers import Answer

# -- where the call is ------------------------------------------------------------------------------------------------


@dataclass
class State:
    """A call's memory; JSON in `Call.state`."""

    at: str = "main"  # the question being asked
    data: dict[str, Any] = field(default_factory=dict)  # what it needs: openings, position, answer …
    back: list[list[Any]] = field(default_factory=list)  # [question, data] behind us, for *
    misses: int = 0  # silence, wrong keys and words not understood at this question (V08)
    again: int = 0  # how often it was asked to be repeated
    failures: int = 0  # misses since something last succeeded (V17)
    doing: str | None = None  # the act whose answers we wait for
    registration: dict[str, Any] = field(default_factory=dict)  # by keypad: recording, age, village, trades
    said_before: list[str] = field(default_factory=list)  # facts of a registration begun before this call: not read out
    finished: list[str] = field(default_factory=list)  # tasks completed: kinds of answers (V15, V20)
    case_id: int | None = None  # the case a recording belongs to
    last_said: str = ""
    same: int = 0  # how often in a row exactly that was said
    warned: bool = False  # the 8-minute hint was given
    ended: bool = False
    resumed: bool = False  # the question was taken over from a dropped call (V19)
    spoke: bool = False  # the person has pressed a key or spoken: somebody is there (V15)
    reached: bool = False  # … and has talked with one of our staff
    closing: bool = False  # just asked whether there is anything else
    content: bool = False  # heard what there was to the end, or said goodbye: nothing is left to ring back for

    def to_json(self) -> dict[str, Any]:
        # What is inside a list or a dict here is replaced, never changed, so one level of copies is enough.
        return {name: value.copy() if isinstance(value, dict | list) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> State:
        known = cls.__dataclass_fields__
        return cls(**{key: value for key, value in stored.items() if key in known})


@dataclass(frozen=True)
class World:
    """What the flow may know about the outside at this turn; it looks nothing up by itself."""

    today: date
    elapsed_s: float = 0.0
    turns: int = 0
    staff_open: bool = False  # inside the station's hours, with a hotline to dial
    over_65: bool = False  # from the record (V17)
    taken_over: bool = False  # a member of staff has the conversation
    hiring: bool = False  # the number has postings of its own that are not over
    takes_texts: bool = True  # False: a landline, to which no text can be promised
    station: str = ""  # the town or county whose line this is, at most ten characters
    pending: str | None = ""  # the kind of question the services have open for this number; "": not known
    said_before: tuple[str, ...] = ()  # facts of an unfinished registration from before this call
    towns: tuple[tuple[str, str], ...] = ()  # (code, name); one when the number's town is known
    villages: Callable[[str], list[tuple[str, str]]] = lambda town: []


WRONG_PERSON = "wrong_person"  # a `Speech.command`: 打错了, 我不是他

# -- what happened ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """What a call of ours is for. `purpose`: callback | offer | reminder | follow_up | still_looking, or over: settled meanwhile."""

    purpose: str
    opening: Mapping[str, Any] | None = None  # OpeningView, of all but a callback and still_looking
    offer_id: int | None = None
    missed: bool = False  # of a callback: her call was never answered
    waited: bool = False  # of an offer: she waited for this place
    changed: bool = False  # … she was asked before, and the work has changed since
    people: int = 1  # how many use the phone, at most four
    worker_id: int | None = None  # of still_looking
    whose: int = 1  # which of them it is about, as the key of "who is speaking"


@dataclass(frozen=True)
class Started:
    """The call came in; `resume`: the state in which the same number's line dropped within 24 h (V19).

    `placed`: what for, when it is us who called.
    """

    resume: State | None = None
    placed: Placed | None = None


@dataclass(frozen=True)
class Digits:
    keys: str


@dataclass(frozen=True)
class Speech:
    """Words from the recogniser. `choice`: what the bare words choose: a number, "yes", "no", "*" (M03).

    `ordinal`: 第二个 → 2, the last → -1. `danger`: words of injury, violence or distress. `command`: words to the line
    itself (see domain/line_words), or WRONG_PERSON. `facts`: what this question could use: age, job_types, place (a division code).
    """

    text: str
    choice: int | str | None = None
    ordinal: int | None = None
    danger: bool = False
    command: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    confidence: float | None = None  # the recogniser's own, 0–1


@dataclass(frozen=True)
class Silence:
    pass


@dataclass(frozen=True)
class Recorded:
    url: str
    key: str = ""  # what ended it: a key, "hangup" or nothing


@dataclass(frozen=True)
class Answers:
    """The answers of the act or words that the flow asked for. `intent`: what the words were understood as."""

    answers: list[Answer]
    intent: str | None = None


@dataclass(frozen=True)
class DialEnded:
    status: str  # Twilio's DialCallStatus: completed answered busy no-answer failed canceled


@dataclass(frozen=True)
class Again:
    """Say the question again, e.g. after an error of ours."""


@dataclass(frozen=True)
class HungUp:
    pass


Event = Started | Digits | Speech | Silence | Recorded | Answers | DialEnded | Again | HungUp

# -- what to do next --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """Something heard. `prompt` names it in the catalogue when a recording may stand for it (V07)."""

    zh: str
    en: str
    prompt: str | None = None


@dataclass(frozen=True)
class Ask:
    """Wait for keys or speech. Seconds; `digits`: how many keys at most; `pause_s`: this much silence ends a sentence."""

    digits: int = 1
    timeout_s: int = 8
    hints: tuple[str, ...] = ()
    pause_s: int = 3


@dataclass(frozen=True)
class Record:
    max_s: int


@dataclass(frozen=True)
class Transfer:
    """Put the caller through to the station's hotline."""


@dataclass(frozen=True)
class Hangup:
    pass


@dataclass(frozen=True)
class Do:
    """Perform an act of the services and feed its answers back."""

    act: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Converse:
    """Let the conversation service answer these words (or digits in their place) and feed its answers back."""

    text: str


Step = Say | Ask | Record | Transfer | Hangup | Do | Converse
LAST = (Ask, Record, Transfer, Hangup)  # what a turn can end with
