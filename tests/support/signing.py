"""Requests as the carrier makes them: form-encoded, signed over the public address. There is no unsigned way in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from backend.settings import Settings

_sids = itertools.count(1)


def new_sid(prefix: str = "SM") -> str:
    return f"{prefix}{next(_sids):032x}"


def sign(settings: Settings, path: str, form: Mapping[str, Any], token: str | None = None) -> str:
    """The `X-Twilio-Signature` of a POST of `form` to `path` (with its query)."""
    signer = RequestValidator(token or settings.twilio_auth_token)
    return str(signer.compute_signature(settings.public_base_url + path, dict(form)))


class SignedClient:
    """Posts Twilio's forms to an app in this process. `sms(…)` and `voice(…)` fill in the fields Twilio always sends."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._client, self._settings = app.test_client(), settings

    def post(
        self, path: str, form: Mapping[str, Any], *, signature: str | None = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """`signature` replaces the right one; "" sends none at all."""
        made = sign(self._settings, path, form) if signature is None else signature
        sent = {**({"X-Twilio-Signature": made} if made else {}), **(headers or {})}
        return self._client.post(path, data=dict(form), headers=sent)

    def sms(self, number: str, body: str, *, sid: str | None = None, **more: Any) -> TestResponse:
        form = {
            "MessageSid": sid or new_sid(), "AccountSid": self._settings.twilio_account_sid, "From": number,
            "To": self._settings.twilio_phone_number, "Body": body, "NumMedia": "0", "NumSegments": "1",
            "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip
        return self.post("/twilio/sms", form)

    def voice(self, path: str, number: str, call_sid: str, **more: Any) -> TestResponse:
        form = {
            "CallSid": call_sid, "AccountSid": self._settings.twilio_account_sid, "From": number,
            "To": self._settings.twilio_phone_number, "CallStatus": "in-progress", "Direction": "inbound",
            "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip
        return self.post(path, form)
