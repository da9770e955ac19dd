"""One call under way: a thread driving its executor with what the handset does and what the clock says."""

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from backend.phone_network.executor import MAX_CALL_S, CallExecutor, Event, Recording, Wait
from backend.phone_network.twiml import Verb
from backend.phone_network.webhook import Fetched, Request

if TYPE_CHECKING:
    from backend.phone_network.calls import Calls

FINAL = {"completed", "busy", "failed", "no-answer", "canceled"}


class Call:
    """One leg between a handset and the line, or (with `parent`) between a handset and another handset's call."""

    def __init__(self, calls: "Calls", sid: str, handset: str, direction: str, *, patient: bool = True) -> None:
        self.calls, self.sid, self.handset, self.direction = calls, sid, handset, direction
        self.patient = patient
        self.status = "ringing"
        self.parent: Call | None = None
        self.legs: list[Call] = []
        self.request: Request | None = None
        self.fallback_url: str | None = None
        self.twiml: str | None = None
        self.executor: CallExecutor | None = None
        self.events: list[dict[str, Any]] = []
        self.changed = threading.Condition()
        self.waiting: Wait | None = None
        self.answered_at: float | None = None
        self.machine_url: str | None = None  # whom to tell who picked up
        self.time_limit_s: int | None = None
        self._inbox: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._idle = False

    @property
    def ended(self) -> bool:
        return self.status in FINAL

    @property
    def duration_s(self) -> int:
        return round(time.time() - self.answered_at) if self.answered_at else 0

    # For the handset ------------------------------------------------------------------------------------------------

    def since(self, after: int, wait_s: float = 0.0) -> dict[str, Any]:
        """Return the events after a sequence number, waiting for one if there is none."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.events) > after or self.ended, wait_s)
            return {
                "sid": self.sid, "status": self.status, "ended": self.ended, "direction": self.direction,
                "waiting_for": self._waiting_for(),
                "events": self.events[max(0, after):],
            }  # fmt: skip

    def _waiting_for(self) -> str | None:
        if self.parent is not None:
            return "bridge" if self.status == "in-progress" else None
        return self.waiting.reason if self.waiting and self._idle and not self.ended else None

    def tell(self, what: str, *args: Any, wait_s: float = 20.0) -> bool:
        """Hand one happening to the call and wait until it has run its course; False: nobody was listening.

        As on a line, a key pressed while the next document is being fetched goes unheard. Hanging up always counts.
        """
        if self.parent is not None:
            return self._tell_leg(what, args)
        with self.changed:
            if self.ended:
                return False
            ringing = self.status == "ringing" and self.direction != "inbound"
            if what in {"press", "speak", "silence"} and (ringing or not self._idle):
                self.emit(Event("unheard", {"why": "busy"}))
                return False
            self._inbox.append((what, args))
            self._idle = False
            self.changed.notify_all()
            self.changed.wait_for(lambda: self._idle or self.ended, wait_s)
            return True

    def settle(self, wait_s: float = 20.0) -> None:
        """Wait until the call waits for something or has ended."""
        with self.changed:
            self.changed.wait_for(lambda: self._idle or self.ended, wait_s)

    def emit(self, event: Event) -> None:
        with self.changed:
            entry = {"seq": len(self.events) + 1, "at": time.time(), "kind": event.kind, **event.data}
            if event.kind == "dial":
                self.legs = self.calls.ring_legs(self, event.data["numbers"], event.data.get("caller_id"))
                entry["legs"] = [leg.sid for leg in self.legs]
            self.events.append(entry)
            self.changed.notify_all()
        if event.kind == "dial_result" and event.data["status"] != "answered":
            for leg in self.legs:
                leg.set_status("completed" if leg.status == "in-progress" else "no-answer")
        if event.kind == "bridged" and event.data["from"] == "caller":
            for leg in self.legs:
                if leg.status == "in-progress":
                    leg.emit(Event("bridged", dict(event.data)))

    # A dialled leg --------------------------------------------------------------------------------------------------

    def _tell_leg(self, what: str, args: tuple[Any, ...]) -> bool:
        parent = self.parent
        assert parent is not None
        if self.ended:
            return False
        if what == "answer":
            self.set_status("in-progress")
            parent.tell("dialled", "answered", self.sid)
            self.emit(Event("answered", {}))
            for other in parent.legs:
                if other is not self:
                    other.set_status("canceled")
        elif what == "speak" and self.status == "in-progress":
            event = Event("bridged", {"from": "callee", "text": args[0]})
            self.emit(event)
            parent.emit(event)
        elif what in {"hang_up", "decline"}:
            spoke = self.status == "in-progress"
            seconds = self.duration_s
            self.set_status("completed" if spoke else "busy")
            if spoke or all(leg.ended for leg in parent.legs):
                parent.tell_dialled("completed" if spoke else "busy", self.sid, seconds)
        else:
            self.emit(Event("unheard", {"why": "bridge"}))
        return True

    def tell_dialled(self, status: str, sid: str, seconds: int) -> None:
        with self.changed:
            self._inbox.append(("dialled", (status, sid, seconds)))
            self._idle = False
            self.changed.notify_all()

    def set_status(self, status: str) -> None:
        with self.changed:
            if self.ended:
                return
            self.status = status
            if status == "in-progress":
                self.answered_at = time.time()
            if self.ended:
                self.emit(Event("end", {"status": status}))
            self.changed.notify_all()
        self.calls.moved(self)

    # The thread -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Ring if the line is the caller, then run the documents to the end."""
        try:
            if self.direction != "inbound" and not self._ring():
                return
            self._converse()
        finally:
            for leg in self.legs:
                leg.set_status("completed" if leg.status == "in-progress" else "canceled")
            self.set_status(self.executor.outcome if self.executor else "failed")

    def _ring(self) -> bool:
        """Wait for the handset to answer; False when it does not."""
        self.emit(Event("ringing", {}))
        habit = self.calls.store.answers(self.handset)
        end = time.monotonic() + self.calls.ring_s.get(self.sid, 60)
        with self.changed:
            self._idle = True
            self.changed.notify_all()
            if habit == "ring":
                self.changed.wait_for(lambda: bool(self._inbox), max(0.0, end - time.monotonic()))
            picks_up = habit in {"answer", "machine"}
            what = self._inbox.popleft()[0] if self._inbox else "answer" if picks_up else "none"
            self._idle = False
        if what == "answer":
            # A machine plays its own words and waits for none of ours: time runs as on a line.
            self.patient = self.patient and habit != "machine"
            self.set_status("in-progress")
            self.emit(Event("answered", {}))
            self.calls.tell_who_picked_up(self, "machine_start" if habit == "machine" else "human")
            return True
        declined = what in {"decline", "hang_up"} or habit == "busy"
        self.set_status("canceled" if what == "cancel" else "busy" if declined else "no-answer")
        return False

    def _converse(self) -> None:
        assert self.request is not None
        executor = self.executor = CallExecutor(
            self.request.url, fetch=self._fetch, keep=self._keep, now=time.monotonic(), patient=self.patient,
            fallback_url=self.fallback_url, twiml=self.twiml, on_event=self._heard,
        )  # fmt: skip
        executor.answered = self.direction != "inbound"
        executor.start(time.monotonic())
        end = time.monotonic() + (self.time_limit_s or MAX_CALL_S)
        while not executor.ended:
            with self.changed:
                self.waiting = executor.wait
                if not self._inbox:
                    self._idle = True
                    self.changed.notify_all()
                deadline = executor.wait.deadline if executor.wait else None
                # A caller who never comes back must not keep a thread for ever.
                limit = min(900.0, end - time.monotonic())
                if deadline is not None:
                    limit = min(limit, deadline - time.monotonic())
                limit = max(0.0, limit)
                self.changed.wait_for(lambda: bool(self._inbox), limit)
                happened = self._inbox.popleft() if self._inbox else None
                self._idle = False
            now = time.monotonic()
            if happened is None:
                if deadline is None or now >= end:
                    executor.hang_up(now)
                executor.advance(now)
            else:
                what, args = happened
                self._do(executor, what, args, now)
        with self.changed:
            self.waiting = None

    @staticmethod
    def _do(executor: CallExecutor, what: str, args: tuple[Any, ...], now: float) -> None:
        if what == "press":
            executor.press(args[0], now)
        elif what == "speak":
            executor.speak(args[0], now, *args[1:])
        elif what == "silence":
            executor.silence(now)
        elif what == "dialled":
            executor.dialled(args[0], now, sid=args[1], duration_s=args[2] if len(args) > 2 else 0)
        elif what == "replace":
            executor.replace(args[0], now)
        else:
            executor.hang_up(now)

    def _heard(self, event: Event) -> None:
        executor = self.executor
        if executor and executor.answered and self.status == "ringing":
            self.set_status("in-progress")
        if event.kind != "end":  # The call says so itself, once its status is written down.
            self.emit(event)

    def _fetch(self, request: Request) -> Fetched:
        line = self.calls.line
        gone = self.executor is not None and self.executor.left
        params = {**line.call_params(self.sid, self.handset, self.direction, "completed" if gone else self.status)}
        return line.post(Request(request.url, request.method, {**params, **request.params}))

    def _keep(self, recording: Recording, verb: Verb) -> dict[str, str]:
        return self.calls.keep_recording(self, recording, verb)
