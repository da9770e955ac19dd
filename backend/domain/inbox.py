"""What a conversation is marked with in the inbox: the filters staff look for it by, and the counts beside them.

| mark      | the conversation carries it while … |
|-----------|--------------------------------------|
| waiting   | somebody waits for staff: an open case, a turn the line could not answer, words after a take-over |
| person    | somebody asked for a person and nobody has taken it up: an open handoff, recorded words or missed call |
| dispute   | a case about rights is open (wages, papers, injury …) |
| failed    | a call broke or ended with nothing understood, one of ours reached nobody, a turn failed; until staff answer |
| fallback  | a turn was not understood, or two were none of our business |
| low       | a reading was less sure than the line acts on (domain/guesses.py) |
| elder     | somebody on the number is 65 or over by record |
| review    | a turn that could have been misheard has not been looked at by staff |
| sms voice | it has turns of that channel |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.case_rules import RIGHTS, WISHES
from backend.domain.guesses import is_unsure

ELDER = 65  # V17
# Each has its bit, so that several can be asked for at once. The order is that of the filters on the page.
MARKS = ("waiting", "person", "dispute", "failed", "fallback", "low", "elder", "review", "sms", "voice")
BITS = {mark: 1 << number for number, mark in enumerate(MARKS)}
CHANNELS = ("sms", "voice")
# A list of its own is kept for these; channels are looked through.
LISTED = frozenset(MARKS) - set(CHANNELS)
# Where several are asked for, the list of the one that is rarest as a rule is gone through.
RAREST_FIRST = ("dispute", "person", "failed", "waiting", "fallback", "low", "elder", "review")
# A call by whose end nobody was helped: the carrier's words, and ours for one whose end was never told.
BROKEN = frozenset({"failed", "lost", "busy", "no-answer"})
LEVELS = (2, 4, 6, 9, 12)  # digits of a province, city, county, town, village
# A text of these alone is a key pressed by writing.
KEYED = "0123456789０１２３４５６７８９#*＃＊ \n.。,，、"


def has_words(body: str) -> bool:
    """Whether a turn holds words that could be misheard, searched for and learnt from.

    "1" answers a menu; (来电), (没出声), (已删除) stand for what happened. In SQL: `worded` in store/queries/corrections.py.

    >>> [has_words(body) for body in ("找活", "1", "2。", "(来电)")]
    [True, False, False, False]
    """
    return bool(body.strip(KEYED)) and not (body.startswith("(") and body.endswith(")"))


@dataclass(frozen=True)
class TurnFacts:
    """Of one turn, what marks are made of; `intent` as staff corrected it, where they did.

    `words`: it has words; `unreviewed`: they are still to be looked at; `settled`: staff have answered or closed since.
    """

    inbound: bool
    channel: str
    status: str = ""
    intent: str | None = None
    confidence: float | None = None
    unreviewed: bool = False
    words: bool = True
    settled: bool = False
    keys: bool = False
    call_id: int | None = None


@dataclass(frozen=True)
class CallFacts:
    id: int
    direction: str
    status: str
    ended: bool
    settled: bool = False


def marks(
    turns: Iterable[TurnFacts],
    cases: Iterable[tuple[str, str]] = (),
    calls: Iterable[CallFacts] = (),
    *,
    taken: bool = False,
    elder: bool = False,
    unreached: bool = False,
) -> frozenset[str]:
    """The marks of a conversation. `turns` in order; `cases`: (kind, status); `unreached`: our last call reached nobody."""
    turns, cases = list(turns), list(cases)
    heard = [turn for turn in turns if turn.inbound]
    worded = [turn for turn in heard if turn.words]
    open_kinds = {kind for kind, status in cases if status == "open"}
    failed = any(turn.status == "failed" and not turn.settled for turn in heard)
    helped = {turn.call_id for turn in heard if turn.keys or (turn.intent and turn.intent not in _NOTHING)}
    found = {
        "waiting": bool(open_kinds) or failed or (taken and bool(turns) and turns[-1].inbound),
        "person": bool(open_kinds & set(WISHES)),
        "dispute": any(kind in RIGHTS and status != "closed" for kind, status in cases),
        "failed": failed or unreached or any(_went_wrong(call, helped) for call in calls),
        "fallback": any(turn.intent == "nlu_fallback" for turn in worded)
        or sum(turn.intent == "out_of_scope" for turn in worded) >= 2,
        "low": any(turn.intent and is_unsure(turn.intent, turn.confidence, ()) for turn in worded),
        "elder": elder,
        "review": any(turn.unreviewed for turn in heard),
        "sms": any(turn.channel == "sms" for turn in turns),
        "voice": any(turn.channel == "voice" for turn in turns),
    }
    return frozenset(mark for mark, there in found.items() if there)


_NOTHING = frozenset({"nlu_fallback", "out_of_scope"})


def _went_wrong(call: CallFacts, helped: set[int | None]) -> bool:
    if not call.ended or call.settled:
        return False
    return call.status in BROKEN or (call.direction == "inbound" and call.id not in helped)


def flags(marks: Iterable[str]) -> int:
    return sum(BITS[mark] for mark in set(marks))


def areas(region_code: str) -> list[str]:
    """The divisions `region_code` lies in, itself last: whose staff see it.

    >>> areas("500114121")
    ['50', '5001', '500114', '500114121']
    """
    return [region_code[:digits] for digits in LEVELS if digits <= len(region_code)]
