"""One webhook of a call, from what the carrier sent to TwiML: stored, advanced, done, said; each turn once (I3, I12).

A turn is closed in one transaction: what the key changed, what was heard and said, where the call is now and the TwiML
itself. Words go to the conversation service in between, under the number's lease and with a deadline that leaves no dead
air; a turn that is repeated finds what it had done.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.services import after_call, call_turns, follow_ringing, ring_instead
from backend.services.converse import VOICE_DEADLINE_S, converse, lease_number, release_number
from backend.services.deps import Deps
from backend.store.session import in_turn
from ivr.call_flow import advance
from ivr.questions import QUESTIONS, opening_read
from ivr.recorded import recorded_for
from ivr.steps import (
    Again,
    Answers,
    Converse,
    Do,
    Event,
    HungUp,
    Placed,
    Say,
    Speech,
    Started,
    State,
    Step,
    Transfer,
    World,
)
from ivr.twiml import Addresses, render
from ivr.wording import said_in

log = structlog.get_logger()

FIRST = "start"  # the nonce of a call's first turn
CAME_IN, ANSWERED = "(来电)", "(接听)"
# An SMS of the same number may be in work: a caller waits this long for it, then the keys go on alone.
WAIT_FOR_NUMBER_S = 2.0
POLL_S = 0.05

HeardAs = Callable[[State, World], Event]


@dataclass
class _Open:
    """A turn in work: its call row and what it has gathered so far."""

    session: Session
    deps: Deps
    call: Any  # store.models.Call
    nonce: str
    caller: call_turns.Caller
    state: State
    answers: list[Answer] = field(default_factory=list)

    @property
    def world(self) -> World:
        c = self.caller
        return World(today=c.today, elapsed_s=c.elapsed_s, turns=c.turns, staff_open=c.staff_open, over_65=c.over_65,
                     taken_over=c.taken_over, pending=c.pending, said_before=_derived(c.unfinished), towns=c.towns,
                     hiring=c.hiring, takes_texts=c.takes_texts, station=c.station, villages=self.deps.regions.villages_of)  # fmt: skip


def _derived(facts: tuple[str, ...]) -> tuple[str, ...]:
    """A fact and the words it is told in."""
    told = {"location": ("village_name", "village"), "job_type": ("job_names",), "village": ("village_name",)}
    return tuple(dict.fromkeys(name for fact in facts for name in (fact, *told.get(fact, ()))))


def incoming(deps: Deps, sid: str, number: str) -> str:
    """The first webhook of a call; asked again it gives the same TwiML."""

    def answered() -> str:
        with deps.db.write() as session:
            call, _ = call_turns.open_call(session, deps, sid=sid, number=number)
            if (given := call_turns.given_answer(session, call, FIRST)) is not None:
                return given
            turn = _Open(session, deps, call, FIRST, call_turns.caller(session, deps, call), State())
            event = Started(_resumable(session, deps, call, turn.caller))
            log.info("call_started", call_id=call.id, resumed=event.resume is not None)
            return _close(turn, call_turns.Heard(CAME_IN), *advance(turn.state, event, turn.world))

    return in_turn(answered)


def placed(deps: Deps, sid: str, reference: str) -> str:
    """The first webhook of a call of ours that was answered; asked again it gives the same TwiML (V15).

    NotFound when the reference is none of ours.
    """

    def answered() -> str:
        with deps.db.write() as session:
            call, planned = follow_ringing.pick_up(session, deps, sid=sid, reference=reference)
            if (given := call_turns.given_answer(session, call, FIRST)) is not None:
                return given
            turn = _Open(session, deps, call, FIRST, call_turns.caller(session, deps, call), State())
            resume = _resumable(session, deps, call, turn.caller) if planned.purpose == "callback" else None
            event = Started(resume, Placed(**ring_instead.what_for(session, deps, planned, deps.clock())))
            log.info("placed_call_answered", call_id=call.id, purpose=planned.purpose)
            return _close(turn, call_turns.Heard(ANSWERED), *advance(turn.state, event, turn.world))

    return in_turn(answered)


def _resumable(session: Session, deps: Deps, call: Any, caller: call_turns.Caller) -> State | None:
    stored = call_turns.dropped_call(session, deps, call)
    if not stored or "flow" not in stored:
        return None
    state = State.from_json(stored["flow"])
    if state.at == "placed_callback" and not state.spoke and (broken_off := state.data.get("resume")):
        # We rang and nobody answered: what broke off is still what it was.
        state.at, state.data = broken_off["at"], broken_off["data"]
    if state.at in {"job", "more", "mine"} and state.finished:
        return None  # something was done in that call; what was read after it is not what broke off
    if state.at == "mine" and state.data["offers"][state.data["i"]]["status"] != "offered":
        return None  # the own list was heard; only an offer that waits for an answer is left open
    if state.at == "reg_age_ok":
        state.at, state.data = "reg_age", {}
    elif state.at == "reg_place_ok":
        state.at, state.data = state.data["asked"]
    elif state.at == "reg_trade_ok":
        state.at, state.data = "reg_trade", {}
    if state.at == "form" and caller.pending != "ask":
        return None
    if state.at == "confirm" and state.data["answer"]["kind"] == "confirm_heard":
        return None  # what was said in that call is not read out in this one
    if state.at == "confirm" and caller.pending != state.data["answer"]["kind"]:
        return None
    question = QUESTIONS.get(state.at)
    return state if question is not None and question.resumable else None


def next_turn(deps: Deps, sid: str, call_id: int, nonce: str, heard_as: HeardAs, heard: call_turns.Heard) -> str:
    """One later webhook. `nonce` is the one-use word of the question it answers; `heard` is what goes on record.

    NotFound when the call is not ours. An answer to a question long past changes nothing: the open one is asked again.
    """
    with _number(deps, sid) as leased:
        waiting = in_turn(lambda: _hear(deps, sid, call_id, nonce, heard_as, heard))
        if isinstance(waiting, str):
            return waiting
        # A cry for help asks no model and waits for no other turn.
        answers = _answers_to(deps, int(waiting["message_id"]), leased or bool(waiting.get("urgent")))
        return in_turn(lambda: _tell(deps, sid, call_id, nonce, heard, waiting, answers))


def _hear(
    deps: Deps, sid: str, call_id: int, nonce: str, heard_as: HeardAs, heard: call_turns.Heard
) -> str | dict[str, Any]:
    """The turn's TwiML, or which message waits for the conversation service, and where the call was (`awaiting`)."""
    with deps.db.write() as session:
        call = call_turns.find_call(session, deps, sid=sid, call_id=call_id)
        if (given := call_turns.given_answer(session, call, nonce)) is not None:
            return given
        turn = _opened(session, deps, call, nonce)
        if nonce != call.state["nonce"]:
            log.warning("stale_call_turn", call_id=call.id)
            return _ask_again(turn)
        waiting: dict[str, Any] | None = call.state.get("awaiting")
        if waiting is not None:
            return waiting
        event = heard_as(turn.state, turn.world)
        state, steps = advance(turn.state, event, turn.world)
        if state.spoke:
            # Before what was said is understood: it may be the answer to what we rang for.
            follow_ringing.somebody_there(session, deps, call)
        if not isinstance(steps[-1], Converse):
            return _close(turn, _known_as(heard, event), state, steps)
        said = replace(heard, words=steps[-1].text)
        message = call_turns.hear(session, deps, call, nonce, said)
        call_turns.to_be_answered(session, call, message, reading=opening_read(turn.state))
        says = [[step.zh, step.en, step.prompt] for step in steps if isinstance(step, Say)]
        urgent = isinstance(event, Speech) and event.danger
        waiting = {"message_id": message.id, "flow": state.to_json(), "says": says, "urgent": urgent}
        call.state = {**call.state, "awaiting": waiting}
        return waiting


