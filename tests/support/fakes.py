"""Implementations of our ports that tests can script: an engine and a carrier. Nothing else is ever faked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.carriers.base import CarrierError, PlacedCall, SentSms
from backend.carriers.twilio import TwilioCarrier
from backend.dialogue.base import EngineUnavailable, Parsed


@dataclass
class FakeEngine:
    """Understands what `understands` says and, per turn, does what `on_turn` does; away while `away` is set."""

    understands: dict[str, Parsed] = field(default_factory=dict)
    on_turn: Callable[[str, str, dict[str, Any]], list[dict[str, Any]]] | None = None
    away: bool = False
    turns: list[str] = field(default_factory=list)

    def parse(self, text: str, deadline_s: float) -> Parsed:
        if self.away:
            raise EngineUnavailable("away")
        return self.understands.get(text, Parsed("out_of_scope", 0.9))

    def turn(self, text: str, turn_token: str, metadata: dict[str, Any], deadline_s: float) -> list[dict[str, Any]]:
        self.turns.append(text)
        if self.away or self.on_turn is None:
            raise EngineUnavailable("away")
        return self.on_turn(text, turn_token, metadata)


@dataclass
class FakeCarrier:
    """Takes every text and call and remembers it; `fail_with` is raised once per error in it, first one first."""

    auth_token: str = "test-auth-token-of-no-account"
    name: str = "simulator"
    texts: list[tuple[str, str]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    fail_with: list[CarrierError] = field(default_factory=list)
    rings: list[dict[str, Any]] = field(default_factory=list)  # every call placed, with its addresses
    hung_up: list[str] = field(default_factory=list)
    fail_calls_with: list[CarrierError] = field(default_factory=list)
    before_ringing: Callable[[], None] | None = None  # looks at what is committed when the carrier is asked
    recordings: dict[str, bytes] = field(default_factory=dict)
    listed: dict[str, SentSms] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def verify(self, url: str, params: Mapping[str, Any], signature: str | None) -> bool:
        return TwilioCarrier("AC-test", self.auth_token).verify(url, params, signature)

    def send_sms(self, to: str, body: str, *, from_: str, reference: str, status_url: str) -> SentSms:
        sent = SentSms(f"SM{next(self._numbers):032x}", "queued", 1)
        if self.fail_with:
            problem = self.fail_with.pop(0)
            if problem.outcome_unknown:
                # The worst case: it was taken all the same.
                self.texts.append((to, body))
                self.listed[reference] = sent
            raise problem
        self.texts.append((to, body))
        self.listed[reference] = sent
        return sent

    def find_sent(self, to: str, body: str, since: datetime, reference: str) -> SentSms | None:
        return self.listed.get(reference)

    def place_call(
        self, to: str, *, from_: str, url: str, status_url: str, timeout_s: int = 30, machine_url: str | None = None,
        time_limit_s: int | None = None,
    ) -> PlacedCall:  # fmt: skip
        if self.before_ringing is not None:
            self.before_ringing()
        placed = PlacedCall(f"CAf{next(self._numbers):031x}", "queued")  # never that of a call from outside
        problem = self.fail_calls_with.pop(0) if self.fail_calls_with else None
        if problem is None or problem.outcome_unknown:
            # With an unknown outcome the worst case: it rings all the same.
            self.calls.append((to, url))
            self.rings.append({"sid": placed.carrier_id, "to": to, "url": url, "status_url": status_url,
                               "machine_url": machine_url, "timeout_s": timeout_s, "time_limit_s": time_limit_s})  # fmt: skip
        if problem is not None:
            raise problem
        return placed

    def hang_up(self, carrier_id: str) -> None:
        self.hung_up.append(carrier_id)

    def fetch_recording(self, url: str) -> bytes:
        return self.recordings[url]

    def to(self, number: str) -> list[str]:
        """The bodies of every text sent to `number`."""
        return [body for sent_to, body in self.texts if sent_to == number]
