"""The turn loop, the outbox loop and the loop that places calls: claim under a lease, call one service, release."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import aliased

from backend.logs import configure
from backend.services import deps as wiring
from backend.services import heartbeat, outbox, place_calls
from backend.services.acts import load_all
from backend.services.broken_turn import count_failure
from backend.services.converse import SMS_DEADLINE_S, converse, lease_number, release_number
from backend.services.deps import Deps
from backend.services.understand import warm
from backend.settings import load
from backend.store.models import Handset, Message

log = structlog.get_logger()

IDLE_S = 0.1
CALLS_IDLE_S = 1.0  # nobody waits for a call of ours to the second
TURN_THREADS = 4
SEND_THREADS = 2
CALL_THREADS = 1  # asking the carrier to ring is quick; the talking is the web processes' work
BEAT_EVERY_S = 5.0
STOP_GRACE_S = 8.0
# A turn whose worker died is taken up again once its number's lease is over; the row alone says so.
UNANSWERED = ("received", "processing")


def next_turn(deps: Deps) -> tuple[int, int, str] | None:
    """Claim the oldest unanswered SMS whose number nobody works on: (message id, handset id, lease token)."""
    now = deps.clock()
    older = aliased(Message)
    with deps.db.read() as session:
        waiting = session.execute(
            select(Message.id, Message.handset_id)
            .join(Handset, Handset.id == Message.handset_id)
            .where(
                Message.direction == "inbound",
                Message.channel == "sms",
                Message.status.in_(UNANSWERED),
                (Handset.lease_until.is_(None)) | (Handset.lease_until < now),
                # Strictly in order: never the second text of a number before its first.
                ~select(older.id)
                .where(
                    older.handset_id == Message.handset_id,
                    older.direction == "inbound",
                    older.channel == "sms",
                    older.status.in_(UNANSWERED),
                    older.id < Message.id,
                )
                .exists(),
            )
            .order_by(Message.id)
            .limit(TURN_THREADS * 2)
        ).all()
    for message_id, handset_id in waiting:
        token = lease_number(deps, handset_id)
        if token is None:
            continue
        with deps.db.read() as session:
            still = session.scalar(
                select(Message.id)
                .where(
                    Message.handset_id == handset_id,
                    Message.direction == "inbound",
                    Message.channel == "sms",
                    Message.status.in_(UNANSWERED),
                )
                .order_by(Message.id)
                .limit(1)
            )
        if still == message_id:
            return message_id, handset_id, token
        release_number(deps, handset_id, token)
    return None


def one_turn(deps: Deps) -> bool:
    """Answer one waiting message; return whether there was one."""
    claimed = next_turn(deps)
    if claimed is None:
        return False
    message_id, handset_id, token = claimed
    try:
        converse(deps, message_id, deadline_s=SMS_DEADLINE_S)
    except Exception as problem:  # the message stays unanswered and is taken up again; the number is not blocked
        log.exception("turn_failed", message_id=message_id, error=type(problem).__name__)
        count_failure(deps, message_id)
    finally:
        release_number(deps, handset_id, token)
    return True


def one_sending(deps: Deps) -> bool:
    return outbox.send_next(deps) or outbox.reconcile_next(deps)


def turns_waiting(deps: Deps) -> bool:
    with deps.db.read() as session:
        unanswered = select(Message.id).where(
            Message.direction == "inbound", Message.channel == "sms", Message.status.in_(UNANSWERED)
        )
        return session.scalar(unanswered.limit(1)) is not None


class Bell(threading.Thread):
    """Looks for work with one cheap read and wakes the loops; idle loops then cost nothing and hold no lock."""

    def __init__(
        self, name: str, waiting: Callable[[Deps], bool], deps: Deps, stop: threading.Event, every_s: float = IDLE_S
    ) -> None:
        super().__init__(name=f"{name}-bell", daemon=True)
        self._every_s = every_s
        self._waiting, self._deps, self._stop_event = waiting, deps, stop
        self.rung = threading.Event()

    def run(self) -> None:
        while not self._stop_event.wait(self._every_s):
            try:
                if self._waiting(self._deps):
                    self.rung.set()
            except SQLAlchemyError as problem:
                # The database is away: the pool recovers by itself, we only must not spin (F8).
                log.warning("database_away", loop=self.name, error=type(problem).__name__)
                self._stop_event.wait(1.0)
        self.rung.set()  # whoever waits for work sees that it is over


class Loop(threading.Thread):
    """Does `work` while there is some, then waits for the bell."""

    def __init__(self, name: str, work: Callable[[Deps], bool], bell: Bell, deps: Deps, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._work, self._bell, self._deps, self._stop_event = work, bell, deps, stop

    def run(self) -> None:
        while not self._stop_event.is_set():
            self._bell.rung.wait()
            try:
                if not self._work(self._deps):
                    self._bell.rung.clear()
            except SQLAlchemyError as problem:
                log.warning("database_away", loop=self.name, error=type(problem).__name__)
                self._stop_event.wait(1.0)
            except Exception as problem:
                log.exception("loop_failed", loop=self.name, error=type(problem).__name__)
                self._stop_event.wait(1.0)


def main() -> None:
    """Run the loops until SIGTERM; a turn under way is finished first (F9)."""
    settings = load()
    configure("worker")
    deps = wiring.build(settings)
    load_all()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    turns, sendings = Bell("turn", turns_waiting, deps, stop), Bell("send", outbox.something_due, deps, stop)
    calls = Bell("call", place_calls.something_due, deps, stop, CALLS_IDLE_S)
    loops = [Loop(f"turn-{n}", one_turn, turns, deps, stop) for n in range(TURN_THREADS)]
    loops += [Loop(f"send-{n}", one_sending, sendings, deps, stop) for n in range(SEND_THREADS)]
    loops += [Loop(f"call-{n}", place_calls.place_next, calls, deps, stop) for n in range(CALL_THREADS)]
    warm(deps)
    for thread in (turns, sendings, calls, *loops):
        thread.start()
    log.info("worker_started", pid=os.getpid())
    while not stop.wait(BEAT_EVERY_S):
        try:
            with deps.db.write() as session:
                heartbeat.beat(session, "worker", deps.clock(), pid=os.getpid())
        except SQLAlchemyError as problem:
            log.warning("database_away", loop="beat", error=type(problem).__name__)
    for loop in loops:
        loop.join(timeout=STOP_GRACE_S)
    deps.db.close()
