"""The voice part of `make bench`: 20 callers at once against the running service, by keys and by speech (V22).

Each caller is a thread that posts the carrier's forms, signed, and follows the TwiML it gets. What is timed is the answer
to each webhook, as the carrier waits for it. The baseline, in the same run: the same number of callers post a status
callback of a call nobody knows, which the same server checks, looks up once and answers with nothing.
"""

from __future__ import annotations

import html
import itertools
import re
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from twilio.request_validator import RequestValidator

from tests.support.stack import Stack

CALLERS = 20
P50_MS, P95_MS, NEVER_MS = 750, 1850, 5000  # V22
# Two openings heard, one asked for and not taken, the menu again, own places: nothing is changed, so every caller can.
KEYS = ("1", "2", "9", "1", "2", "*", "3", "4", "*", "7")
WORDS = ("有没得摘果子的活", "明天有啥子活路", "市场在哪点", "要得")
LISTENS_S = 2.0  # where callers listen before they answer; the first answers come at one moment all the same
_ACTION = re.compile(r'(?:action="([^"]+)"|<Redirect[^>]*>([^<]+)<)')
_numbers = itertools.count(1)


@dataclass
class Times:
    """Milliseconds from sending a webhook's form to having its TwiML."""

    ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # answers that are no TwiML with a sentence

    @property
    def p50(self) -> float:
        return statistics.median(self.ms)

    @property
    def p95(self) -> float:
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]

    @property
    def worst(self) -> float:
        return max(self.ms)

    def show(self, what: str) -> None:
        kept = self.p50 <= P50_MS and self.p95 <= P95_MS and self.worst <= NEVER_MS and not self.wrong
        print(
            f"  {what:52} median {self.p50:7.1f} ms   p95 {self.p95:7.1f} ms   max {self.worst:7.1f} ms   n={len(self.ms)}"
            f"{'' if kept else '   MISSED'}{f'   {len(self.wrong)} without a sentence' if self.wrong else ''}",
            flush=True,
        )


class Caller:
    """One call over signed webhooks."""

    def __init__(self, stack: Stack, into: Times) -> None:
        self._stack, self._into = stack, into
        self._secrets = stack.secrets
        self._signer = RequestValidator(self._secrets["TWILIO_AUTH_TOKEN"])
        place = next(_numbers)
        self.number, self.sid = f"+86100089{place:05}", f"CA{place:032x}"
        self._http = httpx.Client(trust_env=False, timeout=30)
        self._next = f"{stack.url}/twilio/voice"

    def post(self, **form: str) -> None:
        """The next webhook of this call."""
        twiml = self.send(self._next, form)
        found = _ACTION.search(twiml)
        if "<Say" not in twiml or found is None:
            self._into.wrong.append(twiml[:200])
            return
        self._next = html.unescape(found[1] or found[2])

    def send(self, url: str, form: dict[str, str]) -> str:
        whole = {
            "CallSid": self.sid, "AccountSid": self._secrets["TWILIO_ACCOUNT_SID"], "From": self.number,
            "To": self._secrets["TWILIO_PHONE_NUMBER"], "CallStatus": "in-progress", "Direction": "inbound", **form,
        }  # fmt: skip
        signature = self._signer.compute_signature(url, whole)
        began = time.perf_counter()
        answer = self._http.post(url, data=whole, headers={"X-Twilio-Signature": signature})
        self._into.ms.append((time.perf_counter() - began) * 1000)
        if answer.status_code >= 300:
            self._into.wrong.append(f"status {answer.status_code}")
        return answer.text

    def report(self, status: str) -> None:
        """A status callback of a call nobody knows: what the server does for nothing."""
        self.send(f"{self._stack.url}/twilio/voice/status", {"CallStatus": status, "CallSid": "CA" + "f" * 32})

    def hang_up(self) -> None:
        times, self._into = self._into, Times()
        self.send(f"{self._stack.url}/twilio/voice/status", {"CallStatus": "completed"})
        self._into = times
        self._http.close()


Deed = Callable[[Caller, float], None]


def by_keys(caller: Caller, listens_s: float = 0) -> None:
    caller.post(CallStatus="ringing")
    for key in KEYS:
        time.sleep(listens_s)
        caller.post(Digits=key)


def by_speech(caller: Caller, listens_s: float = 0) -> None:
    caller.post(CallStatus="ringing")
    for words in WORDS:
        time.sleep(listens_s)
        caller.post(SpeechResult=words, Confidence="0.82")


def status(caller: Caller, listens_s: float = 0) -> None:
    for _ in range(len(KEYS)):
        caller.report("ringing")


def at_once(stack: Stack, deed: Deed, listens_s: float = 0, callers: int = CALLERS) -> Times:
    """All callers begin at the same moment and each goes through its call."""
    times = Times()
    together = threading.Barrier(callers)

    def call() -> None:
        caller = Caller(stack, times)
        together.wait()
        deed(caller, listens_s)
        caller.hang_up()

    with ThreadPoolExecutor(callers) as pool:
        for done in [pool.submit(call) for _ in range(callers)]:
            done.result()
    return times


@contextmanager
def engine_stopped(stack: Stack) -> Iterator[None]:
    """Rasa takes connections and answers nothing, which is worse than its being gone."""
    stack.kill("rasa", signal.SIGSTOP)
    try:
        yield
    finally:
        stack.kill("rasa", signal.SIGCONT)


def calling(stack: Stack) -> dict[str, Times]:
    """Measure and print; the times by what was done."""
    print(
        f"  {CALLERS} calls at once; to hold: median {P50_MS} ms, p95 {P95_MS} ms, never {NEVER_MS} ms (V22)",
        flush=True,
    )
    for warm_up in (by_keys, by_speech):
        at_once(stack, warm_up, callers=2)
    found = {"baseline": at_once(stack, status)}
    found["baseline"].show("baseline: a signed status callback")
    for engine in ("up", "stopped"):
        if engine == "stopped":
            with engine_stopped(stack):
                found |= _round(stack, engine)
        else:
            found |= _round(stack, engine)
    ratio = found["keys, up"].p50 / found["baseline"].p50
    print(f"  a key takes {ratio:.2f} times the baseline's median", flush=True)
    return found


def _round(stack: Stack, engine: str) -> dict[str, Times]:
    found = {}
    for what, deed in (("keys", by_keys), ("speech", by_speech)):
        for listens_s, how in ((0.0, ""), (LISTENS_S, f", {LISTENS_S:.0f} s of listening between")):
            times = at_once(stack, deed, listens_s)
            times.show(f"{what}{how}, Rasa {engine}")
            found[f"{what}{', listening' if listens_s else ''}, {engine}"] = times
    return found
