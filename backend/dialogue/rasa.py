"""Rasa over its HTTP API, on loopback: one connection pool, a total deadline, a circuit breaker (D1–D3).

Rasa answers 200 with `[]` when an action failed, so the status code says nothing: a turn without a structured answer of
ours for this very turn is a failed turn, whatever else came back.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import structlog

from backend.dialogue.base import EngineUnavailable, Parsed, Span

log = structlog.get_logger()

Answered = TypeVar("Answered")

BODY_LIMIT = 256 * 1024  # an honest turn is a few kilobytes
CONNECT_S = 0.5  # loopback: either there or not


class Breaker:
    """Open after `failures` in a row for `open_s` seconds, then let one trial through (half-open)."""

    def __init__(self, failures: int = 3, open_s: float = 5.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._open_s = open_s
        self._now = monotonic
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self._failed >= self._limit and self._now() < self._open_until

    def admit(self) -> None:
        """Return if a call may go out; raise `EngineUnavailable` at once while the engine is known to be away."""
        with self._lock:
            if self._failed < self._limit:
                return
            if self._now() < self._open_until:
                raise EngineUnavailable("the engine failed repeatedly; not asked again yet")
            # This caller is the trial; the others keep waiting until it reports.
            self._open_until = self._now() + self._open_s

    def succeeded(self) -> None:
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._open_until = self._now() + self._open_s


class RasaEngine:
    """`DialogueEngine` over Rasa 3.6's REST channel and `/model/parse`."""

    def __init__(
        self,
        url: str | Callable[[], str],
        token: str,
        *,
        make_breaker: Callable[[], Breaker] = Breaker,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        # Asked at each call: the engine moves to another port when its model is changed.
        self._address: Callable[[], str] = (lambda: url) if isinstance(url, str) else url
        self._last_address = self._address()
        # Two, because turns also fail when the action server is away, and reading a sentence does not need it.
        self._parsing = make_breaker()
        self._turning = make_breaker()
        self._token = token
        self._client = httpx.Client(
            transport=transport,
            # A proxy of the environment must never see what people write.
            trust_env=False,
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=30),
        )

    def parse(self, text: str, deadline_s: float) -> Parsed:
        return self._guarded(
            self._parsing, "/model/parse", {"text": text}, deadline_s, lambda body: _parsed(text, body)
        )

    def turn(self, text: str, turn_token: str, metadata: dict[str, Any], deadline_s: float) -> list[dict[str, Any]]:
        body = {"sender": turn_token, "message": text, "metadata": metadata}
        return self._guarded(
            self._turning, "/webhooks/rest/webhook", body, deadline_s, lambda said: _answers(said, turn_token)
        )

    def is_ready(self, deadline_s: float = 1.0) -> bool:
        """Whether the engine is up with a model; asks even while the breaker is open."""
        try:
            status = self._ask("GET", "/status", None, deadline_s)
        except EngineUnavailable:
            return False
        return isinstance(status, dict) and bool(status.get("model_file"))

    def close(self) -> None:
        self._client.close()

    def _guarded(
        self, breaker: Breaker, path: str, body: dict[str, Any], deadline_s: float, read: Callable[[Any], Answered]
    ) -> Answered:
        if (address := self._address()) != self._last_address:
            # What the engine before could not do says nothing about this one.
            self._last_address = address
            self._parsing.succeeded()
            self._turning.succeeded()
        breaker.admit()
        try:
            answer = read(self._ask("POST", path, body, deadline_s))
        except EngineUnavailable as error:
            breaker.failed()
            log.warning("engine_failed", path=path, reason=str(error))
            raise
        breaker.succeeded()
        return answer

    def _ask(self, method: str, path: str, body: dict[str, Any] | None, deadline_s: float) -> Any:
        ends = time.monotonic() + deadline_s
        timeout = httpx.Timeout(deadline_s, connect=min(CONNECT_S, deadline_s))
        received = bytearray()
        try:
            with self._client.stream(
                method, f"{self._address()}{path}", json=body, params={"token": self._token}, timeout=timeout
            ) as response:
                for chunk in response.iter_bytes():
                    received += chunk
                    # The client's own timeout starts anew with every chunk; the deadline does not.
                    if time.monotonic() > ends:
                        raise EngineUnavailable("the engine was too slow")
                    if len(received) > BODY_LIMIT:
                        raise EngineUnavailable("the engine's answer was too large")
        except httpx.TimeoutException as error:
            raise EngineUnavailable("the engine was too slow") from error
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the engine could not be reached ({type(error).__name__})") from error
        if response.status_code != 200:
            raise EngineUnavailable(f"the engine answered {response.status_code}")
        try:
            return json.loads(received)
        except (ValueError, RecursionError) as error:
            raise EngineUnavailable("the engine's answer was not JSON") from error


def _parsed(text: str, answer: Any) -> Parsed:
    spans = []
    try:
        for entity in answer["entities"]:
            start, end = int(entity["start"]), int(entity["end"])
            if 0 <= start < end <= len(text):
                spans.append(Span(entity=str(entity["entity"]), start=start, end=end, text=text[start:end]))
        intent = answer["intent"]
        return Parsed(
            # Rasa gives null as the name when nothing at all was recognised.
            intent=str(intent.get("name") or "out_of_scope"),
            confidence=float(intent.get("confidence") or 0.0),
            spans=spans,
            ranking=[(str(one["name"]), float(one["confidence"])) for one in answer.get("intent_ranking") or []],
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EngineUnavailable("the engine's reading had another shape than agreed") from error


def _answers(body: Any, turn_token: str) -> list[dict[str, Any]]:
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise EngineUnavailable("the engine's turn had another shape than agreed")
    if any(one.get("recipient_id") != turn_token for one in body):
        raise EngineUnavailable("the engine answered for another turn")
    answers = [one["custom"] for one in body if isinstance(one.get("custom"), dict) and one["custom"].get("kind")]
    if not answers:
        raise EngineUnavailable("the engine's turn gave no answer")
    return answers
