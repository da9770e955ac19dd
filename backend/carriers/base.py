"""The carrier port: what the services may ask of a telephone company, whichever it is.

Adapters get plain constructor arguments and know nothing of Flask or the database. Phone numbers are E.164.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from backend.errors import CarrierError

Params = Mapping[str, list[str]] | Mapping[str, str]


@dataclass(frozen=True)
class SentSms:
    """A message the carrier has taken. `status` is its own word (`queued`, `sent` …), `segments` the billed parts."""

    carrier_id: str
    status: str
    segments: int


@dataclass(frozen=True)
class PlacedCall:
    """A call the carrier has begun to place."""

    carrier_id: str
    status: str


class CarrierBusy(CarrierError):
    """Refused for now (429); nothing was taken. `retry_after_s` is the carrier's own wish, if it named one."""

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, permanent=False, code=code, outcome_unknown=False)
        self.retry_after_s = retry_after_s


class Carrier(Protocol):
    """What every adapter offers. Every method but `verify` may raise `CarrierError`."""

    name: str

    def verify(self, url: str, params: Params, signature: str | None) -> bool:
        """Say whether the carrier signed this webhook.

        `url`: the configured public URL with its query, never one rebuilt from the Host header. `params`: every POST
        field as received. Constant time; a missing or malformed signature is False; it never raises (I2).
        """
        ...

    def send_sms(self, to: str, body: str, *, from_: str, reference: str, status_url: str) -> SentSms:
        """Hand one message over and return as soon as the carrier has taken it.

        `reference` is our own id; it travels as `?reference=` of `status_url`, so that every receipt brings it back,
        also for a message whose sending had no known outcome. With `outcome_unknown` set on the error the message may
        have been taken: ask `find_sent` before sending again (F6).
        """
        ...

    def find_sent(self, to: str, body: str, since: datetime, reference: str) -> SentSms | None:
        """Look the message up in the carrier's own list; None means that the carrier does not have it.

        `since` is an aware time not later than the first attempt. Ask only some seconds after the attempt: a slow
        carrier may list a message a moment after it lost our connection.
        """
        ...

    def place_call(
        self,
        to: str,
        *,
        from_: str,
        url: str,
        status_url: str,
        timeout_s: int = 30,
        machine_url: str | None = None,
        time_limit_s: int | None = None,
    ) -> PlacedCall:
        """Ring `to` for at most `timeout_s` seconds; when it is answered the carrier asks `url` for TwiML at once.

        `machine_url`: the carrier listens beside the talk whether a machine has picked up, and tells this address
        (`AnsweredBy`). `time_limit_s`: the carrier ends the call after that. With `outcome_unknown` set on the error the
        number may be ringing: never ring it again on that account (F6).
        """
        ...

    def hang_up(self, carrier_id: str) -> None:
        """End a call that is ringing or under way; one that has ended already is no error."""
        ...

    def fetch_recording(self, url: str) -> bytes:
        """Return the WAV behind a `RecordingUrl`. A URL of any other host is refused: the account goes with the request."""
        ...


__all__ = ["Carrier", "CarrierBusy", "CarrierError", "Params", "PlacedCall", "SentSms"]
