"""The customer's side of the network: signed webhooks with Twilio's time limits, retries and fallback."""

import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

import httpx

from backend.carriers.twilio import sign
from backend.phone_network.webhook import Fetched, Request

API_VERSION = "2010-04-01"
# Twilio, "Webhook connection overrides": defaults in seconds, and the bounds of what a URL may ask for.
CONNECT_S, READ_S, TOTAL_S = 5.0, 15.0, 15.0
MAX_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True)
class Overrides:
    """How patient to be with one URL; `policy` holds ct, rt, 4xx, 5xx or all."""

    connect_s: float = CONNECT_S
    read_s: float = READ_S
    total_s: float = TOTAL_S
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})


def overrides(fragment: str) -> Overrides:
    """Read `ct`, `rt`, `tt` (milliseconds), `rc` and `rp` from a webhook URL's fragment; nonsense keeps the default."""
    asked = dict(parse_qsl(fragment))

    def bounded(name: str, low: int, high: int, default: float, unit: float) -> float:
        try:
            return min(high, max(low, int(asked[name]))) / unit
        except (KeyError, ValueError):
            return default

    policy = frozenset(asked.get("rp", "ct").replace(" ", "").split(","))
    return Overrides(
        bounded("ct", 100, 10000, CONNECT_S, 1000),
        bounded("rt", 100, 15000, READ_S, 1000),
        bounded("tt", 100, 15000, TOTAL_S, 1000),
        int(bounded("rc", 0, 5, 1, 1)),
        policy if policy <= {"ct", "rt", "4xx", "5xx", "all"} else frozenset({"ct"}),
    )


class Line:
    """One customer of the network: its account, its number and where its webhooks live."""

    def __init__(self, account_sid: str, auth_token: str, number: str, public_base_url: str) -> None:
        self.account_sid, self.auth_token, self.number = account_sid, auth_token, number
        base = public_base_url.rstrip("/")
        self.sms_url, self.sms_fallback_url = f"{base}/twilio/sms", f"{base}/twilio/sms/fallback"
        self.voice_url, self.voice_fallback_url = f"{base}/twilio/voice", f"{base}/twilio/voice/fallback"
        self.voice_status_url = f"{base}/twilio/voice/status"
        # A proxy named in the environment is for the internet, not for the line beside us.
        self._client = httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        self._client.close()

    def call_params(self, sid: str, handset: str, direction: str, status: str) -> dict[str, str]:
        """Return the fields every voice webhook carries."""
        caller, called = (handset, self.number) if direction == "inbound" else (self.number, handset)
        return {
            "CallSid": sid, "AccountSid": self.account_sid, "From": caller, "To": called, "Caller": caller,
            "Called": called, "CallStatus": status, "Direction": direction, "ApiVersion": API_VERSION,
        }  # fmt: skip

    def post(self, request: Request, *, token: str | None = None) -> Fetched:
        """Send one webhook; `token` is the same for every retry of it. Never raises for what the line does."""
        token = token or secrets.token_hex(16)
        url, fragment = urldefrag(request.url)
        rules = overrides(fragment)
        end = time.monotonic() + rules.total_s
        result = Fetched(None, error_code=11205)
        for _ in range(rules.retries + 1):
            left = end - time.monotonic()
            if left <= 0:
                break
            result, kind = self._once(url, request, token, rules, left)
            if kind is None or not ({kind, "all"} & rules.policy):
                break
        return result

    def _once(
        self, url: str, request: Request, token: str, rules: Overrides, left: float
    ) -> tuple[Fetched, str | None]:
        """Return the answer and, if it was none, what went wrong: ct, rt, 4xx or 5xx."""
        if urlsplit(url).scheme not in {"http", "https"}:
            return Fetched(None, error_code=11100), None
        content: bytes | None = None
        headers = {"I-Twilio-Idempotency-Token": token, "User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
        if request.method == "GET":
            url += ("&" if urlsplit(url).query else "?") + urlencode(request.params) if request.params else ""
            headers["X-Twilio-Signature"] = sign(self.auth_token, url, {})
        else:
            content = urlencode(request.params).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
            headers["X-Twilio-Signature"] = sign(self.auth_token, url, request.params)
        timeout = httpx.Timeout(min(rules.read_s, left), connect=min(rules.connect_s, left))
        try:
            with self._client.stream(request.method, url, content=content, headers=headers, timeout=timeout) as answer:
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MAX_ANSWER_BYTES:
                        return Fetched(answer.status_code, error_code=11750), None
                status = answer.status_code
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return Fetched(None, error_code=11205), "ct"
        except httpx.TimeoutException:
            return Fetched(None, error_code=11205), "rt"
        except (httpx.HTTPError, httpx.InvalidURL):
            return Fetched(None, error_code=11200), None
        if not 200 <= status < 300:
            return Fetched(status, error_code=11200), f"{status // 100}xx"
        return Fetched(status, bytes(body).decode("utf-8", "replace"), answer.headers.get("content-type")), None
