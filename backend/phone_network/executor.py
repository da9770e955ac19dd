"""Execute TwiML for one call, with no sound, network, thread or clock of its own.

The executor is told what happens on the handset (`press`, `speak`, `silence`, `hang_up`, `dialled`) and what time it
is, and answers with events: what is said, played, asked, dialled, recorded. A browser, a command line or a SIP line
can sit on it; only what they do with the events differs. Documents come through a `fetch` that the owner supplies.
"""

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from backend.phone_network.twiml import Document, TwimlError, Verb, parse, seconds_to_say
from backend.phone_network.webhook import Fetched, Request

MAX_DOCUMENTS = 400
# Documents in a row without a word, key or second from the caller: a loop that would never end.
MAX_DOCUMENTS_UNHEARD = 40
MAX_CALL_S = 4 * 3600
APPLICATION_ERROR = "对不起，这个电话出了点问题，请过一会儿再打。"
SPEECH_CONFIDENCE = "0.9"


@dataclass(frozen=True)
class Event:
    """Something the handset may show or sound. `kind`: say, play, pause, listen, heard, unheard, dial, dial_result,
    record, recorded, warning, error, end; `data` is plain JSON."""

    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """What a caller left: the words as typed or heard, the sound if there is one, and how it ended."""

    words: str
    sound: bytes | None
    duration_s: int


@dataclass
class Wait:
    """What the call waits for: keys, speech, a dialled number, or only the clock (`deadline`, seconds; None: for ever)."""

    reason: str
    deadline: float | None


Fetch = Callable[[Request], Fetched]
Keep = Callable[[Recording, Verb], dict[str, str]]


class _Left(Exception):
    """The caller hung up."""


