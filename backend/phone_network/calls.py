"""All calls of the network: begun by a handset or by the line, kept while they are up, and the line told how they go.

A call lives in memory; when the network process ends, its calls drop, as calls do.
"""

import secrets
import threading
import time
from email.utils import formatdate
from typing import Any

from backend.phone_network.call import Call
from backend.phone_network.executor import Event, Recording
from backend.phone_network.line import API_VERSION, Line
from backend.phone_network.store import Store
from backend.phone_network.twiml import Verb
from backend.phone_network.wav import hum, is_wav
from backend.phone_network.webhook import Request

ENDED_KEPT = 200


class Calls:
    """All calls of the network, and the webhooks that tell the line how they go."""

    def __init__(self, store: Store, line: Line, base_url: str) -> None:
        self.store, self.line, self._base_url = store, line, base_url
        self.ring_s: dict[str, float] = {}
        self._calls: dict[str, Call] = {}
        self._lock = threading.Lock()

    def drop_all_of_last_time(self) -> None:
        """Calls that were up when the network last ended are over; the line is told."""
        for row in self.store.list_calls(live=True, limit=10_000):
            call = Call(self, row["sid"], row["handset"], row["direction"])
            call.status = row["status"]
            call.set_status("completed" if row["status"] == "in-progress" else "failed")

    def get(self, sid: str) -> Call | None:
        return self._calls.get(sid)

    def live_at(self, handset: str) -> list[Call]:
        with self._lock:
            return [call for call in self._calls.values() if call.handset == handset and not call.ended]

    def _add(self, call: Call, **stored: Any) -> None:
        with self._lock:
            over = [sid for sid, one in self._calls.items() if one.ended][: max(0, len(self._calls) - ENDED_KEPT)]
            for sid in over:
                del self._calls[sid]
            self._calls[call.sid] = call
        self.store.add_call({
            "sid": call.sid, "handset": call.handset, "line": self.line.number, "direction": call.direction,
            "status": call.status, **stored,
        })  # fmt: skip

    def from_handset(self, handset: str, *, patient: bool) -> Call:
        """A person dials the line. Returns once the line has spoken and waits, or the call has ended."""
        call = Call(self, "CA" + secrets.token_hex(16), handset, "inbound", patient=patient)
        call.request, call.fallback_url = Request(self.line.voice_url), self.line.voice_fallback_url
        self._add(call, status_url=self.line.voice_status_url)
        threading.Thread(target=call.run, name=f"call-{call.sid[:8]}", daemon=True).start()
        call.settle()
        return call

    def from_line(
        self, handset: str, *, url: str | None, twiml: str | None, method: str, fallback_url: str | None,
        status_url: str | None, status_events: str, timeout_s: int, machine_url: str | None = None,
        time_limit_s: int | None = None,
    ) -> Call:  # fmt: skip
        """The line dials a person; returns at once while the handset rings."""
        call = Call(self, "CA" + secrets.token_hex(16), handset, "outbound-api")
        call.request, call.fallback_url, call.twiml = Request(url or "", method), fallback_url, twiml
        call.machine_url, call.time_limit_s = machine_url, time_limit_s
        self.ring_s[call.sid] = timeout_s
        self._add(call, status_url=status_url, status_events=status_events)
        self._progress(call, "initiated", "queued")
        self._progress(call, "ringing", "ringing")
        threading.Thread(target=call.run, name=f"call-{call.sid[:8]}", daemon=True).start()
        return call

    def tell_who_picked_up(self, call: Call, answered_by: str) -> None:
        """The verdict of machine detection beside the talk, where the line asked for it."""
        if not call.machine_url:
            return
        params = {"CallSid": call.sid, "AccountSid": self.line.account_sid, "AnsweredBy": answered_by,
                  "MachineDetectionDuration": "2400"}  # fmt: skip
        # In a lane of its own: it waits for no status callback, and none for it.
        self.store.add_jobs([{**self._job(call.sid, call.machine_url, params), "lane": f"{call.sid}-machine"}])

    def ring_legs(self, parent: Call, numbers: list[str], caller_id: str | None = None) -> list[Call]:
        """Ring the handsets a call dials, all at once; the first to answer has it.

        They see `caller_id`, else as with the carrier the caller's number, or of a call the line placed the line's own.
        """
        shown = caller_id or (parent.handset if parent.direction == "inbound" else self.line.number)
        legs = []
        for number in numbers:
            leg = Call(self, "CA" + secrets.token_hex(16), number, "outbound-dial")
            leg.parent = parent
            self._add(leg)
            leg.emit(Event("ringing", {"from": shown}))
            legs.append(leg)
        for leg in legs:
            habit = self.store.answers(leg.handset)
            if habit != "ring":
                # In a thread of its own: the parent's thread is inside the event that rings us.
                threading.Thread(target=self._by_habit, args=(parent, leg, habit), daemon=True).start()
        return legs

    @staticmethod
    def _by_habit(parent: Call, leg: Call, habit: str) -> None:
        parent.settle()
        if habit in {"answer", "machine"}:
            leg.tell("answer")
        elif habit == "busy":
            leg.tell("decline")
        else:
            leg.set_status("no-answer")
            if all(one.ended for one in parent.legs):
                parent.tell_dialled("no-answer", leg.sid, 0)

    def moved(self, call: Call) -> None:
        """Write a status down and tell the line, if it asked to be told."""
        now = time.time()
        values: dict[str, Any] = {"status": call.status}
        if call.status == "in-progress":
            values["answered_at"] = now
        if call.ended:
            values["ended_at"] = now
        self.store.set_call(call.sid, **values)
        if call.direction != "outbound-dial":
            event = "answered" if call.status == "in-progress" else "completed" if call.ended else call.status
            self._progress(call, event, call.status)

    def _progress(self, call: Call, event: str, status: str) -> None:
        row = self.store.call(call.sid)
        if not row or not row["status_url"] or event not in row["status_events"].split():
            return
        params = self.line.call_params(call.sid, call.handset, call.direction, status)
        params |= {
            "Timestamp": formatdate(time.time()).replace("-0000", "+0000"),
            "CallbackSource": "call-progress-events",
        }
        if event == "completed":
            params |= {"CallDuration": str(call.duration_s), "Duration": str(-(-call.duration_s // 60))}
        self.store.add_jobs([self._job(call.sid, row["status_url"], params)])

    @staticmethod
    def _job(sid: str, url: str, params: dict[str, str]) -> dict[str, Any]:
        return {"kind": "receipt", "lane": sid, "sid": sid, "url": url, "params": params,
                "token": secrets.token_hex(16)}  # fmt: skip

    def keep_recording(self, call: Call, recording: Recording, verb: Verb) -> dict[str, str]:
        """Store what was said; tell `recordingStatusCallback` and `transcribeCallback` about it."""
        sid = "RE" + secrets.token_hex(16)
        sound = recording.sound if recording.sound and is_wav(recording.sound) else hum(recording.words)
        self.store.add_recording(sid, call.sid, recording.words, sound, recording.duration_s)
        url = f"{self._base_url}/{API_VERSION}/Accounts/{self.line.account_sid}/Recordings/{sid}"
        kept = {"RecordingUrl": url, "RecordingSid": sid}
        base = {**kept, "CallSid": call.sid, "AccountSid": self.line.account_sid, "ApiVersion": API_VERSION}
        about = self.line.call_params(call.sid, call.handset, call.direction, call.status)
        jobs = []
        if callback := verb.attributes.get("recordingStatusCallback"):
            jobs.append(self._job(sid, self._absolute(call, callback), {
                **base, "RecordingStatus": "completed", "RecordingDuration": str(recording.duration_s),
                "RecordingChannels": "1", "RecordingSource": "RecordVerb", "ErrorCode": "0",
            }))  # fmt: skip
        if verb.flag("transcribe", False) and (callback := verb.attributes.get("transcribeCallback")):
            jobs.append(self._job(sid, self._absolute(call, callback), {
                **about, **base, "TranscriptionSid": "TR" + secrets.token_hex(16),
                "TranscriptionText": recording.words, "TranscriptionStatus": "completed", "TranscriptionType": "fast",
            }))  # fmt: skip
        self.store.add_jobs(jobs)
        return kept

    @staticmethod
    def _absolute(call: Call, url: str) -> str:
        return call.executor.absolute(url) if call.executor else url

    def resource(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a stored call as Twilio's Call resource."""
        inbound = row["direction"] == "inbound"
        sender, receiver = (row["handset"], row["line"]) if inbound else (row["line"], row["handset"])
        date = formatdate(row["created_at"]).replace("-0000", "+0000")
        seconds = round((row["ended_at"] or 0) - row["answered_at"]) if row["answered_at"] and row["ended_at"] else None
        return {
            "sid": row["sid"], "account_sid": self.line.account_sid, "api_version": API_VERSION, "from": sender,
            "to": receiver, "status": row["status"], "direction": row["direction"], "date_created": date,
            "date_updated": date, "start_time": None, "end_time": None, "price": None, "price_unit": "CNY",
            "duration": None if seconds is None else str(seconds), "answered_by": None, "annotation": None,
            "uri": f"/{API_VERSION}/Accounts/{self.line.account_sid}/Calls/{row['sid']}.json",
            "subresource_uris": {},
        }  # fmt: skip
