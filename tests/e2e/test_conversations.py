"""Conversations as people have them, on the real processes: every intent by text and by phone (V23).

The scripts are `conversations/*.yml`; `script.py` says how they are written and what holds for every answer.
"""

from __future__ import annotations

import itertools

import pytest
import yaml

from backend.settings import ROOT
from tests.e2e.player import Player
from tests.e2e.script import Conversation, conversations
from tests.support.stack import Stack

SCRIPTS = conversations()
# A bare yes or no, and the menu's own words, are taken before anything has to be understood (M03).
BARE = {"affirm", "deny"}
_numbers = itertools.count(1)


@pytest.mark.parametrize("script", SCRIPTS, ids=[f"{one.file}: {one.it}" for one in SCRIPTS])
def test_the_conversation_goes_as_written(stack: Stack, script: Conversation) -> None:
    player = Player(stack, f"+8610009{next(_numbers):06}")
    player.play(script)
    missed = set(script.intents) - player.understood(script.channel) - BARE
    assert not missed, "\n".join([f"never understood: {sorted(missed)}", *player.said])


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_every_intent_has_a_conversation(channel: str) -> None:
    known = set(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    covered = {intent for one in SCRIPTS if one.channel == channel for intent in one.intents}
    assert covered <= known
    assert known - covered == set()


def test_there_are_enough_of_them() -> None:
    assert len(SCRIPTS) >= 60
    assert sum(one.by_voice for one in SCRIPTS) >= 15
