"""A caller against the voice webhooks: presses, speaks, records, and follows the TwiML as the carrier would."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import urlsplit

from backend.phone_network.twiml import lint
from tests.support.signing import SignedClient, new_sid

NUMBER = "+8610001234567"


class PhoneCall:
    """One call; made, it is at its first question."""

    def __init__(self, signed: SignedClient, number: str = NUMBER, sid: str | None = None) -> None:
        self.signed, self.number, self.sid = signed, number, sid or new_sid("CA")
        self.url = "/twilio/voice"
        self._take(signed.voice(self.url, number, self.sid, CallStatus="ringing"))

    def _take(self, response: Any) -> None:
        assert response.status_code == 200
        assert response.mimetype == "text/xml"
        self.twiml = response.get_data(as_text=True)
        assert lint(self.twiml) == []
        self.root = ElementTree.fromstring(self.twiml)

    def post(self, url: str, **form: str) -> PhoneCall:
        parts = urlsplit(url)
        self.url = f"{parts.path}?{parts.query}"
        self._take(self.signed.voice(self.url, self.number, self.sid, **form))
        return self

    def _action(self, verb: str) -> str:
        element = self.root.find(verb)
        assert element is not None, self.twiml
        return str(element.get("action"))

    def press(self, keys: str) -> PhoneCall:
        return self.post(self._action("Gather"), Digits=keys, FinishedOnKey="")

    def speak(self, words: str, confidence: str = "0.8") -> PhoneCall:
        return self.post(self._action("Gather"), SpeechResult=words, Confidence=confidence)

    def silence(self) -> PhoneCall:
        return self.post(self.root.findtext("Redirect") or "")

    def record(self, url: str = "http://carrier/recording/1", key: str = "#") -> PhoneCall:
        return self.post(
            self._action("Record"), RecordingUrl=url, RecordingSid="RE1", RecordingDuration="2", Digits=key
        )

    def dial_ended(self, status: str) -> PhoneCall:
        return self.post(self._action("Dial"), DialCallStatus=status)

    def hang_up(self) -> None:
        assert (
            self.signed.voice("/twilio/voice/status", self.number, self.sid, CallStatus="completed").status_code == 204
        )

    @property
    def text(self) -> str:
        return "".join("".join(say.itertext()) for say in self.root.iter("Say"))
