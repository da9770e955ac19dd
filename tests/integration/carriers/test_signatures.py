"""`verify`: what Twilio signs is believed, anything else is not, and nothing makes it raise (I2, I4)."""

from pathlib import Path
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from backend.carriers import make_carrier
from backend.carriers.twilio import TwilioCarrier, sign
from backend.settings import load

TOKEN = "a-test-token"
URL = "https://line.example/twilio/sms"
PARAMS: dict[str, list[str]] = {
    "Body": [" 我要找活路 \n"],
    "From": ["+8610001110001"],
    "Empty": [""],
    "Twice": ["b", "a"],
}
CARRIER = TwilioCarrier("AC" + "5" * 32, TOKEN)


class MultiDict(dict):
    def getlist(self, name: str) -> list[str]:
        return list(self[name])


@pytest.mark.parametrize("url", [
    URL, URL + "?a=1&b=%E5%A5%BD", "https://line.example:443/twilio/sms", "http://127.0.0.1:8000/twilio/sms", "http://[::1]:80/x",
])  # fmt: skip
def test_what_twilios_own_sdk_signs_is_believed(url: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(url, MultiDict(PARAMS))
    assert CARRIER.verify(url, PARAMS, signature)
    assert sign(TOKEN, url, PARAMS) == signature


def test_single_values_may_come_as_plain_strings() -> None:
    params = {"Body": "好", "From": "+8610001110001"}
    assert CARRIER.verify(URL, params, RequestValidator(TOKEN).compute_signature(URL, params))


def test_the_port_may_be_named_by_one_side_only() -> None:
    assert CARRIER.verify(URL, PARAMS, sign(TOKEN, "https://line.example:443/twilio/sms", PARAMS))


@pytest.mark.parametrize("change", [
    {"url": URL + "/"}, {"url": URL + "?x=1"}, {"url": URL.replace("https", "http")},
    {"params": {**PARAMS, "Body": ["我要找活路"]}}, {"params": {**PARAMS, "New": [""]}}, {"params": {}},
    {"signature": None}, {"signature": ""}, {"signature": "好"}, {"signature": "a" * 28}, {"signature": "\udc80"},
    {"signature": sign("another-token", URL, PARAMS)}, {"url": "https://line.example:port/"}, {"params": {"a": ["\ud800"]}},
])  # fmt: skip
def test_anything_else_is_not_believed_and_does_not_raise(change: dict[str, Any]) -> None:
    asked = {"url": URL, "params": PARAMS, "signature": sign(TOKEN, URL, PARAMS), **change}
    assert CARRIER.verify(asked["url"], asked["params"], asked["signature"]) is False


@pytest.mark.parametrize(("asked", "name"), [("simulator", "simulator"), ("twilio", "twilio")])
def test_the_settings_choose_the_adapter(tmp_path: Path, asked: str, name: str) -> None:
    settings = load({
        "CARRIER": asked, "DATA_DIR": str(tmp_path), "PROFILE": "demo", "PORT": "8000",
    })  # fmt: skip
    assert make_carrier(settings).name == name
