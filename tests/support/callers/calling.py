"""How a caller of each habit carries on her call, until she has what she wants or gives up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.callers import sayings
from tests.support.callers.listening import PROMISED, Heard, hear
from tests.support.callers.mind import HANG_UP, Mind, Reply
from tests.support.callers.mishearing import Recogniser
from tests.support.callers.people import (
    CHILD,
    DEAF,
    DIALECT,
    ELDER,
    INTERRUPTS,
    KEYS,
    MUTE,
    PERSON,
    REDIALS,
    SLOW,
    WORDS,
    WRONG,
    Caller,
)
from tests.support.callers.telephone import Telephone, Turn

MOST_DEEDS = 45
PATIENCE_OF_THE_SILENT = 14
EVERY = (4, 7)  # of so many characters of dialect one is misheard
RINGS, A_RING_S = 8, 5.0


@dataclass
class Story:
    """How a call went, as its caller saw it. `transcript`: one line for everything said and done."""

    seconds: float = 0.0
    satisfied: bool = False
    talked_to_a_person: bool = False
    promised: bool = False
    asked_for_a_person: bool = False
    dead_end: str = ""
    refused: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)


class Calling:
    def __init__(self, caller: Caller, telephone: Telephone) -> None:
        self.caller, self.telephone = caller, telephone
        self.rng = random.Random(caller.seed)
        self.ear = Recogniser(self.rng, EVERY if caller.habit == DIALECT else None)
        self.mind = Mind(caller, self.rng, dialect=caller.habit == DIALECT)
        self.story = Story()
        self._redials_at = self.rng.randint(1, 3) if caller.habit == REDIALS else -1
        self._disturbed = self._at = 0
        self._must_press = False

    def run(self) -> Story:
        turn = self._dial()
        while not turn.ended and self.telephone.deeds < MOST_DEEDS:
            if turn.waits in ("dial", "bridge", None) and not turn.broken:
                turn = self._put_through(turn)
                continue
            if turn.broken:
                self._hangs_up()
                break
            following = self._go_on(turn)
            if following is None:
                break
            turn = following
        self._end(turn)
        return self.story

    # -- one turn --------------------------------------------------------------------------------------------------

    def _go_on(self, turn: Turn) -> Turn | None:
        """Do the next thing and return what comes of it; None after hanging up."""
        heard = hear(turn.text)
        self._at += 1
        self._must_press = self._must_press or "听不清话" in turn.text or "请按键" in turn.text
        self.story.promised = self.story.promised or bool(PROMISED.search(turn.text))
        has_it = self.mind.has_it(turn, heard)
        if has_it is None and self._at == self._redials_at:
            self._count(turn, None)
            return self._calls_again()
        said_before = self.mind.wishes
        reply = self.mind.reply(turn, heard)
        if reply.what not in ("hang up", "bye", "person") and (disturbance := self._disturbance(turn, heard)):
            self.mind.wishes = said_before
            self._count(turn, None)
            return disturbance()
        self._count(turn, reply.until if self._interrupts(reply) else has_it)
        if reply == HANG_UP or (self.caller.habit == MUTE and self._has_enough(turn)):
            self._hangs_up()
            return None
        return self._answer(turn, heard, reply)

    def _count(self, turn: Turn, until: int | None) -> None:
        """Add up what was listened to: all of it, or for whoever interrupts only as far as she needed."""
        left = len(turn.text) if until is None else until
        for sentence in turn.said:
            self.story.seconds += sentence.seconds_of(max(0, left))
            left -= len(sentence.text)

    def _interrupts(self, reply: Reply) -> bool:
        return self.caller.habit == INTERRUPTS and reply.key is not None

    def _answer(self, turn: Turn, heard: Heard, reply: Reply) -> Turn | None:
        self._disturbed = 0
        self.story.asked_for_a_person = self.story.asked_for_a_person or self.mind.gave_up
        if reply.what == "record":
            self._speak(reply.words)
            return self._press("#") if self.rng.random() < 0.6 else self._silent()
        if reply.key and (self._prefers_keys() or not reply.words):
            return self._press(reply.key)
        if reply.words:
            after = self._speak(reply.words)
            if reply.what == "bye" and not after.ended:
                self._hangs_up()
                return None
            return after
        return self._silent()

    def _prefers_keys(self) -> bool:
        habit, misses = self.caller.habit, self.mind.misses
        if self._must_press or habit in (KEYS, INTERRUPTS, WRONG):
            return True
        if habit == WORDS:
            return misses >= 3
        if habit == DIALECT:
            return misses >= 1
        return self.rng.random() < (0.3 if habit == CHILD else 0.6)

    # -- habits ----------------------------------------------------------------------------------------------------

    def _disturbance(self, turn: Turn, heard: Heard):
        """What her habit makes her do before she answers, if anything; never a third time running."""
        habit, rng = self.caller.habit, self.rng
        if habit == MUTE:
            return None if self._has_enough(turn) else self._silent
        if habit == ELDER and self.caller.goal == PERSON and self._at == 1:
            words = rng.choice(("喊个人", "喊个人来跟我说", ""))
            return (lambda: self._speak(words)) if words else self._silent
        if habit == CHILD and not self.mind.child and turn.waits == "input":
            self.mind.child = True
            return lambda: self._speak(rng.choice(sayings.HANDS_OVER))
        if turn.waits == "recording" and habit != SLOW:
            return None
        likely = {SLOW: (0.45, 0.3, 0), DEAF: (0.4, 0.2, 0), WRONG: (0.35, 0.15, 0)}.get(habit, (0, 0, 0))
        if rng.random() >= likely[min(self._disturbed, 2)]:
            return None
        self._disturbed += 1
        if habit == SLOW:
            return self._silent
        if habit == DEAF:
            again = heard.option(r"再听|再说")
            if again and rng.random() < 0.4:
                return lambda: self._press(again.key)
            return lambda: self._speak(rng.choice(sayings.WHAT))
        return lambda: self._press(self._wrong_key(heard))

    def _wrong_key(self, heard: Heard) -> str:
        if heard.asks("age"):
            return str(self.caller.age)[::-1]
        offered = {option.key: option.words for option in heard.options}
        mistaken = [key for key, words in offered.items() if key in "1234" and "不" not in words]
        if len(mistaken) >= 3 and self.rng.random() < 0.3:
            return self.rng.choice(mistaken)
        return self.rng.choice([key for key in "34568" if key not in offered])

    def _calls_again(self) -> Turn:
        self._redials_at = -1
        self._hangs_up()
        return self._dial()

    def _has_enough(self, turn: Turn) -> bool:
        return (bool(PROMISED.search(turn.text)) and turn.waits != "recording") or self._at > PATIENCE_OF_THE_SILENT

    # -- a person --------------------------------------------------------------------------------------------------

    def _put_through(self, turn: Turn) -> Turn:
        """Wait while it rings; tell a person who answers what it is about."""
        self._count(turn, None)
        waited = Turn((), turn.waits, turn.ended, (), 0.0)
        for _ in range(RINGS):
            if waited.ended or waited.waits not in ("dial", None):
                break
            waited = waited.and_then(self._heard(self.telephone.listen_on(A_RING_S)))
        if waited.waits == "bridge" and not waited.ended:
            self.story.talked_to_a_person = True
            if self.caller.habit != MUTE:
                self.telephone.speak(sayings.wish(self.caller, 0, child=self.mind.child, rng=self.rng), 0.9)
            self._hangs_up()
            return Turn((), None, True, (), 0.0)
        if waited.waits in ("dial", None) and not waited.ended:
            self.story.dead_end = "nothing comes after the ringing"
            self._hangs_up()
            return Turn((), None, True, (), 0.0)
        return self._through(waited)

    # -- deeds -----------------------------------------------------------------------------------------------------

    def _dial(self) -> Turn:
        self.story.transcript.append("(calls)")
        return self._through(self._heard(self.telephone.call(patient=self.caller.habit != INTERRUPTS)))

    def _press(self, keys: str) -> Turn:
        self.story.transcript.append(f"[{keys}]")
        turn = self._heard(self.telephone.press(keys))
        if turn.waits == "input" and not turn.said and "listen" not in turn.events:
            turn = self._heard(self.telephone.silence())  # one of two digits: she waits for the line to go on
        return self._through(turn)

    def _speak(self, words: str) -> Turn:
        heard, sure = self.ear.hears(words)
        self.story.transcript.append(f"> {words}" + (f" ({heard}, {sure})" if heard != words else ""))
        return self._through(self._heard(self.telephone.speak(heard, sure)))

    def _silent(self) -> Turn:
        self.story.transcript.append("> …")
        return self._through(self._heard(self.telephone.silence()))

    def _hangs_up(self) -> None:
        self.story.transcript.append("(hangs up)")
        self.telephone.hang_up()

    def _through(self, turn: Turn) -> Turn:
        """Listen on where nothing can be answered yet; whoever interrupts presses all the same, and is not heard."""
        tried = False
        while turn.waits == "speaking" and not turn.ended:
            more = self._heard(self.telephone.silence() if tried else self.telephone.press("1"))
            tried = True
            turn = turn.and_then(more)
        return turn

    def _heard(self, turn: Turn) -> Turn:
        self.story.transcript.extend(f"< {sentence.text}" for sentence in turn.said)
        return turn

    def _end(self, turn: Turn) -> None:
        story, goal = self.story, self.caller.goal
        if turn.ended and turn.said:
            self._count(turn, None)
            heard = hear(turn.text)
            self.mind.reply(turn, heard)
            if not (self.mind.satisfied or story.promised or goal == PERSON):
                story.dead_end = story.dead_end or "the line hung up"
        if not turn.ended and self.telephone.deeds >= MOST_DEEDS:
            story.transcript.append("(gives up)")
            self.telephone.hang_up()
        if turn.broken:
            story.dead_end = "out of order"
        story.satisfied, story.refused = self.mind.satisfied, self.mind.refused
