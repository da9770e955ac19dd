"""The TwiML of every situation a call can come into, those of our own calls included, read as the carrier reads it (V09, V10)."""

from __future__ import annotations

import inspect
import xml.etree.ElementTree as ElementTree

import pytest
from twilio.twiml.voice_response import VoiceResponse

from backend.phone_network.twiml import lint
from ivr import twiml
from ivr.steps import Ask, Hangup, Record, Transfer
from tests.support.call_answers import WORLDS
from tests.support.call_paths import Situation
from tools.call_graph import paths

TO = twiml.Addresses("https://line.example", 7, "once-only")
# verb → the arguments that Twilio's own SDK takes for it, as attributes are written.
KNOWN = {
    verb: {name.replace("_", "").lower() for name in inspect.signature(maker).parameters}
    for verb, maker in {
        "Gather": VoiceResponse.gather, "Say": VoiceResponse.say, "Record": VoiceResponse.record, "Play": VoiceResponse.play,
        "Dial": VoiceResponse.dial, "Redirect": VoiceResponse.redirect, "Hangup": VoiceResponse.hangup,
    }.items()
} | {"Response": set(), "prosody": {"rate"}, "Number": set()}  # fmt: skip
LAST_VERBS = {Ask: ["Gather", "Redirect"], Record: ["Record", "Redirect"], Transfer: ["Dial"], Hangup: ["Hangup"]}


def document(situation: Situation, pace: int) -> str:
    return twiml.render(situation.steps, TO, pace=pace, hotline="+8610000099001")


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("pace", [50, 80, 100])
def test_every_situation_gives_twiml_that_twilio_takes_without_a_warning(world: str, pace: int) -> None:
    """Issue 4: only verbs and attributes of Twilio's lists, each with a value it takes."""
    for key, situation in paths(world).situations.items():
        made = document(situation, pace)
        assert lint(made) == [], key
        for element in ElementTree.fromstring(made).iter():
            assert {name.lower() for name in element.attrib} <= KNOWN[element.tag], (key, element.tag)


@pytest.mark.parametrize("world", WORLDS)
def test_every_situation_says_something_and_ends_in_one_way_on(world: str) -> None:
    """I12, V10: what is said lies inside the Gather, so that a key interrupts it."""
    for key, situation in paths(world).situations.items():
        root = ElementTree.fromstring(document(situation, 80))
        assert "".join("".join(say.itertext()) for say in root.iter("Say")).strip(), key
        verbs = [child.tag for child in root if child.tag not in {"Say", "Play"}]
        assert verbs == LAST_VERBS[type(situation.last)], key
        if isinstance(situation.last, Ask):
            assert root.find("Say") is None and root.find("Gather/Say") is not None, key


@pytest.mark.parametrize("world", WORLDS)
def test_every_question_listens_long_enough_and_for_what_is_likely_said(world: str) -> None:
    """V04, V09: 8 or 10 s of silence, 2 or 3 s of pause, keys and speech at once, some words to expect."""
    for key, situation in paths(world).situations.items():
        gather = ElementTree.fromstring(document(situation, 80)).find("Gather")
        if gather is None:
            continue
        assert gather.get("input") == "dtmf speech", key
        assert gather.get("timeout") in {"8", "10"} and gather.get("speechTimeout") in {"2", "3"}, key
        assert gather.get("actionOnEmptyResult") == "true" and gather.get("bargeIn") == "true", key
        hints = str(gather.get("hints") or "").split(",")
        assert hints != [""] and len(hints) <= 500 and max(map(len, hints)) <= 100, key
        assert not any("\n" in hint or not hint.strip() for hint in hints), key