def _tell(
    deps: Deps, sid: str, call_id: int, nonce: str, heard: call_turns.Heard, waiting: dict[str, Any],
    answers: list[Answer],
) -> str:  # fmt: skip
    with deps.db.write() as session:
        call = call_turns.find_call(session, deps, sid=sid, call_id=call_id)
        if (given := call_turns.given_answer(session, call, nonce)) is not None:
            return given
        turn = _opened(session, deps, call, nonce)
        turn.state, turn.answers = State.from_json(waiting["flow"]), list(answers)
        intent = call_turns.intent_of(session, int(waiting["message_id"]))
        state, steps = advance(turn.state, Answers(turn.answers, intent), turn.world)
        return _close(turn, heard, state, [*(Say(*told) for told in waiting["says"]), *steps])


# Words to the line itself, as the engine would have called them.
_INTENTS = {"person": "talk_to_human", "again": "repeat", "slower": "slower", "enough": "cancel"}


def _known_as(heard: call_turns.Heard, event: Event) -> call_turns.Heard:
    intent = _INTENTS.get(event.command or "") if isinstance(event, Speech) else None
    return replace(heard, intent=intent) if intent else heard


def _answers_to(deps: Deps, message_id: int, leased: bool) -> list[Answer]:
    """What the conversation service answers; the menu when the number was still busy with another message."""
    if leased:
        return converse(deps, message_id, deadline_s=VOICE_DEADLINE_S)
    with deps.db.write() as session:
        call_turns.not_understood_in_time(session, message_id)
    return [make("menu", reason="unavailable")]