class CallExecutor:
    """One call, from the first document to the end.

    `fetch(request)` does the HTTP (signature, standard parameters, retries). `keep(recording, verb)` stores a recording
    and returns its `RecordingUrl` and `RecordingSid`. With `patient` an unanswered question waits for ever, until
    `silence()` is called: a reader of captions needs longer than a listener. Else speech takes its time and `Gather`
    times out as on a line. `on_event` hears of each event at once; `events` keeps them all. Times are seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        fetch: Fetch,
        keep: Keep,
        now: float,
        fallback_url: str | None = None,
        patient: bool = True,
        first_params: dict[str, str] | None = None,
        twiml: str | None = None,
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self.events: list[Event] = []
        self._on_event = on_event
        self.wait: Wait | None = None
        self.ended = self.left = False
        self.outcome = "completed"
        self.answered = False
        self._fetch, self._keep = fetch, keep
        self._fallback_url = fallback_url
        self._patient = patient
        self._now = now
        self._hard_end = now + MAX_CALL_S
        self._busy_until = now
        self._documents = self._unheard = 0
        self._base_url = url
        self._interrupted: Request | None = None
        self._script = self._run(Request(url, "POST", first_params or {}), twiml)
        self._started = False

    # What the owner calls -------------------------------------------------------------------------------------------

    def start(self, now: float) -> None:
        """Fetch the first document and run until the call waits for something or has ended."""
        self._started = True
        self._resume(None, now)

    def press(self, keys: str, now: float) -> None:
        """The caller pressed `keys` (0-9, *, #)."""
        self._resume(("digits", keys), now)

    def speak(self, words: str, now: float, sound: bytes | None = None, confidence: float | None = None) -> None:
        """The recogniser heard `words`, with this confidence (0–1); `sound` is the WAV when there is one."""
        self._resume(("speech", words, sound, SPEECH_CONFIDENCE if confidence is None else f"{confidence:g}"), now)

    def silence(self, now: float) -> None:
        """The caller said nothing for as long as the question waits."""
        self._resume(("timeout",), now)

    def dialled(self, status: str, now: float, *, sid: str = "", duration_s: int = 0) -> None:
        """The dialled leg changed: `answered`, then `completed`; or `busy`, `no-answer`, `failed`."""
        self._resume(("dialled", status, sid, duration_s), now)

    def replace(self, request: Request, now: float) -> None:
        """Leave what is playing and go on at another URL (Twilio's call update)."""
        self._interrupted = request
        self._resume(("replaced",), now)

    def absolute(self, url: str) -> str:
        """Return `url` as the document being played means it."""
        return urljoin(self._base_url, url)

    def hang_up(self, now: float) -> None:
        self._resume(("left",), now)

    def advance(self, now: float) -> None:
        """Let the clock move: pauses end, patience runs out."""
        while not self.ended and self.wait and self.wait.deadline is not None and now >= self.wait.deadline:
            self._resume(("timeout",), max(self.wait.deadline, self._now))
        self._now = max(self._now, now)
        if not self.ended and now >= self._hard_end:
            self._resume(("left",), now)

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        if self._on_event:
            self._on_event(event)

    # The script -----------------------------------------------------------------------------------------------------

    def _resume(self, happened: tuple[Any, ...] | None, now: float) -> None:
        if self.ended or not self._started:
            return
        self._now = max(self._now, now)
        try:
            self.wait = self._script.send(happened)
        except StopIteration:
            self.wait, self.ended = None, True

    def _run(self, request: Request | None, twiml: str | None) -> Generator[Wait, Any, None]:
        try:
            while request is not None:
                document = parse(twiml) if twiml is not None else self._load(request)
                twiml = None
                if document is None:
                    break
                request = yield from self._play(document)
                if self._interrupted is not None:
                    request, self._interrupted = self._interrupted, None
        except _Left:
            self.outcome = "completed" if self.answered else "canceled"
        except TwimlError as error:
            self._fail(error.code, str(error))
        self._emit(Event("end", {"status": self.outcome}))

    def _load(self, request: Request) -> Document | None:
        """Return the document, from the fallback URL if need be; None after the spoken apology."""
        self._documents += 1
        self._unheard += 1
        if self._documents > MAX_DOCUMENTS or self._unheard > MAX_DOCUMENTS_UNHEARD:
            raise TwimlError(11215, "The line sends the call round in a circle.")
        try:
            return self._read(request)
        except TwimlError as error:
            if not self._fallback_url or request.url == self._fallback_url:
                raise
            self._emit(Event("warning", {"code": error.code, "message": str(error)}))
            trouble = {"ErrorCode": str(error.code), "ErrorUrl": request.url}
            return self._read(Request(self._fallback_url, "POST", trouble))

    def _read(self, request: Request) -> Document:
        fetched = self._fetch(request)
        if fetched.error_code is not None:
            raise TwimlError(fetched.error_code, "The line did not answer as it should.")
        if fetched.status == 204 or (fetched.status == 200 and not fetched.body.strip()):
            document = Document([], [])
        else:
            document = parse(fetched.body, fetched.content_type)
        self._base_url = request.url
        for warned in document.warnings:
            self._emit(Event("warning", {"code": warned.code, "message": warned.message}))
        return document

    def _fail(self, code: int, message: str) -> None:
        self._emit(Event("error", {"code": code, "message": message}))
        self._emit(Event("say", {"text": APPLICATION_ERROR, "language": "cmn-CN", "voice": None, "rate": None,
                                         "parts": [{"text": APPLICATION_ERROR, "rate": None, "pause_s": 0}]}))  # fmt: skip
        # As with Twilio, the call is answered to say so and then ends as completed.
        self.answered = True

    def _play(self, document: Document) -> Generator[Wait, Any, Request | None]:
        """Run the verbs; return where to go next, or None at the end of the call."""
        for place, verb in enumerate(document.verbs):
            if verb.name == "Reject" and not self.answered and place == 0:
                self.outcome = "busy" if verb.attributes.get("reason") == "busy" else "failed"
                return None
            if verb.name in {"Hangup", "Reject"}:
                self.answered = self.answered or verb.name == "Hangup"
                return None
            self.answered = True
            if verb.name in {"Say", "Play", "Pause"}:
                self._sound(verb)
                yield from self._until_quiet()
            elif verb.name == "Redirect":
                return self._request(verb, verb.text or "")
            else:
                run = {"Gather": self._gather, "Record": self._record, "Dial": self._dial}[verb.name]
                following = yield from run(verb)
                if following is not None:
                    return following
            if self._interrupted is not None:
                return None
        self.answered = True
        return None

    def _request(self, verb: Verb, target: str, params: dict[str, str] | None = None) -> Request:
        url = urljoin(self._base_url, target) if target else self._base_url
        return Request(url, verb.attributes.get("method", "POST").upper(), params or {})

    def _listen(self, reason: str, deadline: float | None) -> Generator[Wait, Any, tuple[Any, ...]]:
        happened = yield Wait(reason, deadline)
        if happened[0] == "left":
            self.left = True
            raise _Left
        self._unheard = 0
        return tuple(happened)

    # What is heard by the caller ------------------------------------------------------------------------------------

    def _sound(self, verb: Verb) -> None:
        if verb.name == "Say":
            parts = [{"text": text, "rate": rate, "pause_s": pause} for text, rate, pause in verb.parts]
            rates = {part["rate"] for part in parts if part["text"]}
            self._emit(Event("say", {
                "text": verb.text,
                "language": verb.attributes.get("language"),
                "voice": verb.attributes.get("voice"),
                "rate": rates.pop() if len(rates) == 1 else None,
                "parts": parts,
            }))  # fmt: skip
            self._take(sum(seconds_to_say(text, rate) + pause for text, rate, pause in verb.parts), verb)
        elif verb.name == "Play":
            self._emit(Event("play", {"url": urljoin(self._base_url, verb.text) if verb.text else None,
                                              "keys": verb.attributes.get("digits")}))  # fmt: skip
        else:
            seconds = verb.number("length", 1)
            self._emit(Event("pause", {"seconds": seconds}))
            self._busy_until = max(self._busy_until, self._now) + seconds

    def _take(self, seconds: float, verb: Verb) -> None:
        if not self._patient:
            loops = verb.number("loop", 1) or 1000
            self._busy_until = max(self._busy_until, self._now) + seconds * loops

    def _until_quiet(self) -> Generator[Wait, Any, None]:
        while self._busy_until > self._now and self._interrupted is None:
            happened = yield from self._listen("speaking", self._busy_until)
            if happened[0] == "timeout":
                # The clock, or a caller who does not want to wait for the end of the pause.
                self._busy_until = self._now
            elif happened[0] in {"digits", "speech"}:
                self._emit(Event("unheard", {"why": "speaking"}))

    # What the caller gives ------------------------------------------------------------------------------------------

    def _gather(self, verb: Verb) -> Generator[Wait, Any, Request | None]:
        kinds = verb.attributes.get("input", "dtmf").split()
        timeout = verb.attributes.get("timeout", "5")
        timeout_s = 5.0 if timeout == "auto" else float(timeout)
        limit = verb.number("numDigits", 10**9)
        finish = verb.attributes.get("finishOnKey", "#")
        for child in verb.children:
            self._sound(child)
        self._emit(Event("listen", {
            "input": kinds, "num_digits": limit if limit < 10**9 else None, "timeout_s": timeout_s,
            "finish_on_key": finish, "hints": verb.attributes.get("hints"),
            "language": verb.attributes.get("language", "en-US"),
        }))  # fmt: skip
        barge_in = verb.flag("bargeIn", True)
        keys = ""
        while True:
            quiet = max(self._busy_until, self._now)
            happened = yield from self._listen("input", None if self._patient and not keys else quiet + timeout_s)
            if self._interrupted is not None:
                return None
            if not barge_in and self._now < self._busy_until and happened[0] in {"digits", "speech"}:
                self._emit(Event("unheard", {"why": "no_barge_in"}))
                continue
            self._busy_until = self._now
            if happened[0] == "digits" and "dtmf" in kinds:
                for key in happened[1]:
                    if key in finish:
                        return self._gathered(verb, keys, key)
                    keys += key
                    if len(keys) >= limit:
                        return self._gathered(verb, keys, "")
            elif happened[0] == "speech" and "speech" in kinds and not keys:
                self._emit(Event("heard", {"speech": happened[1]}))
                return self._request(verb, verb.attributes.get("action", ""), {
                    "SpeechResult": happened[1], "Confidence": happened[3],
                    "Language": verb.attributes.get("language", "en-US"),
                })  # fmt: skip
            elif happened[0] == "timeout":
                return self._gathered(verb, keys, "")
            else:
                self._emit(Event("unheard", {"why": f"not_{happened[0]}"}))

    def _gathered(self, verb: Verb, keys: str, finished_on: str) -> Request | None:
        """Digits go to the action; nothing at all goes on to the next verb, unless the document asks otherwise."""
        self._emit(Event("heard", {"digits": keys} if keys else {"silence": True}))
        if not keys and not verb.flag("actionOnEmptyResult", False):
            return None
        params = {"Digits": keys, "FinishedOnKey": finished_on, "msg": "Gather End"}
        return self._request(verb, verb.attributes.get("action", ""), params)

    def _record(self, verb: Verb) -> Generator[Wait, Any, Request | None]:
        timeout_s, longest_s = verb.number("timeout", 5) or 5, verb.number("maxLength", 3600)
        finish = verb.attributes.get("finishOnKey", "1234567890*#")
        self._emit(Event("record", {"max_length_s": longest_s, "finish_on_key": finish,
                                            "beep": verb.flag("playBeep", True)}))  # fmt: skip
        words: list[str] = []
        sounds: list[bytes | None] = []
        how, began = "", self._now
        try:
            while not how:
                idle = None if self._patient and not words else self._now + timeout_s
                happened = yield from self._listen("recording", min(idle or 10**12, began + longest_s))
                if happened[0] == "speech":
                    words.append(happened[1])
                    sounds.append(happened[2])
                elif happened[0] == "digits":
                    how = next((key for key in happened[1] if key in finish), "")
                elif happened[0] == "timeout":
                    how = "timeout"
                if self._interrupted is not None:
                    return None
        except _Left:
            if words:
                # Twilio still tells the action that the caller has gone; its answer is not played.
                self._fetch(self._recorded(verb, words, sounds, "hangup"))
            raise
        if not words:
            self._emit(Event("recorded", {"empty": True}))
            return None
        return self._recorded(verb, words, sounds, "" if how == "timeout" else how)

    def _recorded(self, verb: Verb, words: list[str], sounds: list[bytes | None], how: str) -> Request:
        said = " ".join(words)
        duration_s = min(verb.number("maxLength", 3600), max(1, round(seconds_to_say(said, None))))
        kept = self._keep(Recording(said, next((s for s in sounds if s), None), duration_s), verb)
        self._emit(Event("recorded", {"empty": False, "duration_s": duration_s, **kept}))
        params = {**kept, "RecordingDuration": str(duration_s), "Digits": how}
        return self._request(verb, verb.attributes.get("action", ""), params)

    # Someone else on the line ---------------------------------------------------------------------------------------

    def _dial(self, verb: Verb) -> Generator[Wait, Any, Request | None]:
        numbers = [child.text for child in verb.children if child.text] or ([verb.text] if verb.text else [])
        timeout_s = verb.number("timeout", 30)
        self._emit(Event("dial", {"numbers": numbers, "timeout_s": timeout_s,
                                          "caller_id": verb.attributes.get("callerId")}))  # fmt: skip
        status, sid, duration_s = "failed" if not numbers else "", "", 0
        leg = secrets.token_hex(16)
        try:
            ring_until: float | None = self._now + timeout_s
            bridged = False
            while not status:
                happened = yield from self._listen("bridge" if bridged else "dial", ring_until)
                if self._interrupted is not None:
                    return None
                if happened[0] == "timeout":
                    status = "completed" if bridged else "no-answer"
                elif happened[0] == "dialled" and happened[1] == "answered":
                    bridged, sid = True, happened[2]
                    ring_until = self._now + verb.number("timeLimit", MAX_CALL_S)
                    self._emit(Event("dial_result", {"status": "answered"}))
                elif happened[0] == "dialled":
                    status, sid, duration_s = happened[1], happened[2] or sid, happened[3]
                elif happened[0] == "digits" and "*" in happened[1] and verb.flag("hangupOnStar", False):
                    status = "completed" if bridged else "canceled"
                elif bridged and happened[0] == "speech":
                    self._emit(Event("bridged", {"from": "caller", "text": happened[1]}))
        except _Left:
            if verb.attributes.get("action"):
                self._fetch(self._request(verb, verb.attributes["action"], {
                    "DialCallStatus": "completed" if bridged else "canceled", "DialCallSid": sid or "CA" + leg,
                }))  # fmt: skip
            raise
        self._emit(Event("dial_result", {"status": status}))
        if not verb.attributes.get("action"):
            return None
        return self._request(verb, verb.attributes["action"], {
            "DialCallStatus": status, "DialCallSid": sid or "CA" + leg, "DialCallDuration": str(duration_s),
        })  # fmt: skip
