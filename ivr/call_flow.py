"""The call as a pure state machine: where it is and what happened → what is said and what is waited for.

`advance` looks nothing up and changes nothing outside: an act to be done comes out as a step (`Do`, `Converse`), and
its answers come back in as an event. Whatever happens the caller hears something and has a way on (V08, V23).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backend.domain.answers import Answer
from ivr import speech
from ivr.questions import QUESTIONS, Act, Go, Miss, Move, Question, Talk, next_job, next_mine, prompt
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
    Record,
    Recorded,
    Say,
    Silence,
    Speech,
    Started,
    State,
    Step,
    Transfer,
    World,
)

SOFT_LIMIT_S = 8 * 60  # V18
HARD_LIMIT_S = 12 * 60
MOST_TURNS = 40
RETRIES = 2  # V08: a third miss leads to a person
MOST_FAILURES = 3  # V17
REPEATS = 5  # asked for again more often than this, a person helps
FIRST_SILENCE_S, NEXT_SILENCE_S = 8, 10  # V09
PERSON, AGAIN, BACK, SLOWER = "0", "9", "*", "7"  # the same everywhere (V03)

# Answers that tell something in passing: the question that was open is asked again after them.
IN_PASSING = frozenset({
    "market_info", "help", "thanks", "greeting", "out_of_scope", "opted_out", "opted_in", "profile_by_text", "profile",
    "erase_by_text", "nothing_to_answer", "repeat_nothing", "resume_hint", "availability_set", "profile_updated",
    "no_profile", "media_unsupported", "nothing_to_withdraw", "handed_back", "staff_reply", "availability_what",
    "profile_what", "choice_unknown", "employer_told",
})  # fmt: skip
NOT_HEARD = frozenset({"not_understood"})
CONFIRMS = frozenset({"confirm_registration", "confirm_take", "confirm_withdraw", "confirm_posting", "offer"})
# Answers by which a question of the services is closed; afterwards only a new one of theirs can be answered.
OF_THE_SERVICES = frozenset({"confirm", "which", "who", "form"})
DONE = frozenset({
    "registered", "job_taken", "withdrawn", "offer_declined", "case_opened", "posting_received", "profile_updated",
    "availability_set", "opted_out", "market_info",
})  # fmt: skip


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


class _Turn:
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
        if isinstance(event, Digits | Speech | Silence | Again) and self._too_long():
            return
        handle: Callable[..., None] = {
            Started: self._started, Digits: self._digits, Speech: self._speech, Silence: self._silence,
            Recorded: self._recorded, Answers: self._answers, DialEnded: self._dial_ended, Again: self._once_more,
        }[type(event)]  # fmt: skip
        handle(event)

    def _too_long(self) -> bool:
        if self.world.elapsed_s >= HARD_LIMIT_S or self.world.turns >= MOST_TURNS:
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
            self._person()

    # -- what happens --------------------------------------------------------------------------------------------------

    def _started(self, event: Started) -> None:
        if event.resume is not None and QUESTIONS[event.resume.at].resumable:
            self.state = resumed(event.resume)
        self.state.said_before = list(self.world.said_before)
        elder = "_65" if self.world.over_65 else ""
        resumes = self.state.at != "main"
        self.says.append(prompt(("resume" if resumes else "greeting") + elder))
        if self.world.taken_over:
            self.says.append(prompt("taken_over"))
            self._person()
        else:
            self._ask()

    def _digits(self, event: Digits) -> None:
        key = event.keys
        if key == PERSON:
            self._person()
        elif key == AGAIN:
            self._again()
        elif key == BACK:
            self._back()
        elif key == SLOWER:
            self._do("slower")
        else:
            self._press(key)

    def _press(self, key: str) -> None:
        move = self.question.press(self.state, self.world, key)
        if move is None and self.state.resumed:
            # Whoever has called for something else may press a key of the main menu right away.
            move = QUESTIONS["main"].press(self.state, self.world, key)
        self._move(move or Miss((prompt("wrong_key"),)))

    def _speech(self, event: Speech) -> None:
        question, state = self.question, self.state
        if event.danger:
            self._converse(event.text)
            return
        if move := question.heard(state, self.world, event):
            self._move(move)
            return
        choice = {"yes": question.yes, "no": question.no}.get(str(event.choice), event.choice)
        if choice == BACK:
            self._back()
        elif isinstance(choice, int) and choice == 0:
            self._person()
        elif choice and len(str(choice)) == 1 and str(choice) in question.keys(state, self.world) and state.at != "form":
            self._press(str(choice))
        else:
            # Any other words are for the conversation service, at every question (V04).
            self._converse(event.text)

    def _silence(self, event: Silence) -> None:
        # Where a recording was just asked for, the next asking says itself that nothing was heard.
        recording = self.question.records and self.state.misses == 0
        self._miss(() if recording else (prompt("silent"),))

    def _recorded(self, event: Recorded) -> None:
        state = self.state
        if event.key == PERSON:
            self._person()
        elif event.key == BACK:
            self._back()
        elif event.key == AGAIN:
            self._again()
        elif state.at == "reg_name":
            state.registration["recording_url"] = event.url
            self._move(Go("reg_age", forget=True))
        else:
            about = state.data.get("about", "")
            self._do("leave_message", {"recording_url": event.url, "case_id": state.case_id, "about": about})

    def _dial_ended(self, event: DialEnded) -> None:
        self.state.failures = 0
        if event.status in {"completed", "answered"}:
            self.says += [prompt("human_talked"), prompt("anything_else")]
            self._home()
        else:
            self.says.append(prompt("human_busy"))
            self._go(Go("voicemail"))

    def _once_more(self, event: Again) -> None:
        self._ask()

    # -- what comes of it ----------------------------------------------------------------------------------------------

    def _move(self, move: Move) -> None:
        if isinstance(move, Go):
            self._go(move)
        elif isinstance(move, Act):
            self._do(move.act, move.params)
        elif isinstance(move, Talk):
            self._converse(move.text)
        else:
            self._miss(move.says)

    def _go(self, move: Go) -> None:
        state = self.state
        self.says += move.says
        if move.at == "job" and move.data.get("step") == "next":
            # The place was not wanted after all: on to the one after it.
            state.at, state.data = state.back.pop()
            self._move(next_job(state))
            return
        if move.at == "main":
            self._home()
            return
        if not move.forget and state.at != move.at:
            state.back = [*state.back, [state.at, state.data]][-8:]
        self._be_at(move.at, move.data)
        self._ask()

    def _be_at(self, at: str, data: dict[str, Any]) -> None:
        self.state.at, self.state.data = at, data
        self.state.misses = self.state.again = 0
        self.state.resumed = False

    def _home(self) -> None:
        self.state.back = []
        self._be_at("main", {})
        self._ask()

    def _do(self, act: str, params: dict[str, Any] | None = None) -> None:
        self.state.doing = act
        self.last = [Do(act, params or {})]

    def _converse(self, text: str) -> None:
        self.state.doing = "converse"
        self.last = [Converse(text)]

    def _person(self) -> None:
        """A human is one key away from everywhere (DESIGN §3.8)."""
        if self.state.at == "voicemail" and not self.world.staff_open:
            # Nobody is there; that was just said. The promise to call back stands and the line goes on serving.
            self.state.misses, self.state.failures = RETRIES, 0
            self._ask()
            return
        self._do("talk_to_human")

    def _end(self, *says: Say) -> None:
        self.says += says
        self.state.ended = True
        self.last = [Hangup()]

    def _ask(self) -> None:
        self.says += self.question.ask(self.state, self.world, self.state.misses)
        self._wait()

    def _wait(self) -> None:
        question, state = self.question, self.state
        if question.records and state.misses == 0:
            self.last = [Record(question.records)]
        else:
            timeout_s = FIRST_SILENCE_S if state.misses == 0 else NEXT_SILENCE_S
            self.last = [Ask(question.digits(state), timeout_s, question.hints)]

    def _miss(self, says: tuple[Say, ...]) -> None:
        """The ladder: shorter with an example, then one of two, then a person (V08); sooner for callers of 65 (V17)."""
        state = self.state
        state.misses += 1
        state.failures += 1
        if state.at == "voicemail" and state.misses > RETRIES:
            state.failures = 0
            self.says.append(prompt("human_promise"))
            self._home()
            return
        trouble = state.misses > RETRIES or state.failures >= MOST_FAILURES or self.world.over_65
        if trouble and state.at != "voicemail":
            self._person()
            return
        self.says += says
        self._ask()

    def _again(self) -> None:
        """Said again as it was; then with the way to a person, then in the shorter words: never three times the same."""
        state = self.state
        state.again += 1
        if state.again > REPEATS:
            state.again = 0
            self._person()
            return
        question = self.question
        prompts = question.prompts(state, self.world)
        body = question.body(replace(state, data={**state.data, "brief": False}), self.world)
        if state.again > 1 and state.again % 2 == 0:
            self.says.append(prompt("again_hint"))
        self.says += [*body, prompts[0] if state.again < 3 or question.records else prompts[1]]
        self._wait()

    def _back(self) -> None:
        state = self.state
        if not state.back:
            self._home()
            return
        at, data = state.back[-1]
        state.back = state.back[:-1]
        self._be_at(at, data)
        self._ask()

    # -- answers -------------------------------------------------------------------------------------------------------

    def _answers(self, event: Answers) -> None:
        state, doing = self.state, self.state.doing
        state.doing = None
        kinds = [answer["kind"] for answer in event.answers]
        if not kinds:
            # The conversation belongs to a member of staff now: the line only connects (DESIGN §3.12).
            self.says.append(prompt("taken_over"))
            self._person() if doing != "talk_to_human" else self._voicemail()
            return
        if event.intent == "repeat":
            self._again()
            return
        if "goodbye" in kinds:
            self._end(prompt("goodbye"))
            return
        state.finished = [*state.finished, *(kind for kind in kinds if kind in DONE)]
        if DONE & set(kinds):
            state.failures = 0
        for place, answer in enumerate(event.answers):
            if handler := _LEADS.get(answer["kind"]):
                handler(self, answer, doing)
                return
            if answer["kind"] in NOT_HEARD or (answer["kind"] == "menu" and answer.get("reason") == "not_understood"):
                self._miss((prompt("not_heard"),))
                return
            if answer["kind"] == "menu":
                self._by_keys(answer)
                return
            self._tell(answer, doing)
            if answer["kind"] == "case_opened" and answer.get("emergency"):
                self._emergency()
                return
            if place + 1 == len(event.answers):
                self._go_on(kinds)

    def _tell(self, answer: Answer, doing: str | None) -> None:
        if answer["kind"] == "registered" and doing == "register_by_keypad":
            self.says.append(prompt("reg_done"))
        elif answer["kind"] == "case_opened" and doing == "leave_message":
            self.says.append(prompt("voicemail_done"))
        else:
            self.says += _spoken(answer, self.world)
        openings = answer.get("jobs") or answer.get("alternatives") or []
        if openings:
            self._jobs({"openings": openings, "remaining": 0, "relaxed": [], "again": False}, None)

    def _go_on(self, kinds: list[str]) -> None:
        """After something was told: back to the open question, or on to the menu."""
        if self.last:
            return
        state = self.state
        told_in_passing = all(kind in IN_PASSING for kind in kinds)
        if told_in_passing and state.at == "job":
            state.data = {**state.data, "brief": True}
        if told_in_passing and state.at not in {"other"}:
            self._ask()
            return
        if state.at == "confirm" and state.back and state.back[-1][0] == "mine" and not told_in_passing:
            at, data = state.back[-1]
            rest = [offer for offer in data["offers"] if offer["offer_id"] != _withdrawn(state)]
            if kinds == ["kept"]:
                state.at, state.data, state.back = at, data, state.back[:-1]
                self._go(next_mine(state))
                return
            if rest and data["i"] < len(rest):
                state.back = state.back[:-1]
                self._be_at("mine", {**data, "offers": rest})
                self._ask()
                return
        self.says.append(prompt("anything_else"))
        self._home()

    def _by_keys(self, answer: Answer) -> None:
        """The menu instead of an understanding: the keys go on working (D1)."""
        if answer.get("reason") == "unavailable":
            self.says.append(prompt("keys_instead"))
        if self.state.at in OF_THE_SERVICES or answer.get("reason") is None:
            self.state.failures += 1
            self._home()
        else:
            self._miss(())

    def _emergency(self) -> None:
        """Injury and violence: the number to call was said first; a person comes at once (DESIGN §3.8)."""
        if self.world.staff_open:
            self.says.append(prompt("emergency_now"))
            self.last = [Transfer()]
        else:
            self._voicemail()

    def _voicemail(self) -> None:
        self._go(Go("voicemail", {}, forget=True))

    def _jobs(self, answer: Answer, doing: str | None) -> None:
        openings = answer["openings"]
        count = len(openings) + int(answer.get("remaining") or 0)
        if doing == "more_jobs":
            self.says.append(prompt("jobs_again", count=count))
        elif count == 1 and not answer.get("relaxed"):
            self.says.append(prompt("job_found"))
        else:
            self.says.append(prompt("jobs_relaxed" if answer.get("relaxed") else "jobs_found", count=count))
        self.state.back = []
        self._go(Go("job", {"openings": openings, "i": 0, "remaining": int(answer.get("remaining") or 0)}))

    def _details(self, answer: Answer, doing: str | None) -> None:
        opening = answer["opening"]
        self.says += _spoken(answer, self.world)
        ids = [o["id"] for o in self.state.data.get("openings", [])] if self.state.at == "job" else []
        if opening["id"] in ids:
            data = {**self.state.data, "i": ids.index(opening["id"]), "brief": True}
        else:
            data = {"openings": [opening], "i": 0, "remaining": 0, "brief": True}
        self._go(Go("job", data))

    def _mine(self, answer: Answer, doing: str | None) -> None:
        offers = answer["offers"]
        if not offers:
            self.says += _spoken(answer, self.world)
            self._go_on(["my_list"])
            return
        self.says.append(prompt("mine_count", count=len(offers)))
        self.state.back = []
        self._go(Go("mine", {"offers": offers, "i": 0}))

    def _confirm(self, answer: Answer, doing: str | None) -> None:
        data: dict[str, Any] = {"answer": answer}
        if answer["kind"] == "confirm_take":
            data["yes"] = {"act": "apply_job", "params": {"opening_id": answer["opening"]["id"], "confirmed": True}}
        elif answer["kind"] == "confirm_withdraw" and self.state.at == "mine":
            offer_id = self.state.data["offers"][self.state.data["i"]]["offer_id"]
            data["yes"] = {"act": "withdraw_application", "params": {"offer_id": offer_id, "confirmed": True}}
        elif answer["kind"] == "confirm_registration":
            changed = set(answer.get("changed") or [])
            self.state.said_before = [fact for fact in self.state.said_before if fact not in changed]
        self._go(Go("confirm", data))

    def _form(self, answer: Answer, doing: str | None) -> None:
        heard = set(answer.get("noted") or {})
        self.state.said_before = [fact for fact in self.state.said_before if fact not in heard]
        failures = self.state.failures
        self._go(Go("form", {"answer": answer}, forget=self.state.at == "form"))
        self.state.failures = failures if not heard else 0

    def _which(self, answer: Answer, doing: str | None) -> None:
        self._go(Go("which", {"openings": answer["openings"][:3], "purpose": answer["purpose"]}))

    def _who(self, answer: Answer, doing: str | None) -> None:
        self._go(Go("who", {"count": min(int(answer.get("count") or 2), 4)}))

    def _human(self, answer: Answer, doing: str | None) -> None:
        self.state.case_id = answer.get("case_id")
        self.state.back, self.state.failures = [], 0
        if self.world.staff_open:
            self.says.append(prompt("human_now"))
            self._be_at("main", {})
            self.last = [Transfer()]
        else:
            self.says += _spoken({**answer, "open_now": False}, self.world)
            self._voicemail()

    def _pace(self, answer: Answer, doing: str | None) -> None:
        self.says += _spoken(answer, self.world)
        prompts = self.question.prompts(self.state, self.world)
        self.says += [*self.question.body(self.state, self.world), prompts[0]]
        self._wait()

    def _taken_over(self, answer: Answer, doing: str | None) -> None:
        self.says.append(prompt("taken_over"))
        self._person()


_Lead = Callable[[_Turn, Answer, str | None], None]
_LEADS: dict[str, _Lead] = {
    "job_offers": _Turn._jobs, "job_details": _Turn._details, "my_list": _Turn._mine, "ask": _Turn._form,
    "which_job": _Turn._which, "which_person": _Turn._who, "human": _Turn._human, "slower": _Turn._pace,
    "taken_over": _Turn._taken_over, **dict.fromkeys(CONFIRMS, _Turn._confirm),
}  # fmt: skip


def _spoken(answer: Answer, world: World) -> list[Say]:
    pairs = zip(speech.speak(answer, "zh", today=world.today), speech.speak(answer, "en", today=world.today), strict=True)
    return [Say(zh, en) for zh, en in pairs]


def _withdrawn(state: State) -> int | None:
    yes = state.data.get("yes") or {}
    return (yes.get("params") or {}).get("offer_id")


def resumed(state: State) -> State:
    """The state to go on from in a new call: the same question, asked afresh (V19).

    Nothing recorded as heard in the old call is read out again: whoever calls now only claims to be the same.
    """
    data = {key: value for key, value in state.data.items() if key != "brief"}
    if state.at == "form":
        data["resumed"] = True
    # Nothing behind it: * starts over, as the greeting says.
    return State(at=state.at, data=data, registration=dict(state.registration), resumed=True)