class _number:
    """The number's lease for one turn, as SMS turns take it (DESIGN §3.6); says whether it was to be had in time."""

    def __init__(self, deps: Deps, sid: str) -> None:
        self._deps, self._sid = deps, sid
        self._token: str | None = None
        self._handset_id: int | None = None

    def __enter__(self) -> bool:
        self._handset_id = call_turns.handset_of_call(self._deps, self._sid)
        if self._handset_id is None:
            return False
        until = time.monotonic() + WAIT_FOR_NUMBER_S
        while (token := lease_number(self._deps, self._handset_id)) is None and time.monotonic() < until:
            time.sleep(POLL_S)
        self._token = token
        return token is not None

    def __exit__(self, *problem: object) -> None:
        if self._token is not None and self._handset_id is not None:
            release_number(self._deps, self._handset_id, self._token)


def _opened(session: Session, deps: Deps, call: Any, nonce: str) -> _Open:
    return _Open(
        session, deps, call, nonce, call_turns.caller(session, deps, call), State.from_json(call.state["flow"])
    )


def _close(turn: _Open, what: call_turns.Heard, state: State, steps: list[Step]) -> str:
    """Do what the keys asked for, store the turn and return its TwiML; all in the transaction of `turn`."""
    message = call_turns.hear(turn.session, turn.deps, turn.call, turn.nonce, what)
    heard: list[Say] = []
    while isinstance(last := steps[-1], Do | Converse):
        heard += [step for step in steps if isinstance(step, Say)]
        if isinstance(last, Converse):
            raise RuntimeError("words of the flow's own making cannot be answered inside a turn")
        answers = call_turns.perform(turn.session, turn.deps, turn.call, message, last.act, last.params)
        turn.answers += answers
        turn.session.flush()
        turn.caller = call_turns.caller(turn.session, turn.deps, turn.call)  # e.g. the pace has just changed
        state, steps = advance(state, Answers(answers), turn.world)
    # In the words this caller wants; what is kept is what was heard.
    steps = [_said_in(step, turn.caller.wording) for step in (*heard, *steps)]
    lines = [call_turns.Line(step.zh, step.en, step.prompt) for step in steps if isinstance(step, Say)]
    call_turns.said(turn.session, turn.deps, turn.call, message, lines, turn.answers)
    following = secrets.token_urlsafe(12)
    twiml = _twiml(turn, steps, following)
    turn.call.put_through_to = turn.caller.hotline if isinstance(steps[-1], Transfer) else None
    call_turns.keep_answer(
        turn.session, turn.deps, turn.call, turn.nonce, twiml, {"flow": state.to_json(), "nonce": following}
    )
    if turn.call.ended_at is not None:
        # What was still on its way when the line dropped, e.g. a recording.
        after_call.text_what_was_done(turn.session, turn.deps, turn.call)
    return twiml


def _twiml(turn: _Open, steps: list[Step], nonce: str) -> str:
    addresses = Addresses(turn.deps.settings.public_base_url, turn.call.id, nonce)
    recorded = recorded_for(turn.deps, turn.caller.region, turn.caller.wording)
    return render(steps, addresses, pace=turn.caller.pace, hotline=turn.caller.hotline, recorded=recorded)


def _said_in(step: Step, wording: str) -> Step:
    return said_in(step, wording) if isinstance(step, Say) else step


def _ask_again(turn: _Open) -> str:
    """The open question once more, without a trace: nothing happened."""
    _, steps = advance(turn.state, Again(), turn.world)
    if isinstance(steps[-1], Do | Converse):
        steps = advance(State(), Again(), turn.world)[1]
    steps = [_said_in(step, turn.caller.wording) for step in steps]
    return _twiml(turn, steps, turn.call.state["nonce"])


def ask_again(deps: Deps, sid: str) -> str:
    """The open question of a call whose last TwiML the carrier could not use; NotFound for an unknown call."""
    with deps.db.write() as session:
        call = call_turns.find_call(session, deps, sid=sid)
        return _ask_again(_opened(session, deps, call, call.state["nonce"]))


def ended(deps: Deps, sid: str, status: str) -> bool:
    """The carrier says how the call goes on; at its end the flow is told. False: we know of no such call."""
    with deps.db.write() as session:
        call = call_turns.call_progress(session, deps, sid, status)
        if call is not None and call.ended_at is not None:
            before = call.state.get("flow") or {}
            state, _ = advance(State.from_json(before), HungUp(), World(today=deps.clock().date()))
            call.state = {**call.state, "flow": state.to_json()}
            after_call.over(session, deps, call, before)
        return call is not None or call_turns.handset_of_call(deps, sid) is not None
