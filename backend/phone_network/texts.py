"""Texts in both directions: what a handset sends becomes a webhook, what the line sends becomes a bubble and receipts."""

import base64
import binascii
import secrets
import time
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

from backend.phone_network.faults import Faults
from backend.phone_network.line import API_VERSION, Line
from backend.phone_network.segments import segments
from backend.phone_network.store import Store
from backend.phone_network.twiml import TwimlError, read_xml
from backend.phone_network.webhook import Fetched

UNREACHABLE = 30003
NO_REASON = 30008


class Texts:
    """The message centre of the network, for one line."""

    def __init__(self, store: Store, line: Line, faults: Faults, base_url: str) -> None:
        self._store, self._line, self._faults = store, line, faults
        self._base_url = base_url

    def from_handset(self, handset: str, body: str, media: list[dict[str, Any]]) -> dict[str, Any]:
        """Take a text from a handset; once this returns it is stored and will reach the line."""
        sid = ("MM" if media else "SM") + secrets.token_hex(16)
        body = plain(body)
        parts = segments(body)
        params = {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self._line.account_sid,
            "From": handset, "To": self._line.number, "Body": body, "NumMedia": str(len(media)),
            "NumSegments": str(parts), "SmsStatus": "received", "ApiVersion": API_VERSION,
            "FromCountry": "CN", "ToCountry": "CN",
        }  # fmt: skip
        for place, item in enumerate(media):
            picture = "ME" + secrets.token_hex(16)
            kind = str(item.get("content_type", "image/jpeg"))
            self._store.add_media(picture, sid, kind, _decoded(item.get("data_base64")))
            params[f"MediaContentType{place}"] = kind
            params[f"MediaUrl{place}"] = (
                f"{self._base_url}/{API_VERSION}/Accounts/{self._line.account_sid}/Messages/{sid}/Media/{picture}"
            )
        job = {
            "kind": "text", "lane": handset, "sid": sid, "url": self._line.sms_url,
            "fallback_url": self._line.sms_fallback_url, "params": params, "token": secrets.token_hex(16),
        }  # fmt: skip
        fault = self._faults.take("inbound", handset)
        jobs = [job, {**job, "lane": handset + "-again"}] if fault else [job]
        self._store.add_text(
            {"sid": sid, "direction": "from_handset", "handset": handset, "line": self._line.number, "body": body,
             "media": len(media), "segments": parts, "status": "sending"},
            jobs,
        )  # fmt: skip
        return self._store.text(sid) or {}

    def to_handset(
        self, handset: str, body: str, *, status_url: str | None, spoilt: str | None = None
    ) -> dict[str, Any]:
        """Take a text from the line, show it on the handset and owe its receipts.

        `spoilt`: `undelivered` or `failed`, by script; a handset that is off is undelivered by itself.
        """
        sid, body = "SM" + secrets.token_hex(16), plain(body)
        off = self._store.answers(handset) == "off"
        final = spoilt or ("undelivered" if off else "delivered")
        code = None if final == "delivered" else UNREACHABLE if off or final == "undelivered" else NO_REASON
        query = parse_qs(urlsplit(status_url or "").query)
        text = {
            "sid": sid, "direction": "to_handset", "handset": handset, "line": self._line.number, "body": body,
            "segments": segments(body), "status": final, "error_code": code, "status_url": status_url,
            "reference": query.get("reference", [None])[0],
        }  # fmt: skip
        self._store.add_text(text, self._receipts(text) if status_url else [])
        return self._store.text(sid) or {}

    def _receipts(self, text: dict[str, Any]) -> list[dict[str, Any]]:
        states = ["failed"] if text["status"] == "failed" else ["queued", "sent", text["status"]]
        fault = self._faults.take("receipts", text["handset"])
        if fault and fault.do == "silent":
            return []
        if fault and fault.do == "duplicate":
            states = [state for state in states for _ in range(2)]
        if fault and fault.do == "out_of_order":
            states.reverse()
        jobs = []
        for place, state in enumerate(states):
            params = {
                "MessageSid": text["sid"], "SmsSid": text["sid"], "MessageStatus": state, "SmsStatus": state,
                "AccountSid": self._line.account_sid, "From": text["line"], "To": text["handset"],
                "ApiVersion": API_VERSION,
            }  # fmt: skip
            if text["error_code"] and state == text["status"]:
                params["ErrorCode"] = str(text["error_code"])
            jobs.append({
                "kind": "receipt", "lane": text["sid"], "sid": text["sid"], "url": text["status_url"],
                "params": params, "token": secrets.token_hex(16), "not_before": time.time() + 0.05 * place,
            })  # fmt: skip
        return jobs

    def answer_in_webhook(self, job: dict[str, Any], answer: Fetched) -> None:
        """Send what a line puts into its acknowledgement (`<Message>`), as Twilio would. Ours never does."""
        if "xml" not in (answer.content_type or "") or not answer.body.strip():
            return
        try:
            root = read_xml(answer.body)
        except TwimlError:
            return
        for message in root.iter("Message"):
            words = "".join(message.itertext()).strip()
            if words:
                self.to_handset(job["lane"].removesuffix("-again"), words, status_url=message.get("statusCallback"))

    def resource(self, text: dict[str, Any]) -> dict[str, Any]:
        """Return a text as Twilio's Message resource."""
        outbound = text["direction"] == "to_handset"
        sender, receiver = (text["line"], text["handset"]) if outbound else (text["handset"], text["line"])
        date = formatdate(text["created_at"]).replace("-0000", "+0000")
        uri = f"/{API_VERSION}/Accounts/{self._line.account_sid}/Messages/{text['sid']}"
        return {
            "sid": text["sid"], "account_sid": self._line.account_sid, "api_version": API_VERSION,
            "messaging_service_sid": None, "from": sender, "to": receiver, "body": text["body"],
            "status": text["status"], "direction": "outbound-api" if outbound else "inbound",
            "num_segments": str(text["segments"]), "num_media": str(text["media"]),
            "date_created": date, "date_updated": date, "date_sent": date, "price": None, "price_unit": "CNY",
            "error_code": text["error_code"], "error_message": None, "uri": uri + ".json",
            "subresource_uris": {"media": uri + "/Media.json"},
        }  # fmt: skip


def plain(text: str) -> str:
    """Make any string one that can be stored and sent: a lone surrogate is no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _decoded(data: Any) -> bytes:
    try:
        return base64.b64decode(data or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""
