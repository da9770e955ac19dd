"""The call as a pure state machine: where it is and what happened → what is said and what is waited for.

`advance` looks nothing up and changes nothing outside: an act to be done comes out as a step (`Do`, `Converse`), and
its answers come back in as an event. Whatever happens the caller hears something and has a way on (V08, V23).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ivr.asking import Act, Go, Miss, Move, Question, Talk, prompt
from ivr.follow_up import MOST_FAILURES, REOPEN
from ivr.placed import begun, hello, nobody_there
from ivr.questions import QUESTIONS, next_job
from ivr.steps import (
    Again,
    Answers,
    Ask,
    Converse,
    DialEnded,
    Digits,
    Do,
    Event,
    Hangup,
    HungUp,
    Placed,
    Record,
    Recorded,
    Say,
    Silence,
    Speech,
    Started,
    State,
    Step,
    World,
)
from ivr.words import BACK, FIRST_SILENCE_S, NEXT_SILENCE_S, Words

SOFT_LIMIT_S = 8 * 60  # V18
HARD_LIMIT_S = 12 * 60
MOST_TURNS = 40
RETRIES = 2  # V08: a third miss leads to a person
REPEATS = 5  # asked for again more often than this, a person helps
PERSON, AGAIN, SLOWER, WORDING = "0", "9", "7", "8"  # the same everywhere (V03); the last two told in help
KEYS = frozenset("0123456789*#")


def advance(state: State, event: Event, world: World) -> tuple[State, list[Step]]:
    """Return the state after `event` and what to do: any number of `Say`, then one step that is not `Say`.

    After `Do` and `Converse` the caller feeds their answers back with `Answers`. A hung-up call gives no steps.
    """
    turn = _Turn(State.from_json(state.to_json()), world)
    turn.happen(event)
    if isinstance(event, HungUp):
        return turn.state, []
    turn.not_a_third_time()
    return turn.state, [*turn.says, *turn.last]


class _Turn(Words):
    """One step of the machine; `last` is the step that is not `Say`."""

    def __init__(self, state: State, world: World) -> None:
        self.state, self.world = state, world
        self.says: list[Say] = []
        self.last: list[Step] = []

    @property
    def question(self) -> Question:
        return QUESTIONS[self.state.at]

    def happen(self, event: Event) -> None:
        state = self.state
        if isinstance(event, HungUp):
            state.ended = True
            return
        if isinstance(event, Digits | Speech | Recorded):
            state.spoke = True
        if isinstance(event, Digits | Speech | Silence | Again) and self._too_long(event):
            return
        handlers: dict[type, Callable[..., None]] = {
            Started: self._started, Digits: self._digits, Speech: self._speech, Silence: self._silence,
            Recorded: self._recorded, Answers: self.answers, DialEnded: self._dial_ended, Again: self._once_more,
        }  # fmt: skip
        handlers[type(event)](event)

    def _too_long(self, event: Event) -> bool:
        urgent = event.danger or event.command == "person" if isinstance(event, Speech) else event == Digits(PERSON)
        if urgent:
            return False  # whoever calls for a person is not hung up on
        if self.world.elapsed_s >= HARD_LIMIT_S or self.world.turns >= MOST_TURNS:
            self.state.content = True
            self._end(prompt("too_long"))
            return True
        if self.world.elapsed_s >= SOFT_LIMIT_S and not self.state.warned:
            self.state.warned = True
            self.says.append(prompt("long_call"))
        return False

    def not_a_third_time(self) -> None:
        """Whatever led here: the same words are never said a third time running (V08); a person takes over."""
        state = self.state
        if not isinstance(self.last[0], Ask | Record):
            return
        said = "".join(say.zh for say in self.says)
        state.same = state.same + 1 if said == state.last_said else 0
        state.last_said = said
        if state.same >= RETRIES:
            state.same, self.says = 0, []
            if state.at == "voicemail" and not self.world.staff_open and not self._nobody_knows():
                self.says.append(prompt("human_promise"))
                self.home()
            else:
                self.person()

    # -- what happens --------------------------------------------------------------------------------------------------

    def _started(self, event: Started) -> None:
        if event.placed is not None:
            self._placed(event.placed, event.resume)
            return
        if event.resume is not None and QUESTIONS[event.resume.at].resumable:
            self.state = resumed(event.resume)
        self.state.said_before = list(self.world.said_before)
        elder = "_65" if self.world.over_65 else ""
        resumes = self.state.at != "main"
        self.says.append(prompt(("resume" if resumes else "greeting") + elder))
        self._begin()

    def _placed(self, placed: Placed, resume: State | None) -> None:
        """A call of ours: who calls, that it is a machine, the way to a person; then what it is for (V15, V16, V17)."""
        self.says.append(hello(self.world))
        if placed.purpose == "over":
            self.state.content = True
            self._end(prompt("placed_over"))
            return
        self.state = begun(placed, resume)
        self.state.said_before = list(self.world.said_before)
        self._begin()

    def _begin(self) -> None:
        if self.world.taken_over:
            self.says.append(prompt("taken_over"))
            self.person()
        elif self.state.at == "mine":
            # Places may have been given or lost since: the list as it is now.
            self.do("my_applications")
        else:
            self.ask()

    def _digits(self, event: Digits) -> None:
        key = self._meant(event.keys)
        if key == PERSON:
            self.person()
        elif key == AGAIN:
            self.again()
        elif key == BACK:
            self._back()
        elif key == SLOWER:
            self.do("slower")
        elif key == WORDING:
            self.do("talk_in")
        else:
            self._press(key)

    def _meant(self, keys: str) -> str:
        """Where two digits are awaited, a key that begins no age counts alone: 00 is somebody who wants a person."""
        if self.question.digits(self.state) == 2 and len(keys) == 2:
            return keys[0] if keys[0] in (PERSON, BACK) or keys == "##" else keys
        return keys

    def _press(self, key: str) -> None:
        if len(key) > self.question.digits(self.state) or not set(key) <= KEYS:
            self.miss((prompt("wrong_key"),))
            return
        move = self.question.press(self.state, self.world, key)
        if move is None and self.state.resumed:
            # Whoever has called for something else may press a key of the main menu right away.
            move = QUESTIONS["main"].press(self.state, self.world, key)
        self.move(move or Miss((prompt("wrong_key"),)))

    def _silence(self, event: Silence) -> None:
        if nobody_there(self.state):
            # A call of ours that nobody answers: once more and shorter, then it counts as not reached (V15).
            self.state.misses += 1
            if self.state.misses > 1:
                self._end(prompt("placed_nobody"))
            else:
                self.says.append(prompt("silent"))
                self.ask()
            return
        # Where a recording was just asked for, the next asking says itself that nothing was heard.
        recording = self.question.records and self.state.misses == 0
        self.miss(() if recording else (prompt("silent"),))

    def _recorded(self, event: Recorded) -> None:
        state = self.state
        if event.key == PERSON:
            self.person()
        elif event.key == BACK:
            self._back()
        elif event.key == AGAIN:
            self.again()
        elif state.at == "reg_name":
            state.registration["recording_url"] = event.url
            self.move(Go("reg_age", forget=True))
        else:
            about = state.data.get("about", "")
            # A message about something else does not belong to what she was put through for before.
            case_id = None if about else state.case_id
            self.do("leave_message", {"recording_url": event.url, "case_id": case_id, "about": about})

    def _dial_ended(self, event: DialEnded) -> None:
        self.state.failures = 0
        if event.status in {"completed", "answered"}:
            self.state.reached = True
            self.do("talked_to_human", {"case_id": self.state.case_id})
        else:
            # busy, no-answer, failed, canceled: each leaves a task, and a promise with a time (V16).
            self.do("nobody_came", {"case_id": self.state.case_id, "status": event.status})

    def _once_more(self, event: Again) -> None:
        self.ask()

    # -- what comes of it ----------------------------------------------------------------------------------------------

    def move(self, move: Move) -> None:
        if isinstance(move, Go):
            self.go(move)
        elif isinstance(move, Act):
            self.do(move.act, move.params)
        elif isinstance(move, Talk) and self._interrupted():
            self.says.append(prompt("interrupted"))
            self.do(REOPEN)
        elif isinstance(move, Talk):
            self._converse(move.text)
        else:
            self.miss(move.says)

    def _interrupted(self) -> bool:
        """Whether a text or another call of this number has opened another question: a key must not answer that one (I12)."""
        state, pending = self.state, self.world.pending
        if pending == "":
            return False
        if state.at == "form":
            return pending != "ask"
        return state.at == "confirm" and state.data["answer"]["kind"] != pending

    def go(self, move: Go) -> None:
        state = self.state
        if move.at == "main" and state.at in {"job", "more", "mine"}:
            state.content = True  # heard to the end, or enough of it
        if state.at == "job" or (state.at.startswith("reg_") and move.at != state.at):
            state.failures = 0  # this question was answered: what failed before it is over (V17)
        self.says += move.says
        if move.at == "job" and move.data.get("step") == "next":
            # The place was not wanted after all: on to the one after it.
            state.at, state.data = state.back.pop()
            self.move(next_job(state))
            return
        if move.at == "main" and self.form_behind():
            self.back_to_the_form()
            return
        if move.at == "main":
            self.home()
            return
        if not move.forget and state.at != move.at:
            state.back = [*state.back, [state.at, state.data]][-8:]
        self.be_at(move.at, move.data)
        self.ask()

    def be_at(self, at: str, data: dict[str, Any]) -> None:
        self.state.at, self.state.data = at, data
        self.state.misses = self.state.again = 0
        self.state.resumed = self.state.closing = False

    def home(self) -> None:
        self.state.back = []
        self.be_at("main", {})
        self.ask()

    def do(self, act: str, params: dict[str, Any] | None = None) -> None:
        self.state.doing = act
        self.last = [Do(act, params or {})]

    def _converse(self, text: str) -> None:
        self.state.doing = "converse"
        self.last = [Converse(text)]

    def person(self) -> None:
        """A human is one key away from everywhere (DESIGN §3.8)."""
        if self.state.at == "voicemail" and not self.world.staff_open and not self._nobody_knows():
            # Nobody is there; that was just said. The promise to call back stands and the line goes on serving.
            self.state.misses, self.state.failures = RETRIES, 0
            self.ask()
            return
        self.do("talk_to_human")

    def _nobody_knows(self) -> bool:
        """A message about hiring opens no case before it is recorded: without one there is nobody who would ring back (I11)."""
        return bool(self.state.data.get("about"))

    def _end(self, *says: Say) -> None:
        self.says += says
        self.state.ended = True
        self.last = [Hangup()]

    def ask(self) -> None:
        self.says += self.question.ask(self.state, self.world, self.state.misses)
        self.wait()

    def wait(self) -> None:
        question, state = self.question, self.state
        if question.records and state.misses == 0:
            self.last = [Record(question.records)]
        else:
            timeout_s = FIRST_SILENCE_S if state.misses == 0 else NEXT_SILENCE_S
            self.last = [Ask(question.digits(state), timeout_s, question.expects(state, self.world), question.pause_s)]

    def miss(self, says: tuple[Say, ...], *, by_key: bool = False) -> None:
        """The ladder: shorter with an example, then one of two, then a person (V08); sooner for callers of 65 (V17)."""
        state = self.state
        state.misses += 1
        state.failures += 1
        if state.at == "voicemail" and state.misses > RETRIES:
            state.failures = 0
            if self._nobody_knows():
                self.person()
                return
            self.says.append(prompt("human_promise"))
            self.home()
            return
        trouble = state.misses > RETRIES or state.failures >= MOST_FAILURES or self.world.over_65
        if trouble and state.at != "voicemail":
            self.person()
            return
        self.says += says
        if by_key:
            # The asking that names nothing but keys.
            self.says.append(self.question.prompts(state, self.world)[2])
            self.wait()
            return
        self.ask()

    def ask_whole(self) -> None:
        question = self.question
        self.says += [*question.body(self.state, self.world), question.prompts(self.state, self.world)[0]]
        self.wait()

    def again(self) -> None:
        """Said again as it was; then with the way to a person, then in the shorter words: never three times the same."""
        state = self.state
        state.again += 1
        if state.again > REPEATS:
            state.again = 0
            self.person()
            return
        question = self.question
        prompts = question.prompts(state, self.world)
        body = question.body(replace(state, data={**state.data, "brief": False}), self.world)
        if state.again > 1 and state.again % 2 == 0:
            self.says.append(prompt("again_hint"))
        self.says += [*body, prompts[0] if state.again < 3 or question.records else prompts[1]]
        self.wait()

    def _back(self) -> None:
        state = self.state
        if not state.back:
            self.home()
            return
        at, data = state.back[-1]
        state.back = state.back[:-1]
        self.be_at(at, data)
        self.ask()


def resumed(state: State) -> State:
    """The state to go on from in a new call: the same question, asked afresh (V19).

    Nothing recorded as heard in the old call is read out again: whoever calls now only claims to be the same.
    """
    data = {key: value for key, value in state.data.items() if key != "brief"}
    if state.at == "form":
        data["resumed"] = True
    # Nothing behind it: * starts over, as the greeting says.
    return State(at=state.at, data=data, registration=dict(state.registration), resumed=True)
