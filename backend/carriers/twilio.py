"""Twilio's REST API and webhook signatures, through Twilio's own SDK."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from backend.carriers.base import CarrierBusy, CarrierError, Params, PlacedCall, SentSms
from backend.carriers.twilio_errors import describe

TWILIO_API = "https://api.twilio.com"
MAX_RECORDING_BYTES = 32 * 1024 * 1024
# Twilio dates messages to the second and its clock is not ours.
CLOCK_SLACK = timedelta(seconds=2)
CALL_EVENTS = ("initiated", "ringing", "answered", "completed")


class _Values:
    """Form fields as the SDK's signer wants them: it asks `getlist` for the values of a repeated field."""

    def __init__(self, params: Params) -> None:
        self._params = params

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._params)

    def __bool__(self) -> bool:
        return bool(self._params)

    def getlist(self, name: str) -> list[str]:
        value = self._params[name]
        return list(value) if isinstance(value, list | tuple) else [value]


def sign(auth_token: str, url: str, params: Params) -> str:
    """Return the `X-Twilio-Signature` of a POST of `params` to `url` (HMAC-SHA1, base64)."""
    return str(RequestValidator(auth_token).compute_signature(url, _Values(params)))


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Twilio has signed both forms over the years, so the SDK accepts both; so do we."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (
        urlunsplit(parts._replace(netloc=host)),
        urlunsplit(parts._replace(netloc=f"{host}:{port}")),
    )


class _RedirectedHttpClient(TwilioHttpClient):
    """Sends what is meant for api.twilio.com to another server with the same API (the simulator, a test peer)."""

    def __init__(self, base_url: str, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self._base_url = base_url.rstrip("/")
        if self.session is not None and self._base_url != TWILIO_API:
            # A proxy named in the environment is for the internet, not for a server beside us.
            self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        answer = super().request(method, url.replace(TWILIO_API, self._base_url, 1), *args, **kwargs)
        if answer.status_code == 429:
            # Caught here because the SDK's exception drops the header that says when to come back.
            raise CarrierBusy("The carrier is busy.", code="20429", retry_after_s=_seconds(answer.headers))
        return answer


def _seconds(headers: Any) -> float | None:
    """Return Retry-After as seconds; its date form is not used by Twilio and counts as unnamed."""
    try:
        return max(0.0, float(str((headers or {}).get("Retry-After"))))
    except (TypeError, ValueError):
        return None


class TwilioCarrier:
    """The `Carrier` port over Twilio's REST API, version 2010-04-01."""

    name = "twilio"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_base_url: str | None = None,
        messaging_service_sid: str | None = None,
        voice_fallback_url: str | None = None,
        call_events: Sequence[str] = CALL_EVENTS,
        timeout_s: float = 10.0,
    ) -> None:
        self._base_url = (api_base_url or TWILIO_API).rstrip("/")
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._messaging_service_sid = messaging_service_sid or None
        self._voice_fallback_url = voice_fallback_url
        self._call_events = list(call_events)
        self._timeout_s = timeout_s
        self._client = Client(account_sid, auth_token, http_client=_RedirectedHttpClient(self._base_url, timeout_s))

    def verify(self, url: str, params: Params, signature: str | None) -> bool:
        given = (signature or "").encode("utf-8", "replace")
        try:
            expected = [sign(self._auth_token, form, params).encode() for form in _with_and_without_port(url)]
        except (ValueError, TypeError, KeyError):
            # A lone surrogate or a broken port: nobody can have signed that.
            return False
        # Both forms are always compared, so that the time taken tells nothing.
        matches = [hmac.compare_digest(one, given) for one in expected]
        return bool(given) and any(matches)

    def send_sms(self, to: str, body: str, *, from_: str, reference: str, status_url: str) -> SentSms:
        sender: Mapping[str, Any] = {"from_": from_}
        if self._messaging_service_sid:
            sender = {"messaging_service_sid": self._messaging_service_sid}
        try:
            message = self._client.messages.create(
                to=to, body=body, status_callback=with_reference(status_url, reference), **sender
            )
            return _sent(message)
        except Exception as error:
            raise _carrier_error(error) from error

    def find_sent(self, to: str, body: str, since: datetime, reference: str) -> SentSms | None:
        # Twilio keeps no reference of ours in its list, so number, words and time must do. Not filtered by
        # DateSent: a message still queued has none.
        earliest = since.replace(microsecond=0) - CLOCK_SLACK
        found: SentSms | None = None
        try:
            for message in self._client.messages.stream(to=to, limit=500, page_size=50):
                if message.date_created and message.date_created < earliest:
                    break  # Newest first.
                if message.body == body and str(message.direction).startswith("outbound"):
                    found = _sent(message)
        except Exception as error:
            raise _carrier_error(error, reading=True) from error
        return found

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
        options: dict[str, Any] = {"fallback_url": self._voice_fallback_url} if self._voice_fallback_url else {}
        if machine_url:
            # Beside the talk: waiting for the verdict would be silence at pick-up, which sounds like fraud.
            options |= {"machine_detection": "Enable", "async_amd": "true", "async_amd_status_callback": machine_url,
                        "async_amd_status_callback_method": "POST"}  # fmt: skip
        if time_limit_s:
            options["time_limit"] = time_limit_s
        try:
            call = self._client.calls.create(
                to=to, from_=from_, url=url, method="POST", timeout=timeout_s,
                status_callback=status_url, status_callback_method="POST",
                status_callback_event=self._call_events, **options,
            )  # fmt: skip
            if not call.sid:
                raise TwilioException("The answer names no call.")
            return PlacedCall(carrier_id=call.sid, status=str(call.status))
        except Exception as error:
            raise _carrier_error(error) from error

    def hang_up(self, carrier_id: str) -> None:
        try:
            self._client.calls(carrier_id).update(status="completed")
        except Exception as error:
            # 21220: the call is not in progress; then nothing has to be ended.
            if isinstance(error, TwilioRestException) and error.code == 21220:
                return
            raise _carrier_error(error, reading=True) from error

    def fetch_recording(self, url: str) -> bytes:
        if not url.startswith(self._base_url + "/"):
            raise CarrierError("That recording is not at the carrier, so it was not fetched.", permanent=True)
        address = url if url.endswith(".wav") else url + ".wav"
        local = self._base_url != TWILIO_API
        try:
            with (
                httpx.Client(timeout=self._timeout_s, trust_env=not local) as client,
                client.stream("GET", address, auth=(self._account_sid, self._auth_token)) as answer,
            ):
                if answer.status_code != 200:
                    raise CarrierError(
                        f"The carrier did not hand out the recording ({answer.status_code}).",
                        permanent=answer.status_code in {400, 403, 404, 410},
                        code=str(answer.status_code),
                    )
                sound = bytearray()
                for part in answer.iter_bytes():
                    sound += part
                    if len(sound) > MAX_RECORDING_BYTES:
                        raise CarrierError("The recording is too large to keep.", permanent=True)
                return bytes(sound)
        except httpx.HTTPError as error:
            raise CarrierError("The carrier could not be reached for the recording; it can be tried again.") from error


