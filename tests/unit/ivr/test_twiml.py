"""The TwiML of every kind of turn, linted as the carrier reads it; one voice, one language, one place."""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ElementTree

import pytest
from twilio.twiml.voice_response import VoiceResponse

from backend.phone_network.twiml import GATHER_LANGUAGES, SAY_LANGUAGES, ZH_VOICES, lint
from ivr import twiml
from ivr.steps import Ask, Hangup, Record, Say, Step, Transfer

TO = twiml.Addresses("https://line.example", 7, "once-only")
SAYS = [Say("您好。", "Hello.", "greeting"), Say("找活<按1>&登记。", "Work.")]
LASTS: list[Step] = [Ask(), Ask(2, 10, ("找活", "登记")), Record(120), Transfer(), Hangup()]


def made(last: Step, pace: int = 80) -> ElementTree.Element:
    return ElementTree.fromstring(twiml.render([*SAYS, last], TO, pace=pace, hotline="+8610000099001"))


@pytest.mark.parametrize("last", LASTS, ids=lambda last: type(last).__name__)
@pytest.mark.parametrize("pace", [50, 65, 80, 100])
def test_every_document_is_accepted_without_a_warning(last: Step, pace: int) -> None:
    assert lint(twiml.render([*SAYS, last], TO, pace=pace, hotline="+8610000099001")) == []


@pytest.mark.parametrize("last", LASTS, ids=lambda last: type(last).__name__)
def test_every_attribute_is_one_the_sdk_knows(last: Step) -> None:
    known = {
        "Gather": VoiceResponse.gather, "Say": VoiceResponse.say, "Record": VoiceResponse.record,
        "Dial": VoiceResponse.dial, "Redirect": VoiceResponse.redirect,
    }  # fmt: skip
    for element in made(last).iter():
        if element.tag in known:
            arguments = {name.replace("_", "").lower() for name in inspect.signature(known[element.tag]).parameters}
            assert {name.lower() for name in element.attrib} <= arguments, element.tag


def test_it_listens_for_keys_and_mandarin_at_every_question() -> None:
    """V04, V09, V10."""
    gather = made(Ask(hints=("找活",))).find("Gather")
    assert gather is not None
    assert gather.attrib == {
        "input": "dtmf speech", "language": "cmn-Hans-CN", "speechTimeout": "3", "timeout": "8", "numDigits": "1",
        "finishOnKey": "", "hints": "找活", "profanityFilter": "false", "bargeIn": "true", "actionOnEmptyResult": "true",
        "method": "POST", "action": "https://line.example/twilio/voice/turn?call=7&n=once-only",
    }  # fmt: skip
    # Inside Gather, so that a key interrupts.
    assert [child.tag for child in gather] == ["Say", "Say"]


def test_it_speaks_with_one_voice_at_the_callers_pace() -> None:
    """V06."""
    says = list(made(Ask(), pace=65).iter("Say"))
    assert {(say.get("language"), say.get("voice")) for say in says} == {("cmn-CN", "Polly.Zhiyu")}
    assert [say.find("prosody").get("rate") for say in says] == ["65%", "65%"]  # type: ignore[union-attr]


def test_the_voice_belongs_to_the_language_and_the_recogniser_knows_its_own() -> None:
    assert twiml.VOICE in ZH_VOICES[twiml.SPEAKS]
    assert twiml.HEARS in GATHER_LANGUAGES
    assert twiml.HEARS not in SAY_LANGUAGES


def test_a_recording_that_stays_empty_is_silence_and_not_the_end() -> None:
    tags = [child.tag for child in made(Record(5))]
    assert tags == ["Say", "Say", "Record", "Redirect"]


def test_a_transfer_rings_half_a_minute_and_comes_back() -> None:
    """V16."""
    dial = made(Transfer()).find("Dial")
    assert dial is not None
    assert dial.get("timeout") == "30"
    assert "/twilio/voice/dial?" in str(dial.get("action"))
    assert dial.findtext("Number") == "+8610000099001"


def test_a_recorded_voice_is_played_unless_the_caller_asked_for_slower() -> None:
    """V07."""
    kept = {"greeting": "500114121/0a1b2c/greeting.wav"}
    for pace, played in ((80, ["https://line.example/twilio/voice/audio/500114121/0a1b2c/greeting.wav"]), (65, [])):
        document = twiml.render([*SAYS, Ask()], TO, pace=pace, hotline="", recorded=kept.get)
        assert lint(document) == []
        gather = ElementTree.fromstring(document).find("Gather")
        assert gather is not None
        assert [play.text for play in gather.iter("Play")] == played
        assert len(list(gather)) == len(SAYS)


@pytest.mark.parametrize(
    ("again", "hotline"), [("https://line.example/again", ""), (None, "+8610000099001"), (None, "")]
)
def test_the_apology_is_twiml_with_a_word_and_a_way_on(again: str | None, hotline: str) -> None:
    document = twiml.apology("对不起。", again, hotline=hotline)
    assert lint(document) == []
    assert "对不起。" in document
    assert ("<Gather" in document) == bool(again)
    assert ("<Dial" in document) == bool(hotline)