def with_reference(status_url: str, reference: str) -> str:
    """Return `status_url` with `reference` added to its query."""
    parts = urlsplit(status_url)
    query = "&".join(part for part in (parts.query, urlencode({"reference": reference})) if part)
    return urlunsplit(parts._replace(query=query))


def _sent(message: Any) -> SentSms:
    if not message.sid:
        raise TwilioException("The answer names no message.")
    return SentSms(carrier_id=message.sid, status=str(message.status), segments=int(message.num_segments or 1))


def _carrier_error(error: Exception, *, reading: bool = False) -> CarrierError:
    """Turn whatever the SDK raised into a `CarrierError`; what only read (`reading`) never has an unknown outcome."""
    if isinstance(error, CarrierError):
        return error
    unknown = not reading
    if isinstance(error, TwilioRestException):
        permanent, reason = describe(error.code)
        code = str(error.code) if error.code else None
        if error.status >= 500:
            return CarrierError(f"The carrier has trouble ({error.status}).", code=code, outcome_unknown=unknown)
        return CarrierError(f"The carrier refused: {reason}.", permanent=permanent, code=code)
    if isinstance(error, requests.ConnectionError) and _never_left(error):
        return CarrierError("The carrier could not be reached; nothing was sent.")
    if isinstance(error, requests.RequestException | TwilioException | ValueError | KeyError | TypeError):
        # Sent, and then the connection broke, the time ran out, or the answer was unreadable.
        return CarrierError("The carrier gave no clear answer.", outcome_unknown=unknown)
    raise error


def _never_left(error: requests.ConnectionError) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
